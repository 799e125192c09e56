/* Where a hit of the search leads: the address ends in "#place?find=word,word". The words are
 * marked in that place, what holds the first of them is unfolded, and it is brought into view. */
(function () {
  "use strict";
  const [id, asked] = location.hash.slice(1).split("?find=");
  if (!asked) return;
  location.replace(`#${id}`); // for all that reads the address: the ledger, controls, styles
  const escaped = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ /g, "\\s+");
  const words = asked.split(",").map((word) => escaped(decodeURIComponent(word)));
  // Whole words; a browser may not know how to look behind.
  const wanted = new RegExp(`(^|[^\\p{L}\\p{N}])(${words.join("|")})(?![\\p{L}\\p{N}])`, "iu");

  // A term of the glossary is explained beside it, not within it.
  function parts(place) {
    const all = [place];
    for (let next = place; next?.matches("dt");)
      if ((next = next.nextElementSibling)) all.push(next);
    return all;
  }

  function mark(text) {
    const marks = [];
    for (let found; (found = wanted.exec(text.data));) {
      const word = text.splitText(found.index + found[1].length);
      text = word.splitText(found[2].length);
      const box = document.createElement("mark");
      word.replaceWith(box);
      box.append(word);
      marks.push(box);
    }
    return marks;
  }

  function unfold(inside) {
    for (let fold = inside; (fold = fold.parentElement?.closest("details"));) fold.open = true;
    const hidden = inside.closest(".toggle-hidden"); // the solution of an exercise
    hidden?.querySelector(".toggle-button").click();
  }

  // Once the theme's scripts have folded what they fold, and controls are drawn.
  addEventListener("load", () => {
    const place = document.getElementById(decodeURIComponent(id));
    if (!place) return;
    const texts = [];
    for (const part of parts(place)) {
      const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) texts.push(walk.currentNode);
    }
    const marks = texts
      .filter(
        (text) => !text.parentElement.closest("script, style, svg, pre, button, .visually-hidden"),
      )
      .flatMap(mark);
    const shows = (box) => box.getClientRects().length > 0;
    // The first that can be seen, or can be unfolded: a reading level may hide others.
    const first = marks.find((box) => {
      unfold(box);
      return shows(box);
    });
    const target = first || place;
    const heading = place.getBoundingClientRect().top;
    const near = target.getBoundingClientRect().bottom - heading < 0.7 * innerHeight;
    if (near) place.scrollIntoView({ block: "start", behavior: "instant" });
    else target.scrollIntoView({ block: "center", behavior: "instant" });
  });
})();
