/* Filters and sorts the ledger of claims. Without this script the page shows the whole table. */
(function () {
  "use strict";
  const box = document.querySelector(".ldn-ledger");
  if (!box) return;
  const body = box.querySelector("tbody");
  const rows = Array.from(body.rows);
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const text = make("input", { type: "search", id: "ledger-text", autocomplete: "off" });
  const choices = (name) => {
    const values = [...new Set(rows.map((row) => row.dataset[name]))];
    const count = (value) => rows.filter((row) => row.dataset[name] === value).length;
    return make(
      "select",
      { id: `ledger-${name}` },
      new Option(`all (${rows.length})`, ""),
      ...values.map((value) => new Option(`${value} (${count(value)})`, value)),
    );
  };
  const verdict = choices("verdict");
  const section = choices("section");
  const status = make("p", { className: "ldn-ledger-status" });
  status.setAttribute("role", "status");
  const labelled = (words, control) => make("label", { htmlFor: control.id }, words, control);
  const reset = make("button", { type: "reset", textContent: "Show all" });
  const form = make(
    "form",
    { className: "ldn-ledger-form" },
    labelled("Verdict", verdict), labelled("Section", section), labelled("Words", text), reset,
  );
  form.setAttribute("aria-label", "Filter the claims");
  box.prepend(form, status);

  function filter() {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const content = row.textContent.toLowerCase();
      row.hidden =
        (verdict.value && row.dataset.verdict !== verdict.value) ||
        (section.value && row.dataset.section !== section.value) ||
        !words.every((word) => content.includes(word));
      if (!row.hidden) shown += 1;
    }
    status.textContent = `${shown} of ${rows.length} claims shown`;
  }
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));

  // Sorting: a button in each heading, as screen readers expect it.
  const headings = Array.from(box.querySelectorAll("thead th"));
  headings.forEach((heading, column) => {
    const button = make("button", { type: "button" }, ...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") !== "ascending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", down ? "ascending" : "descending");
      const key = (row) => row.cells[column].dataset.order || row.cells[column].textContent;
      const order = new Intl.Collator("en", { numeric: true }).compare;
      rows.sort((a, b) => (down ? 1 : -1) * order(key(a), key(b)) || order(a.id, b.id));
      body.append(...rows);
    });
  });

  // A link to a claim must reach it even when a filter hides it.
  const reach = () => {
    const row = document.getElementById(location.hash.slice(1));
    if (row && row.hidden) {
      form.reset();
      setTimeout(() => row.scrollIntoView());
    }
  };
  addEventListener("hashchange", reach);
  filter();
})();
