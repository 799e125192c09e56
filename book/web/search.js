/* The search page. Everything runs here: places.js holds what can be found, MiniSearch finds it,
 * and the words looked for stand behind the # of the address, which no host sees. See
 * book/ext/book_search.py. */
(function () {
  "use strict";
  const known = window.ldnSearch;
  const box = document.querySelector(".ldn-search");
  const input = box.querySelector("input"),
    results = box.querySelector("#search-results");
  const status = box.querySelector("[role=status]"),
    help = box.querySelector(".ldn-search-help");
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // ---------------------------------------------------------------- words

  const WORD = /[\p{L}\p{N}]+(?:\.\p{N}+)*(?:['’]\p{L}+)?/gu; // TNF, α, 4.5, Crohn's
  const GREEK = { α: "alpha", β: "beta", γ: "gamma", δ: "delta", κ: "kappa", μ: "mu", µ: "mu" };
  // Words that questions are made of: they count only where there are no others.
  /** A word in one spelling: no capitals, accents, Greek letters, possessive or plural. */
  function plain(word) {
    const latin = word.toLowerCase().replace(/[αβγδκμµ]/g, (letter) => GREEK[letter]);
    const bare = latin
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .replace(/['’]s$/, "")
      .replace(/['’]/, "");
    if (bare.length < 4 || /(ss|us|is)$/.test(bare)) return bare;
    return bare
      .replace(/ies$/, "y")
      .replace(/(ch|sh|ss|x)es$/, "$1")
      .replace(/s$/, "");
  }

  // Words that questions are made of: they count only where there are no others.
  const SMALL = new Set(
    [
      "a about an and any are as at be been by can could did do does for from had has have help",
      "how i if in is it its me my of on or should so some than that the there they this to",
      "was were what when where which while who why will with would you your",
    ]
      .flatMap((line) => line.split(" "))
      .map(plain),
  );

  /** The words of a text: {word, start, end}. */
  const split = (text) =>
    Array.from(text.matchAll(WORD), (found) => ({
      word: plain(found[0]),
      start: found.index,
      end: found.index + found[0].length,
    }));
  const phrase = (text) =>
    split(text)
      .map((one) => one.word)
      .join(" ");

  const LONGEST = 4; // words of a name
  const names = new Map(); // "interleukin 6" → the term that stands for all its names
  known.same.forEach((group, i) => {
    for (const name of group) names.set(phrase(name), `=${i}`);
  });
  const kinds = new Map(); // "fentanyl" → ["fentanyl", "opioid"]
  for (const [kind, group] of Object.entries(known.kind)) {
    for (const name of group) kinds.set(phrase(name), [name, kind]);
  }

  /** Names in a row of words: [start, how many words, term], the longest first at each word. */
  function named(words) {
    const found = [];
    for (let i = 0; i < words.length; i++) {
      for (let n = Math.min(LONGEST, words.length - i); n > 0; n--) {
        const term = names.get(words.slice(i, i + n).join(" "));
        if (term) found.push([i, n, term]);
      }
    }
    return found;
  }

  /** Terms of a text with their places: each word, and each name that it holds. */
  function terms(text) {
    const words = split(text);
    const found = words.map((one) => ({ ...one, term: one.word }));
    for (const [i, n, term] of named(words.map((one) => one.word))) {
      found.push({ term, start: words[i].start, end: words[i + n - 1].end });
    }
    return found;
  }

  /** Terms that a query asks for: names as one, then the words that are left. */
  function wanted(query) {
    const words = split(query).map((one) => one.word);
    const found = [],
      asked = new Set(words.keys());
    for (const [i, n, term] of named(words)) {
      const own = Array.from({ length: n }, (_, k) => i + k);
      if (!own.every((k) => asked.has(k))) continue;
      own.forEach((k) => asked.delete(k));
      found.push({ term, spelled: words.slice(i, i + n).join(" "), last: i + n === words.length });
    }
    const rest = [...asked].map((i) => ({
      term: words[i],
      spelled: words[i],
      last: i === words.length - 1,
    }));
    const telling = rest.filter((one) => !SMALL.has(one.term));
    return found.length + telling.length ? [...found, ...telling] : rest;
  }

  // ---------------------------------------------------------------- what can be found

  const options = {
    fields: ["title", "text"],
    tokenize: (text) => terms(text).map((one) => one.term),
    processTerm: (term) => term,
    searchOptions: { boost: { title: 4 }, tokenize: (term) => [term] },
  };
  const engine = new window.MiniSearch(options);
  const spellings = new window.MiniSearch({
    ...options,
    fields: ["id"],
    tokenize: (word) => [word],
  });
  const places = []; // by their number in the engine
  let all = false; // whether more_places.js is in

  function add(pages) {
    const first = places.length;
    for (const [page, name, weight, entries] of pages) {
      for (const [id, title, text, level] of entries) {
        const named = new Set(terms(title).map((one) => one.term));
        places.push({
          id: places.length,
          place: `${page}#${id}`,
          page,
          name,
          weight,
          title,
          named,
          text,
          level,
        });
      }
    }
    engine.addAll(places.slice(first));
  }
  spellings.addAll([...names.keys(), ...kinds.keys()].map((id) => ({ id })));

  function more(then) {
    if (all) return then();
    const script = make("script", { src: box.dataset.more });
    const done = () => {
      all = true;
      add(window.ldnSearchMore || []); // the file may fail to come
      then();
    };
    script.addEventListener("load", done);
    script.addEventListener("error", done);
    document.head.append(script);
  }

  const slips = (word) => (word.length > 7 ? 2 : word.length > 3 ? 1 : 0);

  /** What to search for one wanted term, and a remark: [query of the engine or null, words]. */
  function reading({ term, spelled, last }) {
    const isName = names.has(spelled);
    const query = { queries: [term], prefix: last && !isName && term.length > 2 };
    if (engine.search(query).length) {
      const other = isName && !spelled.includes(" ") && !engine.search(spelled).length;
      return [
        query,
        other ? `“${spelled}” does not occur; shown is “${known.same[term.slice(1)][0]}”.` : "",
      ];
    }
    if (kinds.has(spelled)) {
      const [name, kind] = kinds.get(spelled);
      const [instead] = reading({
        term: names.get(phrase(kind)) || phrase(kind),
        spelled: phrase(kind),
      });
      return [instead, `The book does not name “${name}”; shown is what it is: ${kind}.`];
    }
    const [near] = isName ? [] : spellings.search(term, { fuzzy: slips(term) });
    if (near) {
      const [instead, remark] = reading({ term: names.get(near.id) || near.id, spelled: near.id });
      return [instead, `“${spelled}” was not found; shown is “${near.id}”. ${remark}`.trim()];
    }
    const like = { queries: [term], fuzzy: slips(term), prefix: term.length > 4 };
    const words = [...new Set(isName ? [] : engine.search(like).flatMap((hit) => hit.terms))];
    if (words.length)
      return [like, `“${spelled}” was not found; shown is “${words.slice(0, 3).join("”, “")}”.`];
    return [null, `“${spelled}” was not found.`];
  }

  /** Hits, best first, and remarks on how they were found. */
  function find(query) {
    const asked = wanted(query);
    const readings = asked.map(reading);
    const remarks = readings.map(([, remark]) => remark).filter(Boolean);
    const queries = readings.map(([one]) => one).filter(Boolean);
    if (!queries.length) return { hits: [], remarks };
    const exactly = phrase(query);
    const look = (combineWith) =>
      engine.search(
        { queries, combineWith },
        {
          boostDocument: (id) => {
            const { weight, title, named } = places[id];
            const whole =
              asked.every((one) => named.has(one.term)) ||
              ` ${phrase(title)} `.includes(` ${exactly} `);
            return weight * (whole ? 2.5 : 1); // a title that has all that is asked for
          },
        },
      );
    let found = look("AND");
    if (!found.length && queries.length > 1) {
      found = look("OR");
      remarks.push("No place has all of these words; shown are places with some.");
    }
    const level = document.documentElement.dataset.level;
    const once = new Set();
    const hits = [];
    let hidden = 0;
    for (const hit of found) {
      const place = places[hit.id];
      if (once.has(place.place)) continue;
      if (place.level && place.level !== level) {
        hidden += place.level === "code";
        continue;
      }
      once.add(place.place);
      hits.push({ ...place, terms: new Set(hit.terms) });
    }
    return { hits, remarks, hidden };
  }

  // ---------------------------------------------------------------- what is shown

  const ROOM = 220; // letters of an excerpt

  /** Where a text has one of the terms: {start, end}, longer names before what they hold. */
  function marks(text, wanted) {
    const found = terms(text).filter((one) => wanted.has(one.term));
    found.sort((a, b) => a.start - b.start || b.end - a.end);
    return found.filter(
      (one, i) => i === 0 || one.start >= Math.max(...found.slice(0, i).map((other) => other.end)),
    );
  }

  function marked(text, places, from = 0, to = text.length) {
    const parts = [];
    for (const { start, end } of places.filter((one) => one.start >= from && one.end <= to)) {
      parts.push(text.slice(from, start), make("mark", {}, text.slice(start, end)));
      from = end;
    }
    return [...parts, text.slice(from, to)];
  }

  /** The part of a text that has the most of the terms. */
  function excerpt(text, places) {
    const within = (first) =>
      places.filter((one) => one.start >= first.start && one.end < first.start + ROOM - 40);
    const different = (first) => new Set(within(first).map((one) => one.term)).size;
    const best = places.reduce((a, b) => (different(b) > different(a) ? b : a), places[0]);
    let from = best && best.start > 60 ? text.lastIndexOf(" ", best.start - 40) + 1 : 0;
    let to = text.length - from > ROOM ? text.lastIndexOf(" ", from + ROOM) : text.length;
    return [from ? "… " : "", ...marked(text, places, from, to), to < text.length ? " …" : ""];
  }

  function item(hit) {
    const inTitle = marks(hit.title, hit.terms),
      inText = marks(hit.text, hit.terms);
    const spelled = [
      ...inText.map((one) => hit.text.slice(one.start, one.end)),
      ...inTitle.map((one) => hit.title.slice(one.start, one.end)),
    ];
    const words = [...new Set(spelled.map((word) => word.toLowerCase()))].slice(0, 8);
    words.sort((a, b) => b.length - a.length); // "interleukin-6" before "interleukin"
    const link = make("a", {
      href: `${hit.place}?find=${words.map(encodeURIComponent).join(",")}`,
    }); // see land.js
    link.append(...(hit.title ? marked(hit.title, inTitle) : [hit.text.slice(0, 80) + " …"]));
    const line = [link];
    if (hit.title !== hit.name) line.push(make("span", { className: "ldn-search-page" }, hit.name));
    if (hit.text) line.push(make("p", {}, ...excerpt(hit.text, inText)));
    return make("li", {}, ...line);
  }

  const STEP = 15;
  const number = (n, one, many) => `${n} ${n === 1 ? one : many}`;

  function topics(query) {
    const words = ` ${phrase(query)} `;
    return known.not_covered.filter(([, asked]) =>
      asked.some((one) => words.includes(` ${phrase(one)} `)),
    );
  }

  function show(query) {
    results.replaceChildren();
    help.hidden = false;
    if (!split(query).length) {
      status.textContent = "";
      return;
    }
    const { hits, remarks, hidden } = find(query);
    if (!hits.length && !all) {
      more(() => show(query));
      return;
    }
    help.hidden = hits.length > 0;
    const pages = new Set(hits.map((hit) => hit.page)).size;
    const count = hits.length
      ? `${number(hits.length, "place", "places")} on ${number(pages, "page", "pages")}.`
      : `Nothing was found for “${query.trim()}”.`;
    status.textContent = [...(hits.length ? remarks : []), count].join(" ");
    for (const [what] of topics(query)) {
      const where = make("a", { href: box.dataset.about }, "What the book does not cover");
      results.append(
        make(
          "p",
          { className: "ldn-search-not" },
          make("strong", {}, "Not in this book: "),
          `${what} `,
          where,
        ),
      );
    }
    const list = make("ol", {}),
      button = make("button", { type: "button" });
    const next = () => {
      const shown = list.children.length;
      list.append(...hits.slice(shown, shown + STEP).map(item));
      const left = hits.length - list.children.length;
      button.textContent = `Show ${Math.min(STEP, left)} more of ${left}`;
      button.hidden = !left;
      if (shown) list.children[shown].querySelector("a").focus();
    };
    button.addEventListener("click", next);
    next();
    results.append(...(hits.length ? [list, button] : []));
    if (hidden) {
      const link = make(
        "a",
        { href: `?level=code#q=${encodeURIComponent(query)}` },
        "Read with code",
      );
      results.append(
        make(
          "p",
          {},
          `${number(hidden, "place more stands", "places more stand")} only in pages with code. `,
          link,
        ),
      );
    }
    if (!all) {
      const wider = make(
        "button",
        { type: "button" },
        "Look also in the references, the models and how the book is made",
      );
      wider.addEventListener("click", () =>
        more(() => {
          show(query);
          input.focus();
        }),
      );
      results.append(wider);
    }
  }

  // ---------------------------------------------------------------- from address to results

  const asked = () => {
    const here = new URLSearchParams(location.hash.slice(1)),
      before = new URLSearchParams(location.search);
    return here.get("q") ?? before.get("q") ?? ""; // "?q=" in addresses of former editions
  };
  const address = (query) => `#q=${encodeURIComponent(query)}`;
  let waiting, typed;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      typed = input.value;
      location.replace(address(typed));
    }, 250);
  });
  box.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    typed = input.value;
    location.hash = address(typed);
  });
  addEventListener("hashchange", () => {
    if (asked() !== typed) input.value = asked();
    show(asked());
  });

  // Up and down go through the results.
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [input, ...results.querySelectorAll("li > a")];
    const here = stops.indexOf(document.activeElement);
    if (!step || here < 0 || !stops[here + step]) return;
    event.preventDefault();
    stops[here + step].focus();
  });

  add(known.pages);
  input.value = asked();
  show(input.value);
  input.select();
})();
