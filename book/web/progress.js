/* Remembers in this browser which self-check questions were answered and which solutions opened;
 * sends nothing. A question counts as answered once its right answer was opened. Without this
 * script the pages read the same; where the browser keeps nothing, the marks last as long as the
 * page. */
(function () {
  "use strict";
  const KEY = "ldn-book-progress";
  const pageOf = (path) =>
    path
      .split("/")
      .pop()
      .replace(/\.html$/, "");
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const here = pageOf(location.pathname);
  const questions = new Map(),
    exercises = new Map(); // name → where its mark goes
  for (const item of document.querySelectorAll(".ldn-check > li")) {
    questions.set(item.querySelector("details").getAttribute("name"), item.querySelector("p"));
  }
  const nameOf = (solution) => solution.querySelector(".admonition-title a").hash.slice(1);
  for (const solution of document.querySelectorAll(".solution")) {
    const exercise = document.getElementById(nameOf(solution));
    exercises.set(exercise.id, exercise.querySelector(".admonition-title"));
  }
  const known = (name) => questions.has(name) || exercises.has(name);

  // {chapter: {done: [names], of: number}}; storage may be blocked, full, or hold what others
  // wrote.
  let kept = {},
    lasting = document.documentElement.dataset.storage !== "refused"; // first.js
  function load() {
    try {
      if (lasting) kept = { ...JSON.parse(localStorage.getItem(KEY)) };
    } catch {
      kept = {};
    }
  }
  function save() {
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      lasting = false;
    }
    show();
  }
  const done = (chapter) => (Array.isArray(kept[chapter]?.done) ? kept[chapter].done : []);
  function add(name) {
    load();
    if (!known(name) || done(here).includes(name)) return;
    kept[here] = { done: [...done(here).filter(known), name], of: questions.size + exercises.size };
    save();
  }

  const set = (place, className, text, label = "") => {
    place.querySelector(`:scope > .${className}`)?.remove();
    if (text)
      place.append(
        make(
          "span",
          { className },
          text,
          make("span", { className: "visually-hidden", textContent: label }),
        ),
      );
  };
  const status = make("p");
  status.setAttribute("role", "status");
  const note = make("p", { className: "ldn-sources" });
  function show() {
    load();
    const count = (all) => [...all.keys()].filter((name) => done(here).includes(name)).length;
    const answered = `${count(questions)} of ${questions.size} answered`;
    const opened = `${count(exercises)} of ${exercises.size} solutions opened`;
    for (const [name, place] of questions)
      set(place, "ldn-done", done(here).includes(name) && "✓ answered");
    for (const [name, place] of exercises)
      set(place, "ldn-done", done(here).includes(name) && "✓ solution opened");
    for (const [kind, text] of [
      ["questions", answered],
      ["exercises", opened],
    ]) {
      const place = document.querySelector(`.ldn-start [data-count=${kind}]`);
      if (place) place.textContent = text;
    }
    for (const link of document.querySelectorAll(".bd-docs-nav a")) {
      const { length } = done(pageOf(link.pathname));
      set(
        link,
        "ldn-mark",
        length && `✓ ${length} of ${kept[pageOf(link.pathname)].of}`,
        " questions and exercises done",
      );
    }
    const text = `Self-check: ${answered}. Exercises: ${opened}.`;
    if (status.textContent !== text) status.textContent = text;
    note.textContent =
      "A question counts once its right answer was opened. " +
      (lasting
        ? "This is kept in your browser only."
        : "Your browser keeps nothing, so this is forgotten when you leave the page.") +
      " Nothing is sent.";
  }

  if (questions.size) {
    const clear = make("button", {
      type: "button",
      textContent: "Clear my progress in all chapters",
    });
    clear.addEventListener("click", () => {
      kept = {};
      save();
    });
    const end = [...document.querySelectorAll(".ldn-check")].pop();
    end.after(make("div", { className: "ldn-kept" }, status, note, clear));
  }
  // The theme's toggle takes any click in a title for one on its button, and fails on the link
  // there.
  document.addEventListener(
    "click",
    (event) => event.target.closest(".solution > .admonition-title a") && event.stopPropagation(),
    true,
  );
  document.addEventListener("click", (event) => {
    const answer = event.target.closest("summary")?.parentElement;
    // It opens after the click.
    if (answer && "right" in answer.dataset && !answer.open) add(answer.getAttribute("name"));
    const solution = event.target.closest(".solution > .admonition-title")?.parentElement;
    if (solution && !solution.classList.contains("toggle-hidden")) add(nameOf(solution));
  });
  addEventListener("storage", show); // another tab
  addEventListener("pageshow", show); // back from another page
  show();
})();
