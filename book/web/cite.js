/* A citation tells what it is before it is opened: by a pointer that rests on it, by the keyboard,
 * or by a finger, whose first tap shows the card and whose second opens the source. Sources open
 * beside the book. The card can be entered, by the down arrow, too: it leads to where else the
 * source is cited. What there is to tell comes from _static/sources.js (book_citations.py), asked
 * for once. */
(function () {
  "use strict";
  const article = document.querySelector("article");
  if (!article) return;
  const RESTS = 250; // ms that a pointer must rest on a citation, and may take to reach the card
  const EDGE = 8; // px between the card and the edge of the window
  const links = article.querySelectorAll('a[href^="https://"]');
  for (const link of links) {
    link.target = "_blank";
    link.rel = "noopener";
  }
  const root = document.querySelector('script[src*="_static/"]').src.replace(/_static\/.*/, "");
  let asked, card, shown, timer, tapped, wanted;

  /** What is known of all sources, once it is there. */
  function sources() {
    asked =
      asked ||
      new Promise((done) => {
        const script = document.createElement("script");
        script.onload = script.onerror = () => done(window.ldnSources || { sources: {} });
        script.src = root + "_static/sources.js";
        document.head.append(script);
      });
    return asked;
  }
  const plain = (link) => link.getAttribute("href").replace(/\(/g, "%28").replace(/\)/g, "%29");
  const citation = (event) => {
    const link = event.target.closest && event.target.closest('a[href^="https://"]');
    return link && article.contains(link) && !link.closest("#ldn-cite") ? link : null;
  };

  /** Whether the keyboard is at the citation or in its card. */
  const held = () => document.activeElement === shown || card.contains(document.activeElement);

  function hide() {
    clearTimeout(timer);
    wanted = null;
    if (!shown) return;
    const link = shown;
    shown = null; // before the card goes, which takes the focus with it
    link.removeAttribute("aria-describedby");
    card.remove();
  }

  const line = (text) => {
    const p = document.createElement("p");
    p.textContent = text;
    card.append(p);
    return p;
  };
  /** A line of links to the places that cite the source, each to its first citation there. */
  function drawPlaces(link, places) {
    const p = line("Cited in: ");
    places.forEach(([name, page], i) => {
      if (i) p.append(", ");
      if (location.href.split(/[?#]/)[0] === root + page) return p.append(`${name} (here)`);
      const way = document.createElement("a");
      way.href = `${root}${page}#cited=${encodeURIComponent(plain(link))}`;
      way.textContent = name;
      p.append(way);
    });
  }

  function show(link) {
    wanted = link;
    return sources().then(({ pages, sources }) => {
      const known = sources[plain(link)];
      if (!known || shown === link || wanted !== link) return Boolean(known);
      hide();
      shown = link;
      const [title, place, people, read, numbers] = known;
      card = document.createElement("div");
      card.id = "ldn-cite";
      card.tabIndex = -1; // a click into it leaves it there
      card.setAttribute("role", "group");
      card.setAttribute("aria-label", "About this source");
      line(title).className = "ldn-cite-title";
      for (const text of [place, people, `${read}.`]) if (text) line(text);
      drawPlaces(
        link,
        numbers.map((number) => pages[number]),
      );
      const byKeyboard = link.matches(":focus-visible") && card.querySelector("a");
      if (tapped === link) line("Tap again to open it beside the book.");
      else
        line(
          byKeyboard ? "Opens beside the book; ↓ leads into this card." : "Opens beside the book.",
        );
      // In the article, whose look it takes; where the window has room, below the citation.
      article.append(card);
      link.setAttribute("aria-describedby", card.id);
      const box = link.getClientRects()[0],
        around = article.getBoundingClientRect();
      const most = document.documentElement.clientWidth - card.offsetWidth - EDGE;
      const left = Math.max(EDGE, Math.min(box.left, most));
      const below =
        box.bottom + card.offsetHeight + EDGE < innerHeight || box.top < card.offsetHeight + EDGE;
      const top = below ? link.getBoundingClientRect().bottom : box.top - card.offsetHeight;
      card.style.left = `${left - around.left}px`;
      card.style.top = `${top - around.top}px`;
      return true;
    });
  }

  const later = (act) => {
    clearTimeout(timer);
    timer = setTimeout(act, RESTS);
  };
  article.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const link = citation(event);
    if (link) later(() => show(link));
    else if (card && card.contains(event.target)) clearTimeout(timer);
    else if (shown ? !held() : wanted) later(hide);
    else clearTimeout(timer);
  });
  article.addEventListener("pointerleave", () => shown && !held() && later(hide));
  article.addEventListener("focusin", (event) => {
    const link = citation(event);
    if (link && link.matches(":focus-visible")) show(link);
  });
  article.addEventListener("focusout", ({ relatedTarget }) => {
    if (!shown || (relatedTarget !== shown && !card.contains(relatedTarget))) hide();
  });
  article.addEventListener("pointerdown", (event) => {
    const link = citation(event);
    tapped = event.pointerType === "touch" && link && shown !== link ? link : null;
  });
  article.addEventListener("click", (event) => {
    const link = citation(event);
    if (!link || tapped !== link) return;
    event.preventDefault(); // what is known comes first; of a source of which nothing is, the page
    show(link).then((told) => told || open(link.href, "_blank", "noopener"));
  });
  document.addEventListener("pointerdown", (event) => {
    if (shown && citation(event) !== shown && !card.contains(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (!shown) return;
    const ways = [shown, ...card.querySelectorAll("a")];
    const at = ways.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") {
      if (at > 0) shown.focus(); // from where Tab goes on
      if (event.key === "Escape") hide();
    } else if (at >= 0 && ways[to]) {
      event.preventDefault();
      ways[to].focus();
    }
  });

  /** Comes to the first citation of the source that the address names, as the cards' links do. */
  function arrive() {
    const [, named] = location.hash.split("#cited=");
    const link = named && [...links].find((one) => plain(one) === decodeURIComponent(named));
    if (!link) return;
    for (let fold = link.closest("details"); fold; fold = fold.parentElement.closest("details"))
      fold.open = true;
    link.scrollIntoView({ block: "center" });
    link.focus({ preventScroll: true });
  }
  addEventListener("hashchange", arrive);
  arrive();
})();
