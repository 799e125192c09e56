/* A panel of dots, one a person, that stand in blocks and move as a control chooses a view; where
 * people were not counted, a group is a ring. Its twin is dots.py. */
(function () {
  "use strict";
  const { draw, frameOf, node } = LDN;

  // As in dots.py.
  const LABEL = 19, GAP = 5;
  const WIDEST = 16, NARROWEST = 2, FINER = 0.25;
  const FULL = 0.38, FAINT = 0.17, STRONG = 0.48;

  const MOVING = 700; // ms
  const REACH = 14; // px from a finger to a dot that it means

  const round = (v) => Math.round(v * 100) / 100;
  const dotsOf = (group) => (group.people === null ? 1 : group.people);
  const ease = (t) => (t < 0.5 ? 2 * t * t : 1 - 2 * (1 - t) * (1 - t));
  const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  /** A dot is a line of no length with round ends, which is quick to draw; a ring is a circle, and
   * so is a dot that is picked, which has an edge. */
  const dotAt = ([x, y]) => `M${round(x)},${round(y)}h.01`;
  const ringAt = ([x, y], r) =>
    `M${round(x - r)},${round(y)}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0z`;

  /** Where all stands: {pitch, labels: [[text, y]], dots: [[[x, y]] of each group]}. */
  function placesOf(panel, values, width, height) {
    const count = (block) => block.groups.reduce((sum, i) => sum + dotsOf(panel.groups[i]), 0);
    const rows = (people, pitch) => Math.ceil(people / Math.floor(width / pitch)) * pitch;
    const tall = ({ blocks }, pitch) =>
      blocks.reduce((sum, block) => sum + LABEL + GAP + rows(count(block), pitch), 0);
    let pitch = WIDEST;
    const fits = () => panel.views.every((view) => tall(view, pitch) <= height);
    while (pitch > NARROWEST && !fits()) pitch -= FINER;
    const columns = Math.floor(width / pitch);
    const labels = [], dots = panel.groups.map(() => []);
    let top = 0;
    for (const { label, groups } of viewOf(panel, values).blocks) {
      labels.push([label, top + LABEL - 6]);
      let at = 0;
      for (const i of groups) {
        for (let k = dotsOf(panel.groups[i]); k > 0; k--, at++) {
          const [x, y] = [at % columns, Math.floor(at / columns)];
          dots[i].push([(x + 0.5) * pitch, top + LABEL + (y + 0.5) * pitch]);
        }
      }
      top += LABEL + GAP + rows(at, pitch);
    }
    return { pitch, labels, dots };
  }

  function viewOf(panel, values) {
    return panel.views.find((view) => view.value === values[panel.control]);
  }

  function drawKeys(legend, keys) {
    const size = { width: 28, height: 12, "aria-hidden": "true" };
    ["ldn-dots", "ldn-ring"].forEach((look, i) => {
      const entry = node("span", { class: "ldn-key" }, legend);
      const svg = draw("svg", { ...size, class: "ldn-s0" }, entry);
      const d = i ? ringAt([14, 6], 4) : dotAt([14, 6]);
      const path = draw("path", { class: look, d }, svg);
      if (!i) path.setAttribute("stroke-width", 8);
      node("span", { text: keys[i] }, entry);
    });
  }

  /** As Panel of panel.js; `change` sets values of the controls, `valuesNow` gives them. */
  class DotsPanel {
    constructor(book, index, prefix, parent, change, valuesNow) {
      this.panel = book.spec.panels[index];
      this.frame = frameOf(this.panel, `${prefix}-panel${index}`, parent);
      this.holder = this.frame.holder;
      this.change = change;
      this.valuesNow = valuesNow;
      this.result = this.chart = this.at = null; // at: where the dots are now
      this.frameWanted = 0;
      drawKeys(this.frame.legend, this.panel.keys);
      this.frame.svg.classList.add("ldn-people");
      this.frame.svg.addEventListener("click", (event) => this.pick(event));
      this.frame.svg.addEventListener("pointermove", (event) => this.point(event));
      this.frame.svg.addEventListener("pointerleave", () => (this.frame.tip.hidden = true));
    }

    // -------------------------------------------------------------- drawing

    show(result) {
      this.result = result;
      this.showCard();
      if (this.chart) this.arrange(!isStill());
    }
    compare() {}
    shrink() {}

    layout(width) {
      const height = Math.round(Math.min(310, Math.max(225, width * 0.66)));
      const { svg, scene } = this.frame;
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      scene.replaceChildren();
      this.words = draw("g", {}, scene);
      this.paths = this.panel.groups.map(({ people }) => {
        const group = draw("g", { class: "ldn-live ldn-s0" }, scene);
        return draw("path", { class: people === null ? "ldn-ring" : "ldn-dots" }, group);
      });
      this.chart = { width, height };
      if (this.result) this.arrange(false);
    }

    /** Brings the dots to the places of the present view, at once or on a way that can be seen. */
    arrange(moving) {
      const { panel, chart, result } = this;
      const { values } = result;
      const { pitch, labels, dots } = placesOf(panel, values, chart.width, chart.height);
      this.words.replaceChildren();
      for (const [text, y] of labels) {
        draw("text", { x: 0, y, class: "ldn-block-text", text }, this.words);
      }
      const faint = [];
      for (const block of viewOf(panel, values).blocks) {
        for (const i of block.groups) faint[i] = block.faint;
      }
      const full = faint.some(Boolean) ? STRONG : FULL; // what is left stands out
      this.radii = panel.groups.map((group, i) => {
        const { classList } = this.paths[i];
        const picked = group.pick === values[panel.pick];
        classList.toggle("ldn-faint", faint[i] && !picked);
        classList.toggle("ldn-picked", picked);
        return round(pitch * (picked ? STRONG : faint[i] ? FAINT : full));
      });
      const from = this.at, start = performance.now();
      cancelAnimationFrame(this.frameWanted);
      const step = (now) => {
        const t = moving && from ? ease(Math.min(1, Math.max(0.02, (now - start) / MOVING))) : 1;
        this.put(t < 1 ? dots.map((places, i) => between(from[i], places, t)) : dots);
        if (t < 1 && this.holder.isConnected) this.frameWanted = requestAnimationFrame(step);
      };
      step(start);
    }

    put(dots) {
      this.at = dots;
      dots.forEach((places, i) => {
        const path = this.paths[i], r = this.radii[i];
        const group = this.panel.groups[i];
        const open = group.people === null || group.pick === this.result.values[this.panel.pick];
        const shape = open ? ringAt : dotAt;
        if (!open) path.setAttribute("stroke-width", 2 * r);
        path.setAttribute("d", places.map((place) => shape(place, r)).join(""));
      });
    }

    // -------------------------------------------------------------- a finger or the mouse

    /** The group of the dot that is meant, or null. */
    groupAt({ clientX, clientY }) {
      if (!this.at) return null;
      const area = this.frame.svg.getBoundingClientRect();
      const scale = this.chart.width / area.width;
      const [px, py] = [(clientX - area.left) * scale, (clientY - area.top) * scale];
      let found = null, least = REACH;
      this.at.forEach((places, i) => {
        for (const [x, y] of places) {
          const far = Math.hypot(x - px, y - py);
          if (far < least) [found, least] = [i, far];
        }
      });
      return found === null ? null : this.panel.groups[found];
    }

    /** Touched once more, a trial is let go: the first option is that of none. */
    pick(event) {
      const group = this.groupAt(event);
      if (!group) return;
      const { pick } = this.panel;
      this.change({ [pick]: group.pick === this.valuesNow()[pick] ? 0 : group.pick });
    }

    point(event) {
      const { tip, svg } = this.frame;
      const group = event.pointerType === "mouse" ? this.groupAt(event) : null;
      tip.hidden = !group;
      if (!group) return;
      const area = svg.getBoundingClientRect();
      const x = event.clientX - area.left, half = x > area.width / 2;
      tip.textContent = this.nameOf(group);
      tip.style.left = half ? "auto" : `${x + 12}px`;
      tip.style.right = half ? `${area.width - x + 12}px` : "auto";
    }

    nameOf({ name, people }) {
      return people === null ? name : `${name}: ${people} people`;
    }

    /** The way to the card of the trial that is picked, at the foot of the control. */
    addLinks(foot) {
      if (LDN.ROOT) this.card = node("a", { class: "ldn-button ldn-to-card", hidden: "" }, foot);
    }
    showCard() {
      const { groups, pick } = this.panel;
      const group = groups.find((one) => one.pick === this.result.values[pick]);
      if (!this.card) return;
      this.card.hidden = !group;
      if (!group) return;
      this.card.href = `${LDN.ROOT}book/trials.html#${group.card}`;
      this.card.textContent = `Card of ${group.name}`;
    }

    // -------------------------------------------------------------- words and numbers

    describe() {
      const { blocks } = viewOf(this.panel, this.result.values);
      const says = blocks.map(({ label }) => label).join("; ");
      this.frame.description.textContent = `${this.panel.keys.join("; ")}. ${says}.`;
    }

    rows(result = this.result, prefix = "") {
      const rows = [];
      for (const { label, groups } of viewOf(this.panel, result.values).blocks) {
        for (const i of groups) {
          const { name, people } = this.panel.groups[i];
          const count = people === null ? "" : people;
          rows.push([this.panel.title, prefix + label, name, count, "", ""]);
        }
      }
      return rows;
    }
  }

  /** Places on the way from one list to another. */
  function between(from, to, t) {
    return to.map(([x, y], k) => {
      const [fromX, fromY] = from[k];
      return [fromX + t * (x - fromX), fromY + t * (y - fromY)];
    });
  }

  LDN.PANELS.dots = DotsPanel;
})();
