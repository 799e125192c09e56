// "Edit and run": a cell of the page becomes an editor, and what its code gives takes the place of
// what the book shows. open.js loads this on a click; Python runs in edit-worker.js.
const here = new URL(".", import.meta.url).href;
const notebook = new URL(document.querySelector("a.ldn-lite").href).searchParams.get("path");
const megabytes = Math.round(document.querySelector("script[data-bytes]").dataset.bytes / 1e6);
const SILENCE = 90_000; // ms without a byte after which the network counts as broken

const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

// ---------------------------------------------------------------- the notebook and Python

let cells; // of the whole notebook: {text, code, changed}
async function load() {
  const answer = await fetch(`${here}files/${notebook}`);
  if (!answer.ok) throw new Error(answer.status);
  const { cells: all } = await answer.json();
  const text = (cell) => [cell.source].flat().join("");
  cells ??= all.map((cell) => ({ text: text(cell), code: cell.cell_type === "code" }));
}

let python = null; // the worker, once asked for
let running = null; // who waits for it: {say, show, end}
let timer;

function end() {
  clearTimeout(timer);
  const who = running;
  running = null;
  who?.end();
}

function stop(why) {
  python?.terminate();
  python = null;
  running?.say(why);
  end();
}

function elsewhere() {
  const link = make("a", { href: "../book/run_it.html", textContent: "how to run it" });
  return [" There are other ways: ", link, "."];
}

// In steps, so that a screen reader is not flooded.
function loading(bytes) {
  const come = Math.min(5 * Math.floor(bytes / 5e6), megabytes);
  return `Python is loading: ${come} of at most ${megabytes} MB.`;
}

function hear({ data }) {
  clearTimeout(timer);
  if (data.loaded !== undefined) {
    running?.say(loading(data.loaded));
    listen();
  } else if (data.say) running?.say(data.say);
  else if (data.failed) stop([`Python could not start here: ${data.failed}.`, ...elsewhere()]);
  else if (data.outputs) {
    running?.show(data);
    end();
  }
}

// Only while files are on their way: what Python computes may take its time, and Stop ends it.
function listen() {
  const words =
    "Nothing has come from the network for a while, so loading stopped. Run tries again.";
  timer = setTimeout(() => stop(words), SILENCE);
}

function run(who, task) {
  running = who;
  try {
    if (!python) {
      python = new Worker(`${here}edit-worker.js`);
      python.onmessage = hear;
      python.onerror = (event) => {
        event.preventDefault();
        const why = "its file did not arrive, or a rule of this site or browser forbids it";
        stop([`Python could not start here: ${why}.`, ...elsewhere()]);
      };
      listen();
    }
    python.postMessage(task);
  } catch (error) {
    stop([`Python could not start here: ${error.message}.`, ...elsewhere()]);
  }
}

// ---------------------------------------------------------------- what a cell gives

function text(words) {
  const listing = make("div", { className: "highlight" }, make("pre", { textContent: words }));
  return make("div", { className: "output stream" }, listing);
}

function output(bundle) {
  const html = bundle["text/html"] || bundle["image/svg+xml"];
  if (html?.includes("<ldn-explorer"))
    return text(
      "A control follows Python only in the notebook: open the chapter in your browser, by the " +
        "link under its title.",
    );
  if (html) return make("div", { className: "output text_html", innerHTML: html });
  if (bundle["image/png"]) {
    const src = `data:image/png;base64,${bundle["image/png"]}`;
    const picture = make("img", { src, alt: "What the code has drawn" });
    return make("div", { className: "output" }, picture);
  }
  return text(bundle["text/latex"] || bundle["text/plain"] || "");
}

// ---------------------------------------------------------------- an editor

export async function edit(button) {
  if (!cells) await load();
  const place = button.parentElement;
  const at = Number(place.dataset.cell);
  const own = place.previousElementSibling; // the cell's code; an exercise has none
  const listing = own?.matches(".cell_input") ? own : null;
  const built = listing ? place.parentElement.querySelector(":scope > .cell_output") : null;
  const before = listing ? cells[at].text : "";
  const cell = listing ? cells[at] : { text: "" };

  const id = `ldn-edit-${at}${listing ? "" : "-exercise"}`;
  const named = listing
    ? "The code of this cell, yours to change"
    : "Your code; the chapter's names are there";
  const label = make("label", { htmlFor: id, textContent: named });
  const rows = Math.max(before.split("\n").length, 3) + 1;
  const area = make("textarea", { id, value: before, spellcheck: false, rows });
  for (const name of ["autocapitalize", "autocomplete", "autocorrect"])
    area.setAttribute(name, "off");
  const go = make("button", { type: "button", textContent: "Run" });
  const halt = make("button", { type: "button", textContent: "Stop", disabled: true });
  const reset = make("button", { type: "button", textContent: "Reset" });
  const status = make("p", { className: "ldn-edit-status" });
  status.setAttribute("role", "status");
  const shown = make("div", { className: "cell_output docutils container" });
  const buttons = make("div", { className: "ldn-edit-row" }, go, halt, reset);
  const box = make("div", { className: "ldn-editor" }, label, area, buttons, status);

  const who = {
    say(words) {
      if (words !== status.textContent) status.replaceChildren(...[words].flat());
    },
    show({ outputs, error, seconds }) {
      shown.replaceChildren(...outputs.map(output));
      if (error) {
        const told = make("pre", { textContent: error });
        shown.append(make("div", { className: "output error" }, told));
      }
      if (built?.isConnected) built.replaceWith(shown);
      else if (!built && !shown.childElementCount) shown.remove();
      else if (!shown.isConnected) place.after(shown);
      dispatchEvent(new Event("resize")); // the theme looks again for what scrolls sideways
      const done = outputs.length ? "Done: what it gives stands below." : "Done: it shows nothing.";
      const end = error ? "It stopped with an error, which stands below." : done;
      who.say(`${end} ${seconds.toFixed(1)} s.`);
    },
    end() {
      halt.disabled = true;
      go.disabled = false;
      if (document.activeElement === document.body) go.focus();
    },
  };
  function start() {
    if (running) {
      who.say("Another cell is running: wait for it, or stop it.");
      return;
    }
    cell.text = area.value;
    cell.changed = cell.text !== before;
    halt.disabled = false;
    go.disabled = true;
    if (document.activeElement === document.body) halt.focus();
    who.say(python ? "Running." : loading(0));
    const first = cells.slice(0, at).filter((other) => other.code);
    run(who, { before: first, code: cell.text });
  }
  go.addEventListener("click", start);
  const stopped = "Stopped. What Python had computed is gone; Run starts it anew.";
  halt.addEventListener("click", () => stop(stopped));
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    if (!go.disabled) start();
  });
  reset.addEventListener("click", () => {
    if (running === who) stop("");
    cell.text = before;
    cell.changed = false;
    if (built && shown.isConnected) shown.replaceWith(built);
    else shown.remove();
    box.remove();
    if (listing) listing.hidden = false;
    button.disabled = button.hidden = false;
    button.focus();
  });

  if (listing) listing.hidden = true;
  button.hidden = true;
  place.append(box);
  const first = python ? "" : `first loads Python (at most ${megabytes} MB, once), then `;
  who.say(`Run, or Ctrl and Enter, ${first}gives the result here.`);
  area.focus();
}
