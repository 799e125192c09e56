"""The search: what it finds, in which order, and where a reader who follows a hit lands.

(test_searches.py is about searches of the literature.)
"""

import json
import random
import re
import tomllib
from urllib.parse import quote

import pytest
from conftest import ROOT, is_slides

from helpers import evidence

KNOWN = tomllib.loads((ROOT / "book/web/search.toml").read_text(encoding="utf-8"))
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
QUESTIONS, LEDGER = "book/questions.html", "book/claims.html"
# What a reader looks for, and what comes first.
FIRST = {
    "tramadol": f"{QUESTIONS}#opioids",
    "codeine": f"{QUESTIONS}#opioids",
    "pregnancy": f"{QUESTIONS}#pregnancy",
    "breast-feeding": f"{QUESTIONS}#pregnancy",
    "surgery": f"{QUESTIONS}#operation",
    "Crohn": f"{QUESTIONS}#crohn",
    "chron's disease": f"{QUESTIONS}#crohn",
    "how much": f"{QUESTIONS}#dose",
    "fatigue": f"{QUESTIONS}#fatigue",
    "price": f"{QUESTIONS}#cost",
    "unwanted effects": f"{QUESTIONS}#side-effects",
    "does it help my rheumatoid arthritis?": f"{QUESTIONS}#arthritis",
    "IL-6": "book/glossary.html#term-interleukin-6",
    "FINAL": "book/trials.html#final",
    "Smith 2011": "book/trials.html#smith-2011",
    "C51": f"{LEDGER}#C51",
    "tramodol": f"{QUESTIONS}#opioids",
    "arthrtis": f"{QUESTIONS}#arthritis",
    "fentanyl": "notebooks/06_ra_treatment.html#opioids-and-naltrexone",
    "Figure 3.3": "notebooks/03_ldn_mechanism.html#figure-3-3",
}
# One thing under several names: the same hits.
SAME = [
    ("IL-6", "IL6", "interleukin-6", "Interleukin 6"),
    ("Revia", "Vivitrol", "Adepend", "naltrexone"),
    ("Humira", "adalimumab"),
    ("TNF-α", "TNF alpha", "tumor necrosis factor"),
    ("surgery", "operations"),
    ("Sjögren", "sjogren's syndrome"),
]
HITS = "all => all.map((link) => link.getAttribute('href').split('?find=')[0])"
# The first marked word that is drawn: whether it lies on the screen, and under nothing.
LANDED = """() => {
    const all = [...document.querySelectorAll("main mark")];
    const shown = all.find((mark) => mark.getClientRects().length);
    if (!shown) return "no word is marked";
    const box = shown.getClientRects()[0];
    if (box.top < 0 || box.bottom > innerHeight) return `at ${box.top} of ${innerHeight}`;
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const free = shown.contains(top) || top?.contains(shown);
    return free ? "" : `under ${top?.outerHTML.slice(0, 100)}`;
}"""


def index(html, name):
    """The value that a file of places holds."""
    text = (html / "_static" / name).read_text(encoding="utf-8")
    return json.loads(text.partition("=")[2].rstrip().rstrip(";"))


@pytest.fixture(scope="module")
def pages(html):
    """[address, title, weight, places] of all pages."""
    return index(html, "places.js")["pages"] + index(html, "more_places.js")


def results(page, address, query):
    """Look for `query`; the addresses of the hits."""
    page.goto("about:blank")  # else only what stands behind the # would change
    page.goto(f"{address}/search.html#q={quote(query)}", wait_until="load")
    page.locator("#search-results li, .ldn-search-help:not([hidden])").first.wait_for(
        state="attached"
    )
    return page.locator("#search-results li > a").evaluate_all(HITS)


def follow(page):
    """Follow the first hit."""
    page.locator("#search-results li > a").first.click()
    page.wait_for_url("**/*.html#*")
    page.wait_for_load_state("load")
    page.wait_for_function("document.documentElement.classList.contains('ldn-loaded')")


def said(page):
    return page.get_by_role("status").inner_text()


# ---------------------------------------------------------------- what is in it


def test_every_place_is_there(html, pages):
    """Each address exists, and each stands once for a reading level."""
    for page, _, _, places in pages:
        text = (html / page).read_text(encoding="utf-8")
        ids = set(re.findall(r'\bid="([^"]+)"', text))
        assert not [place[0] for place in places if place[0] not in ids], page
        levels = [(place[0], *place[3:]) for place in places]
        assert len(set(levels)) == len(levels), page


def test_all_pages_and_rows_are_in_it(html, pages):
    found = {page: {place[0] for place in places} for page, _, _, places in pages}
    written = {
        path.relative_to(html).as_posix()
        for folder in ("book", "notebooks")
        for path in (html / folder).rglob("*.html")
    }
    assert set(found) == {page for page in written if not is_slides(page)}
    assert set(evidence.claims().index) <= found[LEDGER]
    assert len(found["book/trials.html"]) > len(evidence.studies())
    assert {"crohn-response", "dreams"} <= found["book/findings.html"]
    assert {"term-interleukin-6", "study-final"} <= found["book/glossary.html"]
    assert "figure-3-3" in found["notebooks/03_ldn_mechanism.html"]
    assert any("solution" in one for one in found["notebooks/03_ldn_mechanism.html"])


def test_answers_of_a_self_check_are_not_in_it(html, pages):
    """A hit would open one, and count as an answer."""
    for page, _, _, places in pages:
        text = (html / page).read_text(encoding="utf-8")
        for answer in re.findall(r"✓ Yes\.</strong> ([^<]{30,60})", text):
            assert not any(answer in place[2] for place in places), answer


def test_the_former_index_is_gone(html):
    names = ("searchtools.js", "language_data.js", "sphinx_highlight.js")
    assert not [name for name in names if (html / "_static" / name).exists()]
    assert not (html / "searchindex.js").exists()
    for page in html.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "searchtools" not in text and "sphinx_highlight" not in text
    assert "sphinx_highlight" not in (html / "_static/theme.js").read_text(encoding="utf-8")


# ---------------------------------------------------------------- what the search knows


def plain(name):
    return re.sub(r"[\W_]+", " ", name.lower()).strip()


def test_no_name_is_given_twice():
    kinds = [name for group in KNOWN["kind"].values() for name in group]
    names = [plain(name) for group in KNOWN["same"] for name in group] + list(map(plain, kinds))
    assert not {name for name in names if names.count(name) > 1}
    assert all(len(group) > 1 for group in KNOWN["same"])
    assert all(len(name.split()) <= 4 for name in names), "search.js: LONGEST"


def test_names_stand_for_what_the_book_mentions(pages):
    text = plain(" ".join(place[1] + " " + place[2] for page in pages for place in page[3]))
    for group in KNOWN["same"]:
        assert any(f" {plain(name)}" in text for name in group), group
    for kind, group in KNOWN["kind"].items():
        assert f" {plain(kind)}" in text
        # What the book names needs no kind.
        assert not [name for name in group if f" {plain(name)} " in f"{text} "], kind


def test_what_is_not_covered_has_no_study():
    [others] = [
        words for item, words in KNOWN["not_covered"].items() if item.startswith("Diseases")
    ]
    conditions = " ".join(evidence.studies()["condition"]).lower()
    assert not [word for word in others if word.lower() in conditions]


# ---------------------------------------------------------------- what it finds


@pytest.mark.parametrize("query", FIRST)
def test_first_hit_and_landing(visit, site, query):
    """The hit that comes first; following it, a marked word is on the screen."""
    for viewport in (PHONE, DESKTOP):
        seen = visit(site, viewport=viewport)
        assert results(seen.page, site, query)[0] == FIRST[query]
        follow(seen.page)
        assert seen.page.evaluate(LANDED) == "", viewport
        assert seen.page.url == f"{site}/{FIRST[query]}"
        assert not seen.complaints


@pytest.mark.parametrize("names", SAME, ids=lambda names: names[0])
def test_other_names_find_the_same(visit, site, names):
    page = visit(site).page
    found = [results(page, site, name) for name in names]
    assert found[0] and all(one == found[0] for one in found)


def test_it_says_how_it_understood_a_word(visit, site):
    page = visit(site).page
    for query, remark in {
        "tramodol": "“tramodol” was not found; shown is “tramadol”.",
        "Fentanyl": "The book does not name “fentanyl”; shown is what it is: opioid.",
        "Revia": "“revia” does not occur; shown is “naltrexone”.",
        "tramadol fibromyalgia saddle": "No place has all of these words",
    }.items():
        assert results(page, site, query)
        assert remark in said(page)
        assert re.search(r"\d+ places? on \d+ pages?\.$", said(page))


@pytest.mark.parametrize(
    ("query", "item"),
    [
        ("cancer", "Diseases without a study"),
        ("where to buy it", "Where to get LDN"),
        ("how much should I take", "What you should do"),
        ("alcohol", "Naltrexone at 50 mg"),
        ("child", "Children"),
    ],
)
def test_it_says_what_is_not_covered(visit, site, query, item):
    page = visit(site).page
    results(page, site, query)
    note = page.locator(".ldn-search-not")
    assert f"Not in this book: {item}" in note.inner_text()
    note.get_by_role("link").click()
    page.wait_for_url("**/about.html#what-it-does-not-cover")


def test_nothing_and_nonsense(visit, site):
    seen = visit(site)
    for query, words in {
        "": "",
        "  ?": "",
        "xyzzyqwk": "Nothing was found for “xyzzyqwk”.",
    }.items():
        assert results(seen.page, site, query) == []
        seen.page.locator(".ldn-search-help").wait_for()
        assert said(seen.page) == words
        links = seen.page.locator(".ldn-search-help a")
        assert links.count() == 4 and links.first.is_visible()
    assert not seen.complaints


def test_sources_come_last_and_when_asked_for(visit, site, html, pages):
    """What only the references have is found by itself, else a button adds it."""
    page = visit(site).page
    near = json.dumps(index(html, "places.js")).lower()
    [sources] = [places for address, _, _, places in pages if "references" in address]
    names = re.findall(r"\b[A-Z][a-z]{8,}\b", " ".join(place[2] for place in sources))
    rare = next(name for name in names if name[:6].lower() not in near)
    assert results(page, site, rare)[0].startswith("book/references.html")
    before = results(page, site, "naltrexone")
    assert not [hit for hit in before if hit.startswith("book/references.html")]
    page.get_by_role("button", name="Look also in the references").click()
    page.wait_for_function("!document.body.innerText.includes('Look also in')")
    assert page.get_by_role("button", name="more of").is_visible()


# ---------------------------------------------------------------- where and how it works


def sample(pages):
    """Places of each kind, some of each page: address and a word that stands there."""
    chosen = []
    for page, _, _, places in pages:
        told = [place for place in places if place[2] and len(place) == 3]
        picked = random.Random(page).sample(told, min(1, len(told)))
        if page == "notebooks/03_ldn_mechanism.html":
            for kind in ("solution", "ex-", "figure", "explore"):
                picked.append(next(place for place in told if kind in place[0]))
        for place in picked:
            word = max(re.findall(r"\b[a-z]{3,}\b", place[2]), key=len)
            chosen.append((f"{page}#{place[0]}", word))
    return chosen


def test_a_place_shows_its_word(visit, site, pages):
    """In a folded claim, card or solution too, in both reading levels."""
    chosen = sample(pages)
    assert len(chosen) > 30
    missed = []
    for i, (address, word) in enumerate(chosen):
        seen = visit(site, viewport=PHONE)
        seen.page.add_init_script(f"localStorage['ldn-level'] = '{['plain', 'code'][i % 2]}'")
        seen.page.goto(f"{site}/{address}?find={word}", wait_until="load")
        seen.page.wait_for_function("document.documentElement.classList.contains('ldn-loaded')")
        if fault := seen.page.evaluate(LANDED):
            missed.append((address, word, fault))
        seen.context.close()
    assert not missed


@pytest.mark.parametrize("query", ["tramadol", "C51", "Revia", "xyzzyqwk"])
def test_it_works_from_a_disk(visit, html, query):
    seen = visit("file://", viewport=PHONE)
    hits = results(seen.page, html.as_uri(), query)
    assert bool(hits) == (query != "xyzzyqwk")
    if hits:
        follow(seen.page)
        assert seen.page.evaluate(LANDED) == ""
    assert not seen.complaints


def test_it_works_under_a_strict_policy(visit, strict_site):  # noqa: F811
    seen = visit(strict_site)
    assert results(seen.page, strict_site, "tramadol")[0] == FIRST["tramadol"]
    follow(seen.page)
    assert seen.page.evaluate(LANDED) == ""
    assert not seen.complaints


def test_no_host_sees_the_words(visit, site):
    """From the field of any page to where the hit leads, no request holds them."""
    seen = visit(site, viewport=PHONE)
    asked = []
    seen.page.on("request", lambda request: asked.append(request.url))
    seen.open(f"{site}/book/about.html")
    seen.page.keyboard.press("Control+k")
    seen.page.locator("#pst-search-dialog input").fill("tramadol & alcohol")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**/search.html#q=tramadol*")
    assert seen.page.locator("#search-results li").count()
    assert seen.page.get_by_role("searchbox").input_value() == "tramadol & alcohol"
    follow(seen.page)
    assert len(asked) > 5
    assert not [url for url in asked if re.search("tramadol|alcohol", url.partition("#")[0])]


def test_by_keyboard_and_while_typing(visit, site):
    page = visit(site, viewport=DESKTOP).page
    results(page, site, "")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.type("pregnan")
    page.wait_for_function("document.querySelectorAll('#search-results li').length")
    first = page.locator("#search-results li > a").first
    assert first.get_attribute("href").startswith(FIRST["pregnancy"])
    assert page.get_by_role("searchbox").input_value() == "pregnan"
    page.keyboard.press("ArrowDown")
    assert first.evaluate("(link) => link === document.activeElement")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{FIRST['pregnancy']}")
    page.go_back()
    page.locator("#search-results li").first.wait_for()


def test_an_address_of_former_editions_still_works(visit, site):
    page = visit(site).open(f"{site}/search.html?q=tramadol")
    assert page.locator("#search-results li > a").evaluate_all(HITS)[0] == FIRST["tramadol"]


def test_more_hits_are_shown_when_asked_for(visit, site):
    page = visit(site).page
    some = len(results(page, site, "naltrexone"))
    page.get_by_role("button", name="more of").click()
    links = page.locator("#search-results li > a")
    assert links.count() > some
    assert links.nth(some).evaluate("(link) => link === document.activeElement")


def test_the_reading_level_is_respected(visit, site):
    """What a plain page does not show is not found there, and it says so."""
    address = "notebooks/03_ldn_mechanism.html#how-much-is-blocked"
    seen = visit(site)
    assert address in results(seen.page, site, "the curve is a hyperbola")
    seen.page.evaluate("localStorage['ldn-level'] = 'plain'")
    results(seen.page, site, "shortfall remembered gain")
    assert "only in pages with code" in seen.page.locator("#search-results").inner_text()
    seen.page.get_by_role("link", name="Read with code").click()
    seen.page.wait_for_url("**level=code*")
    seen.page.locator("#search-results li").first.wait_for()
    assert "only in pages" not in seen.page.locator("#search-results").inner_text()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_sign_stands_beside_the_word(visit, site, viewport):
    page = visit(site, viewport=viewport).open(f"{site}/book/about.html")
    page.keyboard.press("Control+k")
    for form in ("#pst-search-dialog form", ".ldn-search form"):
        sign = page.locator(f"{form} i").bounding_box()
        field = page.locator(f"{form} input").bounding_box()
        assert 8 < sign["width"] < 40
        assert sign["x"] + sign["width"] <= field["x"]
        results(page, site, "")


def test_without_scripts_it_says_so(visit, site):
    page = visit(site, java_script_enabled=False).page
    page.goto(f"{site}/search.html")
    text = page.locator("main").inner_text()
    assert "The search needs scripts, and they do not run here." in text
    assert not page.locator("main form").is_visible()
    links = page.locator(".ldn-search-help a").evaluate_all("all => all.map((a) => a.pathname)")
    assert [link.split("/")[-1] for link in links] == [
        "intro.html",
        "questions.html",
        "glossary.html",
        "about.html",
    ]


@pytest.mark.parametrize("colours", ["dark", "forced"])
def test_marks_can_be_told_apart(visit, site, colours):
    options = {"color_scheme": "dark"} if colours == "dark" else {"forced_colors": "active"}
    page = visit(site, viewport=PHONE, **options).page
    results(page, site, "tramadol")
    mark = "(e) => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    ground, ink = page.locator("#search-results mark").first.evaluate(mark)
    around = page.locator("main").evaluate(mark)
    assert ground != ink and ground != around[0]
