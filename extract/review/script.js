"use strict";
// The page is whole without this script: it adds what follows the pointer and the keys.
(() => {
  const source = document.querySelector(".source");
  if (!source) return;
  const record = document.querySelector(".record");
  const keys = document.getElementById("keys");
  const fields = Array.from(document.querySelectorAll(".field"));
  const parts = new Map(); // piece -> its elements: one a line
  for (const mark of source.querySelectorAll("mark")) {
    const piece = Number(mark.dataset.piece);
    if (!parts.has(piece)) parts.set(piece, []);
    parts.get(piece).push(mark);
  }
  const ranges = new Map(
    fields.map((field) => [
      field,
      (field.dataset.pieces || "").split(" ").filter(Boolean).map((range) => {
        const [first, last = first] = range.split("-").map(Number);
        return [first, last];
      }),
    ]),
  );
  let pinned = null;
  let current = null;

  const marksOf = (field) => {
    const found = [];
    for (const [first, last] of ranges.get(field)) {
      for (let piece = first; piece <= last; piece += 1) found.push(...parts.get(piece));
    }
    return found;
  };
  const claims = (field, piece) => ranges.get(field).some(([first, last]) => first <= piece && piece <= last);
  const size = (field) => ranges.get(field).reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const clear = (name) => {
    for (const element of document.querySelectorAll(`.${name}`)) element.classList.remove(name);
  };

  // Inside of one pane only: what stands around it must not move.
  const reveal = (mark) => {
    const seen = source.getBoundingClientRect();
    const box = mark.getBoundingClientRect();
    const down = box.top < seen.top + 8 || box.bottom > seen.bottom - 8 ? box.top - seen.top - seen.height / 3 : 0;
    // Lines that are not wrapped may stand far to the right.
    const right = box.left < seen.left || box.left > seen.right - 40 ? box.left - seen.left - seen.width / 3 : 0;
    if (down || right) source.scrollBy({ top: down, left: right });
  };
  const show = (field) => {
    clear("on");
    clear("lit");
    if (!field) return;
    field.classList.add("lit");
    const marks = marksOf(field);
    for (const mark of marks) mark.classList.add("on");
    if (marks.length) reveal(marks[0]);
  };
  const pin = (field) => {
    if (pinned) pinned.querySelector(".name").setAttribute("aria-pressed", "false");
    clear("pin");
    pinned = pinned === field ? null : field;
    if (!pinned) return;
    pinned.querySelector(".name").setAttribute("aria-pressed", "true");
    pinned.classList.add("pin");
    for (const mark of marksOf(pinned)) mark.classList.add("pin");
  };
  const focused = () => document.activeElement && document.activeElement.closest(".field");

  for (const field of fields) {
    field.addEventListener("pointerenter", (event) => {
      if (event.pointerType !== "touch") show(field);
    });
    field.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch") show(focused());
    });
    field.addEventListener("focusin", () => {
      current = field;
      show(field);
    });
    field.addEventListener("focusout", () => show(null));
    field.addEventListener("click", (event) => {
      if (event.target.closest("a, summary, .long") || String(getSelection())) return;
      field.querySelector(".name").focus({ preventScroll: true, focusVisible: false });
      pin(field);
      show(field);
    });
    const where = field.querySelector(".where");
    if (where) where.tabIndex = -1; // the name does the same, and one stop for a field is enough
  }

  const fieldsAt = (target) => {
    const mark = target instanceof Element ? target.closest("mark") : null;
    const piece = mark ? Number(mark.dataset.piece) : -1;
    return mark ? fields.filter((field) => claims(field, piece)) : [];
  };
  source.addEventListener("pointerover", (event) => {
    const found = fieldsAt(event.target);
    clear("lit");
    for (const field of found) field.classList.add("lit");
    const visible = found.filter((field) => field.checkVisibility());
    if (visible.length && event.pointerType !== "touch" && getComputedStyle(record).overflowY === "auto") {
      visible[0].scrollIntoView({ block: "nearest" });
    }
  });
  source.addEventListener("pointerleave", () => {
    clear("lit");
    const field = focused();
    if (field) field.classList.add("lit");
  });
  source.addEventListener("click", (event) => {
    if (String(getSelection())) return;
    const found = fieldsAt(event.target).filter((field) => field.checkVisibility());
    if (!found.length) return;
    const least = found.reduce((best, field) => (size(field) < size(best) ? field : best));
    least.querySelector(".name").focus({ preventScroll: true });
    least.scrollIntoView({ block: "nearest" });
  });

  const step = (list, from, by) => {
    const visible = list.filter((element) => element.checkVisibility());
    if (!visible.length) return null;
    let at = visible.indexOf(from);
    if (at < 0) {
      // Where one was left that is no longer shown: go on from its place.
      const after = from ? visible.findIndex((element) => from.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) : 0;
      at = by > 0 ? (after < 0 ? visible.length - 1 : after) : (after < 0 ? visible.length : after) - 1;
    } else {
      at += by;
    }
    return visible[Math.max(0, Math.min(visible.length - 1, at))];
  };
  const toField = (by) => {
    const next = step(fields, current, by);
    if (!next) return;
    next.querySelector(".name").focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const issues = Array.from(document.querySelectorAll(".issue"));
  const toIssue = (by) => {
    const here = document.activeElement.closest(".issue") || focused();
    const next = step(issues, here, by);
    if (!next) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const help = () => {
    if (!keys.open) keys.showModal();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
    const arrow = event.key.startsWith("Arrow");
    if (arrow && event.target.closest("input, .source")) return; // there they choose, and scroll
    const moves = {
      j: () => toField(1),
      k: () => toField(-1),
      ArrowDown: () => toField(1),
      ArrowUp: () => toField(-1),
      n: () => toIssue(1),
      p: () => toIssue(-1),
      "?": help,
      Escape: () => {
        if (pinned) pin(pinned);
        else document.activeElement.blur();
      },
    };
    if (!Object.hasOwn(moves, event.key)) return;
    event.preventDefault();
    moves[event.key]();
  });
  const button = document.querySelector(".help");
  button.hidden = false;
  button.addEventListener("click", help);
  keys.querySelector(".close").addEventListener("click", () => keys.close());
})();
