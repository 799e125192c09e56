/* The whole control, and its two homes: a page and JupyterLab. */
(function () {
  "use strict";
  const { DRAWING_RTOL, KEYS, PANELS, button, csvOf, drawMenu, engine, near, node } = LDN;
  const { ROOT, isFirstInAddress, valuesInAddress, writeAddress } = LDN;

  const STATUS_DELAY = 400; // ms of rest before screen readers hear the new status
  const ADDRESS_DELAY = 300; // ms of rest before the page address is rewritten
  const STARTING = "starting settings", KEPT = "kept"; // what may stand behind the present curves
  const SIDEWAYS = 6; // px by which a finger shows that it means the slider
  const ROOMY = "(min-width: 760px)"; // all settings are in view, as in explorer.css

  let mounted = 0; // makes element ids unique when one control is shown twice

  // ---------------------------------------------------------------- its parts, from above

  function drawHead(root, spec, prefix) {
    const head = node("div", { class: "ldn-head" }, root);
    node("p", { class: "ldn-title", id: prefix + "-title", text: spec.title }, head);
    node("span", { class: "ldn-badge", "data-badge": spec.badge, text: spec.badge }, head);
    if (spec.hint) node("p", { class: "ldn-hint", text: spec.hint }, root);
  }

  /** Buttons for ready-made settings, each of which sets all there is to set. Returns show(values),
   * which marks the one that is on. */
  function drawPresets(root, book, change) {
    const { presets } = book.spec;
    if (!presets.length) return () => {};
    const group = { role: "group", "aria-label": "Ready-made settings" };
    const row = node("div", { class: "ldn-presets", ...group }, root);
    const names = Object.keys(book.defaults);
    const all = presets.map((preset) => ({ ...book.defaults, ...preset.values }));
    const buttons = presets.map(({ label }, i) =>
      button(label, row, () => change(all[i]), "ldn-preset")
    );
    return (values) =>
      all.forEach((preset, i) => {
        const on = names.every((name) => near(values[name], preset[name]));
        buttons[i].setAttribute("aria-pressed", String(on));
      });
  }

  /** The button that takes the next value of a control, such as other numbers of chance. */
  function drawAgain(root, book, change, valuesNow) {
    const { again } = book.spec;
    if (!again) return;
    const row = node("div", { class: "ldn-presets" }, root);
    const { low, high } = book.byName[again.control];
    button(again.label, row, () => {
      const next = valuesNow()[again.control] + 1;
      change({ [again.control]: next > high ? low : next });
    }, "ldn-again");
  }

  /** Each kind of input is drawn into `field` and gives show(value). */
  function drawChoice(field, id, control, book, change) {
    const { name, options } = control;
    const input = node("select", { id, name, ...KEYS }, field);
    options.forEach((option, i) => node("option", { value: i, text: option.text }, input));
    input.addEventListener("change", () => change({ [name]: options[input.value].value }));
    return (value) => (input.value = options.findIndex((option) => option.value === value));
  }

  function drawSwitch(field, id, control, book, change) {
    const { name, options } = control;
    field.classList.add("ldn-switch");
    const text = node("span", { class: "ldn-value", "aria-hidden": "true" }, field);
    // Room for the longer word: else the label may wrap anew, and all below it moves.
    text.style.minWidth = Math.max(...options.map((option) => option.text.length)) + "ch";
    const input = node("input", { id, name, type: "checkbox", role: "switch", ...KEYS }, field);
    input.addEventListener("change", () => change({ [name]: Number(input.checked) }));
    return (value) => {
      input.checked = value === 1;
      text.textContent = options[value].text;
    };
  }

  /** Calls act when a reader moves a slider. A finger moves it sideways or by a tap: when it only
   * begins there to scroll the page, the browser takes it over, and nothing has moved. */
  function onMoves(input, act) {
    let touch = null; // of a finger that may still scroll: {x: where it began, before, wanted}
    const settle = () => {
      const { wanted } = touch;
      touch = null;
      if (wanted === input.value) return;
      input.value = wanted;
      act();
    };
    input.addEventListener("pointerdown", ({ pointerType, clientX }) => {
      const value = input.value;
      touch = pointerType === "touch" ? { x: clientX, before: value, wanted: value } : null;
    });
    input.addEventListener("pointermove", ({ clientX }) => {
      if (touch && Math.abs(clientX - touch.x) > SIDEWAYS) settle();
    });
    input.addEventListener("pointerup", () => touch && settle());
    input.addEventListener("pointercancel", () => (touch = null));
    input.addEventListener("input", () => {
      if (!touch) return act();
      touch.wanted = input.value;
      input.value = touch.before;
    });
  }

  function drawSlider(field, id, control, book, change) {
    const { name, scale } = control;
    const stops = book.stops[name];
    const text = node("span", { class: "ldn-value", "aria-hidden": "true" }, field);
    const range = { type: "range", min: 0, max: stops.length - 1, step: 1 };
    const input = node("input", { id, name, ...range, ...KEYS }, field);
    onMoves(input, () => change({ [name]: stops[input.value] }));
    const place = scale === "log" ? Math.log : Number;
    return (value) => {
      const far = stops.map((stop) => Math.abs(place(stop) - place(value)));
      const closest = far.indexOf(Math.min(...far));
      input.value = closest;
      input.style.setProperty("--ldn-fill", closest / (stops.length - 1));
      text.textContent = book.controlText(control, value);
      input.setAttribute("aria-valuetext", text.textContent);
    };
  }

  const INPUTS = { choice: drawChoice, switch: drawSwitch, range: drawSlider };

  /** {name of a control: the switch that holds it, while it is on}. */
  function heldBy({ drawn }) {
    const lines = Object.values(drawn || {}).filter(({ until }) => until);
    return Object.fromEntries(
      lines.flatMap(({ controls, until }) => controls.map((name) => [name, until]))
    );
  }

  /** The inputs of these names. Returns show(values). */
  function drawInputs(root, names, prefix, book, change) {
    const fields = node("div", { class: "ldn-controls" }, root);
    const held = heldBy(book.spec);
    const shows = names.map((name) => {
      const control = book.byName[name];
      const field = node("div", { class: "ldn-control" }, fields);
      const id = `${prefix}-${name}`;
      node("label", { for: id, text: control.label }, field);
      const show = INPUTS[control.look || control.kind](field, id, control, book, change);
      return (value, values) => {
        show(value);
        if (held[name]) field.querySelector("input").disabled = values[held[name]] === 1;
      };
    });
    return (values) => names.forEach((name, i) => shows[i](values[name], values));
  }

  /** All inputs: the main ones, ready-made settings, and the rest, which a phone folds away.
   * Returns {show(values), more: the fold, or null}. */
  function drawSettings(root, prefix, book, change, valuesNow) {
    const { controls, main } = book.spec;
    const rest = controls.map((control) => control.name).filter((name) => !main.includes(name));
    drawAgain(root, book, change, valuesNow);
    const shows = [
      drawInputs(root, main, prefix, book, change),
      drawPresets(root, book, change),
    ];
    const more = rest.length ? node("details", { class: "ldn-more" }, root) : null;
    if (more) {
      more.open = matchMedia(ROOMY).matches;
      node("summary", { text: "More settings", ...KEYS }, more);
      shows.push(drawInputs(more, rest, prefix, book, change));
    }
    return { show: (values) => shows.forEach((show) => show(values)), more };
  }

  /** The words under the chart: what is shown now, and what was kept. They are seen at once, and
   * heard once, when the reader has come to rest. */
  function drawWords(root) {
    const seen = node("p", { class: "ldn-status", "aria-hidden": "true" }, root);
    const kept = node("p", { class: "ldn-kept-words", hidden: "" }, root);
    const heard = node("p", { class: "ldn-heard", role: "status" }, root);
    return { seen, kept, heard };
  }

  /** Scrolls the words out from under the picture that a phone keeps in view, or from below the
   * screen. Not from what was pressed among the further settings, if that would leave the screen.
   */
  function bringIntoSight(words, picture, pressed) {
    const covers = getComputedStyle(picture).position === "sticky";
    const down = picture.getBoundingClientRect().bottom - words.getBoundingClientRect().top;
    const far = pressed.getBoundingClientRect().bottom + Math.max(0, down) > innerHeight;
    if (far && pressed.closest(".ldn-more")) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    words.style.scrollMarginTop = covers ? picture.offsetHeight + "px" : "";
    words.scrollIntoView({ block: "nearest", behavior: still ? "instant" : "smooth" });
  }

  /** A small table of measures, if the spec has one. Returns show(result). */
  function drawTable(root, book) {
    const { readout } = book.spec;
    if (!readout) return () => {};
    // On a phone it scrolls sideways: by keyboard, too.
    const about = { role: "group", "aria-label": readout.caption, tabindex: 0, ...KEYS };
    const scroll = node("div", { class: "ldn-scroll", ...about }, root);
    const table = node("table", { class: "ldn-table" }, scroll);
    node("caption", { text: readout.caption }, table);
    const header = node("tr", {}, node("thead", {}, table));
    node("td", {}, header);
    for (const column of readout.columns) node("th", { scope: "col", text: column }, header);
    const body = node("tbody", {}, table);
    const cells = [];
    for (const row of readout.rows) {
      const line = node("tr", {}, body);
      node("th", { scope: "row", text: row.label }, line);
      for (const name of row.measures) cells.push([name, node("td", {}, line)]);
    }
    return ({ measures, values }) => {
      cells.forEach(([name, cell]) => (cell.textContent = book.measureText(name, measures[name])));
      scroll.hidden = Boolean(readout.when && !values[readout.when]);
    };
  }

  /** Lines that depend on controls, if the spec has some: below all inputs, which stay where they
   * are when lines come and go. Returns show(notes). */
  function drawNotes(front, book) {
    const { notes } = book.spec;
    if (!notes) return () => {};
    const part = node("div", { class: "ldn-notes" });
    front.after(part);
    node("p", { class: "ldn-panel-title", text: notes.caption }, part);
    const lines = node("ul", {}, part);
    return (shown) => {
      lines.replaceChildren();
      if (!shown.length) node("li", { text: notes.empty }, lines);
      for (const { text, name, page } of shown) {
        const line = node("li", {}, lines);
        if (ROOT && page) node("a", { href: ROOT + page, text: name }, line);
        else line.append(name);
        line.append(" " + text);
      }
    };
  }

  // ---------------------------------------------------------------- the control

  /**
   * Draws the control of `spec` into `element`.
   *
   * options: {values, onChange(values) after each move by the reader, onDrawn() once the panels are
   * there, which is when the element is first laid out, share: keep the state in the page address}.
   * Returns {set(values), values(), csv(), destroy()}; set throws on bad values, as evaluate does.
   */
  function mount(element, spec, { values: given, onChange, onDrawn, share = false } = {}) {
    const book = engine(spec);
    const prefix = `${spec.id}-${++mounted}`;
    const start = book.compute(book.defaults, DRAWING_RTOL);
    let values = book.check(given, book.defaults);
    let shown = null; // the last result that could be computed
    let compared = start; // what stands behind it
    let frame = 0, hearing = 0, addressing = 0; // what is to come, for destroy
    let pressed = null; // what the reader has just pressed, whose answer must be seen

    const named = { role: "region", "aria-labelledby": prefix + "-title" };
    const root = node("div", { class: "ldn", ...named });
    const body = node("div", { class: "ldn-body" }, root);
    drawHead(body, spec, prefix);
    // What a phone shows on one screen: the first picture, its words, the main sliders.
    const front = node("div", { class: "ldn-front" }, body);
    const valuesNow = () => values;
    const panels = spec.panels.map(({ kind = "chart" }, i) =>
      new PANELS[kind](book, i, prefix, i ? body : front, change, valuesNow)
    );
    const { seen, kept, heard } = drawWords(front);
    const settings = drawSettings(front, prefix, book, change, valuesNow);
    const showNotes = drawNotes(front, book);
    const showTable = drawTable(body, book);
    for (const kind of ["click", "change"]) front.addEventListener(kind, notePress);
    const foot = node("div", { class: "ldn-foot" }, body);
    const csv = () => csvOf(spec, panels, compared === start ? null : compared);
    button("Reset", foot, reset);
    const isCurve = spec.panels.some(({ kind = "chart" }) => kind === "chart");
    button(isCurve ? "Keep this curve" : "Keep these words", foot, keep);
    drawMenu(foot, {
      spec, panels, share, csv,
      values: valuesNow,
      words: () => [seen, kept].map((line) => line.textContent).filter(Boolean),
    });
    for (const panel of panels) if (panel.addLinks) panel.addLinks(foot);
    // The built page has the code of the control; in JupyterLab it stands above.
    if (document.getElementById(spec.id + "-code")) {
      const link = { class: "ldn-button ldn-code", href: `#${spec.id}-code` };
      node("a", { ...link, text: "Code" }, foot);
    }

    /** A slider is held while it moves: the page stays then. */
    function notePress({ target }) {
      if (frame && target.type !== "range") pressed = target;
    }
    function tell(text, bad) {
      seen.textContent = (bad ? "⚠ " : "") + text;
      root.classList.toggle("ldn-stuck", bad);
    }
    function hear() {
      if (shown) panels.forEach((panel) => panel.describe());
      heard.textContent = seen.textContent;
    }

    /** Computes and draws the present values; if that fails, the last picture stays. */
    function paint() {
      frame = 0;
      try {
        const result = book.compute(values, DRAWING_RTOL);
        panels.forEach((panel) => panel.show(result, compared));
        showTable(result);
        showNotes(result.notes);
        shown = result;
        tell(result.status, false);
      } catch (error) {
        tell(error.message, true);
      }
      const [first] = panels;
      if (pressed && first) bringIntoSight(seen, first.holder.closest(".ldn-panel"), pressed);
      pressed = null;
    }
    function set(some) {
      values = book.check(some, values);
      settings.show(values);
      if (!frame) frame = requestAnimationFrame(paint);
      clearTimeout(hearing);
      hearing = setTimeout(hear, STATUS_DELAY);
    }
    /** A move by the reader. */
    function change(some) {
      set(some);
      if (share) {
        clearTimeout(addressing);
        addressing = setTimeout(() => writeAddress(spec, values, book.defaults), ADDRESS_DELAY);
      }
      if (onChange) onChange(Object.assign({}, values));
    }
    function compareWith(result, name, words) {
      compared = result;
      panels.forEach((panel) => panel.compare(result, name, result !== start));
      kept.textContent = words;
      kept.hidden = !words;
    }
    /** What is shown now stays behind what comes, in place of the starting settings. */
    function keep() {
      if (shown) compareWith(shown, KEPT, "Kept: " + shown.status);
      heard.textContent = kept.textContent;
    }
    function reset() {
      compareWith(start, STARTING, "");
      panels.forEach((panel) => panel.shrink());
      change(book.defaults);
    }

    function followAddress() {
      const wanted = valuesInAddress(spec);
      if (!wanted) return;
      try {
        set(book.check(wanted, book.defaults));
        if (settings.more) settings.more.open = true; // what the link is about may lie there
      } catch (error) {
        paint();
        tell(`The settings in the address were not used: ${error.message}`, true);
        hear();
      }
      if (!isFirstInAddress(spec)) return;
      const show = () => element.scrollIntoView();
      show();
      // WebKit does not wait for the style, and all moves when it comes.
      const styled = getComputedStyle(element).display === "block";
      if (!styled) addEventListener("load", show, { once: true });
    }

    element.appendChild(root);
    settings.show(values);
    paint();
    hear();
    // Its first call comes before the next paint, when the browser has placed all that is on the
    // page once: to ask each panel for its width here would have it do so once a panel.
    let drawn = false;
    const observer = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) {
        const panel = panels.find((p) => p.holder === target);
        const width = Math.round(contentRect.width);
        if (panel && width > 0) panel.layout(width);
      }
      if (!drawn && onDrawn) onDrawn();
      drawn = true;
    });
    panels.forEach((panel) => observer.observe(panel.holder));
    // Above the panels, so that the height they get by being drawn is reported in the same frame,
    // and for a control without panels.
    observer.observe(body);
    if (share) {
      followAddress();
      window.addEventListener("hashchange", followAddress);
    }

    function destroy() {
      observer.disconnect();
      window.removeEventListener("hashchange", followAddress);
      cancelAnimationFrame(frame);
      clearTimeout(hearing);
      clearTimeout(addressing);
      root.remove();
    }
    return { set, values: () => Object.assign({}, values), csv, destroy };
  }

  // ---------------------------------------------------------------- its two homes

  /** As an anywidget: the traits `spec` and `values` are kept in step with Python both ways. */
  const widget = {
    render({ model, el }) {
      let control;
      const build = () => {
        if (control) control.destroy();
        control = mount(el, model.get("spec"), {
          values: model.get("values"),
          onChange(values) {
            model.set("values", values);
            model.save_changes();
          },
        });
      };
      const follow = () => control.set(model.get("values"));
      build();
      model.on("change:spec", build);
      model.on("change:values", follow);
      return () => {
        model.off("change:spec", build);
        model.off("change:values", follow);
        control.destroy();
      };
    },
  };

  /** Leaves the picture that stands in, with one line that says why nothing moves. */
  function giveUp(element, error) {
    const half = element.querySelector(":scope > .ldn");
    if (half) half.remove(); // what was drawn before the fault
    element.classList.add("ldn-is-dead");
    element.setAttribute("data-error", error.message);
    const why = error.message.replace(/\.$/, "");
    element.querySelector(".ldn-dead").textContent =
      `The sliders could not be made: ${why}. The picture shows the starting settings. ` +
      "Load the page again, or try a newer browser.";
    console.error(`${element.id}: ${error.message}`);
  }

  /** On a page: <ldn-explorer> holds its spec as JSON and a picture for readers without scripts. */
  class Explorer extends HTMLElement {
    connectedCallback() {
      if (document.readyState === "loading") {
        document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
      } else {
        this.start();
      }
    }
    start() {
      if (this.control || !this.isConnected) return;
      try {
        const json = this.querySelector('script[type="application/json"]').textContent;
        const inLab = document.body.hasAttribute("data-jp-theme-light"); // its address is not ours
        const onDrawn = () => this.setAttribute("data-ready", "");
        this.control = mount(this, JSON.parse(json), { share: !inLab, onDrawn });
        this.querySelector(".ldn-fallback").remove();
      } catch (error) {
        giveUp(this, error);
      }
    }
  }
  if (!customElements.get("ldn-explorer")) customElements.define("ldn-explorer", Explorer);

  Object.assign(LDN, { mount, widget });
})();
