/* A citation tells what it is before it is opened: by a pointer that rests on it, by the keyboard, or
 * by a finger, whose first tap shows the card and whose second opens the source. Sources open beside
 * the book. What there is to tell comes from _static/sources.js (book_citations.py), asked for once. */
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
  const source = document.querySelector('script[src*="_static/"]').src.replace(/_static\/.*/, "_static/sources.js");
  let asked, card, shown, timer, tapped, wanted;

  /** What is known of all sources, once it is there. */
  function sources() {
    asked =
      asked ||
      new Promise((done) => {
        const script = document.createElement("script");
        script.onload = script.onerror = () => done(window.ldnSources || {});
        script.src = source;
        document.head.append(script);
      });
    return asked;
  }
  const plain = (link) => link.getAttribute("href").replace(/\(/g, "%28").replace(/\)/g, "%29");
  const citation = (event) => {
    const link = event.target.closest && event.target.closest('a[href^="https://"]');
    return link && article.contains(link) ? link : null;
  };

  function hide() {
    clearTimeout(timer);
    wanted = null;
    if (!shown) return;
    card.remove();
    shown.removeAttribute("aria-describedby");
    shown = null;
  }

  function show(link) {
    wanted = link;
    return sources().then((all) => {
      const known = all[plain(link)];
      if (!known || shown === link || wanted !== link) return Boolean(known);
      hide();
      shown = link;
      const [title, place, people, read, pages] = known;
      card = document.createElement("div");
      card.id = "ldn-cite";
      card.setAttribute("role", "tooltip");
      const line = (text, className) => {
        if (!text) return;
        const p = document.createElement("p");
        p.textContent = text;
        p.className = className;
        card.append(p);
      };
      line(title, "ldn-cite-title");
      line(place, "");
      line(people, "");
      line(`${read}.`, "");
      line(`Cited in: ${pages}.`, "");
      line(tapped === link ? "Tap again to open it beside the book." : "Opens beside the book.", "");
      // In the article, whose look it takes; where the window has room, below the citation.
      article.append(card);
      link.setAttribute("aria-describedby", card.id);
      const box = link.getClientRects()[0], around = article.getBoundingClientRect();
      const most = document.documentElement.clientWidth - card.offsetWidth - EDGE;
      const left = Math.max(EDGE, Math.min(box.left, most));
      const below = box.bottom + card.offsetHeight + EDGE < innerHeight || box.top < card.offsetHeight + EDGE;
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
    else if (shown ? document.activeElement !== shown : wanted) later(hide);
    else clearTimeout(timer);
  });
  article.addEventListener("pointerleave", () => shown && document.activeElement !== shown && later(hide));
  article.addEventListener("focusin", (event) => {
    const link = citation(event);
    if (link && link.matches(":focus-visible")) show(link);
  });
  article.addEventListener("focusout", hide);
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
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
})();
