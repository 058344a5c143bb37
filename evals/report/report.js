// The report is whole without this script: it filters the documents, and joins each source to the cells beside it.
(() => {
  const documents = Array.from(document.querySelectorAll(".document"), (element) => ({
    element,
    name: element.querySelector(".document-name").textContent.toLowerCase(),
    tags: element.dataset.tags.split(" "),
    groups: Array.from(element.querySelectorAll(".group"), (group) => ({
      element: group,
      run: group.dataset.run,
      items: Array.from(group.querySelectorAll("[data-outcome]")),
    })),
  }));
  if (!documents.length) return;

  // A closed document costs nothing: it is joined when it is first opened.
  for (const { element } of documents) {
    const join = () => {
      if (!element.open) return;
      element.removeEventListener("toggle", join);
      const source = element.querySelector(".source");
      if (!source) return;
      const panes = linked(source, element.querySelector(".record"));
      element.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && panes.pinned()) panes.pin(panes.pinned());
      });
    };
    element.addEventListener("toggle", join);
  }

  const controls = document.querySelector(".filters");
  const told = document.getElementById("shown");
  const nothing = document.querySelector(".nothing");
  const control = (name) => document.getElementById(`filter-${name}`);
  const choices = ["name", "tag", "field", "outcome", "run"].map(control);
  const counted = (number, word) => `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
  const all = {
    documents: documents.length,
    cells: documents.reduce((sum, each) => sum + each.groups.reduce((own, group) => own + group.items.length, 0), 0),
  };

  const filterCells = (groups, { field, outcome, run }) => {
    let cells = 0;
    for (const group of groups) {
      const isAsked = run === "" || group.run === run;
      let own = 0;
      for (const item of group.items) {
        const fits = (field === "" || item.dataset.field === field) && (outcome === "" || item.dataset.outcome === outcome);
        item.hidden = !fits;
        own += fits;
      }
      group.element.hidden = !isAsked || (!own && (field !== "" || outcome !== ""));
      cells += isAsked ? own : 0;
    }
    return cells;
  };
  const apply = () => {
    const [name, tag, field, outcome, run] = choices.map((choice) => choice.value);
    const part = name.trim().toLowerCase();
    const shown = { documents: 0, cells: 0 };
    for (const each of documents) {
      const cells = filterCells(each.groups, { field, outcome, run });
      const fits = cells > 0 && each.name.includes(part) && (tag === "" || each.tags.includes(tag));
      each.element.hidden = !fits;
      if (fits) {
        shown.documents += 1;
        shown.cells += cells;
      }
    }
    nothing.hidden = shown.documents > 0;
    const of = (number, whole) => (number === whole ? "" : ` of ${whole.toLocaleString("en")}`);
    told.textContent =
      `${counted(shown.documents, "document")}${of(shown.documents, all.documents)}, ` +
      `${counted(shown.cells, "difference")}${of(shown.cells, all.cells)}`;
  };
  const reset = () => {
    for (const choice of choices) choice.value = "";
    apply();
  };

  controls.hidden = false;
  controls.addEventListener("input", apply);
  controls.addEventListener("change", apply); // of a select, not every way to choose is an input
  control("reset").addEventListener("click", reset);
  for (const link of document.querySelectorAll("a[data-field]")) {
    link.addEventListener("click", () => {
      reset();
      control("field").value = link.dataset.field;
      apply();
    });
  }
  apply(); // a browser that comes back to the page may have kept what was chosen
})();
