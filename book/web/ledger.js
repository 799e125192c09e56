/* Filters and sorts the ledger of claims and the table of studies: what they hold and by what they
 * are filtered stands in the attributes of the box. Without this script the page shows the whole
 * table. */
(function () {
  "use strict";
  const box = document.querySelector(".ldn-ledger[data-filters]");
  if (!box) return;
  // A claim is a row, a study a group of two: its row and its card.
  const items = Array.from(box.querySelectorAll("tr[id], tbody[id]"));
  const group = items[0].parentElement;
  const name = box.dataset.items;
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const text = make("input", { type: "search", id: "ledger-text", autocomplete: "off" });
  const choices = (key) => {
    const values = [...new Set(items.map((item) => item.dataset[key]))];
    const count = (value) => items.filter((item) => item.dataset[key] === value).length;
    return make(
      "select",
      { id: `ledger-${key}` },
      new Option(`all (${items.length})`, ""),
      ...values.map((value) => new Option(`${value} (${count(value)})`, value)),
    );
  };
  const filters = box.dataset.filters
    .split(" ")
    .map((label) => ({ label, key: label.toLowerCase() }));
  for (const one of filters) one.select = choices(one.key);
  const status = make("p", { className: "ldn-ledger-status" });
  status.setAttribute("role", "status");
  const labelled = (words, control) => make("label", { htmlFor: control.id }, words, control);
  const asked = new URLSearchParams(location.search); // "?verdict=contested"
  for (const { key, select } of filters) {
    if (Array.from(select.options, (one) => one.value).includes(asked.get(key))) {
      select.value = asked.get(key);
    }
  }
  const reset = make("button", { type: "reset", textContent: "Show all" });
  const form = make(
    "form",
    { className: "ldn-ledger-form" },
    ...filters.map((one) => labelled(one.label, one.select)),
    labelled("Words", text),
    reset,
  );
  form.setAttribute("aria-label", `Filter the ${name}`);
  box.prepend(form, status);

  function filter() {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of items) {
      const content = item.textContent.toLowerCase();
      item.hidden =
        filters.some((one) => one.select.value && item.dataset[one.key] !== one.select.value) ||
        !words.every((word) => content.includes(word));
      if (!item.hidden) shown += 1;
    }
    status.textContent = `${shown} of ${items.length} ${name} shown`;
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
      const cell = (item) => (item.rows ? item.rows[0] : item).cells[column];
      const key = (item) => cell(item).dataset.order || cell(item).textContent;
      const order = new Intl.Collator("en", { numeric: true }).compare;
      items.sort((a, b) => (down ? 1 : -1) * order(key(a), key(b)) || order(a.id, b.id));
      group.append(...items);
    });
  });

  // A link to a claim or a study must reach it even when a filter hides it; a study opens its card.
  const reach = () => {
    const item = items.find((one) => `#${one.id}` === location.hash);
    const card = item && item.querySelector("details");
    if (card) card.open = true;
    if (item && item.hidden) {
      form.reset();
      setTimeout(() => item.scrollIntoView());
    }
  };
  addEventListener("hashchange", reach);
  filter();
  reach();
})();
