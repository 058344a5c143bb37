"use strict";
// A source and the fields beside it: the pointer, the focus or a click on one of them shows it in the other.
const linked = (source, record) => {
  const fields = Array.from(record.querySelectorAll(".field"));
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
    for (const pane of [source, record]) {
      for (const element of pane.querySelectorAll(`.${name}`)) element.classList.remove(name);
    }
  };

  // Inside of one pane only, and the part of it that is seen: what stands around it must not move.
  const reveal = (mark) => {
    const pane = source.getBoundingClientRect();
    const box = mark.getBoundingClientRect();
    const top = Math.max(pane.top, 0);
    const bottom = Math.max(Math.min(pane.bottom, innerHeight), top);
    const down = box.top < top + 8 || box.bottom > bottom - 8 ? box.top - top - (bottom - top) / 3 : 0;
    // Lines that are not wrapped may stand far to the right.
    const right = box.left < pane.left || box.left > pane.right - 40 ? box.left - pane.left - pane.width / 3 : 0;
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
  const focused = () => {
    const field = document.activeElement && document.activeElement.closest(".field");
    return field && record.contains(field) ? field : null;
  };

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

  return { fields, focused, pin, pinned: () => pinned, current: () => current };
};
