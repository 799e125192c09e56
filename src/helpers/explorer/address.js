/* The settings of controls in the page's address, so that a link can carry them:
 * "#explore-a?dose=10&every=24;explore-b?gain=3"; the control used last comes first.
 */
(function () {
  "use strict";

  /** [id, settings as text] of each control in the address. */
  function readAddress() {
    const parts = location.hash.slice(1).split(";").filter((part) => part.includes("?"));
    return parts.map((part) => part.split("?"));
  }

  /** The values that the address asks of this control, or null. They are not checked: what is no
   * number stays a text, and an unknown name is kept. */
  function valuesInAddress(spec) {
    const mine = readAddress().find(([id]) => id === spec.id);
    if (!mine) return null;
    const values = Object.create(null);
    for (const [name, text] of new URLSearchParams(mine[1])) {
      const control = spec.controls.find((c) => c.name === name);
      const options = control && control.kind === "choice" ? control.options : [];
      const option = options.find((o) => String(o.value) === text);
      const number = text.trim() === "" ? NaN : Number(text);
      if (option) values[name] = option.value;
      else values[name] = control && !Number.isNaN(number) ? number : text;
    }
    return values;
  }

  /** The values of a control as they stand in an address. */
  function stateOf(spec, values) {
    const pair = (name) => encodeURIComponent(name) + "=" + encodeURIComponent(values[name]);
    return spec.id + "?" + spec.controls.map((c) => pair(c.name)).join("&");
  }

  /** Put the values of this control first in the address; leave it out at its defaults. */
  function writeAddress(spec, values, defaults) {
    const parts = readAddress();
    const others = parts.filter(([id]) => id !== spec.id);
    const changed = spec.controls.some((c) => values[c.name] !== defaults[c.name]);
    if (!changed && others.length === parts.length) return; // leave a plain #section alone
    const states = others.map((part) => part.join("?"));
    if (changed) states.unshift(stateOf(spec, values));
    const hash = states.join(";");
    const address = hash ? "#" + hash : location.pathname + location.search;
    try {
      history.replaceState(history.state, "", address);
    } catch (refused) {
      // Some browsers refuse this for local files; the control works without it.
    }
  }

  /** Whether this control is the one that the address names first. */
  const isFirstInAddress = (spec) => readAddress()[0][0] === spec.id;

  Object.assign(LDN, { isFirstInAddress, stateOf, valuesInAddress, writeAddress });
})();
