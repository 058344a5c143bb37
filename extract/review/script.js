// The page is whole without this script: it adds what follows the pointer and the keys.
(() => {
  const source = document.querySelector(".source");
  if (!source) return;
  const record = document.querySelector(".record");
  const keys = document.getElementById("keys");
  const { fields, focused, pin, pinned, current } = linked(source, record);

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
    const next = step(fields, current(), by);
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
        if (pinned()) pin(pinned());
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
