"""The ways in: what the first page says first, the questions people ask, and the sheet to print."""

import copy
import re

import pytest
from conftest import ROOT
from docutils.core import publish_doctree
from docutils.parsers.rst import directives, roles
from docutils.utils import SystemMessage
from pypdf import PdfReader
from test_safety import PRESCRIBER, alone

from helpers import badges, checks, evidence, questions
from helpers.evidence import summary

HOME, ASKED, SHEET = "book/intro.html", "book/questions.html", "book/sheet.html"
PHONE = {"width": 390, "height": 844}
ENGLISH = questions.words("en")
ALL = {question["id"]: question for question in questions.asked(ENGLISH)}
# Each sheet and its language.
SHEETS = {
    f"book/{path.stem}.html": re.search(r"\{sheet\} (\S+)", path.read_text(encoding="utf-8"))[1]
    for path in sorted((ROOT / "book").glob("sheet*.md"))
}
# What may be typed: doses, times, "of 100 people".
TYPED = {"1", "3", "4.5", "6", "10", "12", "50", "100"}
# Where everything ends that a reader should see at once.
ENDS = """() => Object.fromEntries([".ldn-answers", ".admonition", ".ldn-doors"].map((part) => {
    const all = [...document.querySelectorAll(`article ${part}`)];
    return [part, Math.round(all[0].getBoundingClientRect().bottom + scrollY)];
}))"""


def typed(element):
    """The text of an element with the apostrophes of a keyboard."""
    return " ".join(element.get_text(" ").replace("’", "'").split())


def said(question):
    """What stands under a question, with its numbers, without what leads elsewhere."""
    text = questions.answer(question, ENGLISH).split("<p class=")[0]
    return re.sub(r"\]\([^)]*\)|<[^>]*>", "", text)


# ---------------------------------------------------------------- the first page


@pytest.mark.parametrize("scripts", [True, False])
def test_answer_warning_and_doors_stand_first(visit, site, scripts):
    """Within one and a half screens of a phone, with and without scripts."""
    options = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    one = visit(site, java_script_enabled=scripts, **options)
    one.page.goto(f"{site}/{HOME}", wait_until="load")
    ends = one.page.evaluate(ENDS)
    assert list(ends.values()) == sorted(ends.values())
    assert {part: end for part, end in ends.items() if end > 1.5 * PHONE["height"]} == {}
    for part in (".ldn-answers", ".admonition", ".ldn-doors", ".ldn-scoreboard"):
        assert one.page.locator(part).first.is_visible()
    assert "Tramadol" in one.page.locator(".admonition").first.inner_text()
    assert not one.complaints


def test_the_answer_is_that_of_the_tables(soup):
    answers = soup(HOME).select(".ldn-answers li")
    words = [" ".join(answer.get_text(" ").split()) for answer in answers]
    assert len(words) == 3
    shown = [" ".join(link.get_text(" ").split()) for link in soup(HOME).select("a.ldn-sure")]
    for text, finding in zip(shown, ("ra_joints", "arthritis_pain", "fibromyalgia_pain")):
        word, at_most = summary.certainty(finding)
        assert text == f"{'at most ' * at_most}{badges.CERTAINTY[word].icon} {word}"
    assert len(shown) == 3
    study = evidence.trials().loc["LDNVA-interference"]
    assert f"one trial that {study['n']:.0f} people finished, 6 of them with" in words[0]
    assert study["favours"] == "neither"
    assert evidence.trials().loc["LDNVA-severity", "favours"] == "neither"
    arrows = evidence.read("mechanism")
    verdicts = evidence.claims().loc[arrows["claim"], "verdict"]
    [established] = arrows[(verdicts == "well established").to_numpy()].itertuples()
    assert (established.start, established.end) == ("ldn", "blocked")
    assert f"Of {len(arrows)} proposed steps 1 is well established" in words[2]


@pytest.mark.parametrize(
    ("door", "page", "level"),
    [
        ("I have the disease", ASKED, "plain"),
        ("I treat people", "book/findings.html", "plain"),
        ("I teach or study", "book/teach.html", "code"),
        ("I build models", "book/models.html", "code"),
    ],
)
def test_a_door_sets_the_level_of_reading(visit, site, door, page, level):
    """There and on the next page, whatever was chosen before."""
    one = visit(site)
    shown = one.open(f"{site}/{HOME}?level={'code' if level == 'plain' else 'plain'}")
    shown.get_by_role("link", name=door).click()
    shown.wait_for_url(f"{site}/{page}?level={level}", wait_until="networkidle")
    one.open(f"{site}/notebooks/03_ldn_mechanism.html")
    assert shown.evaluate("document.documentElement.dataset.level") == level
    assert not one.complaints


def test_doors_lead_somewhere_without_scripts(visit, site):
    shown = visit(site, java_script_enabled=False).page
    shown.goto(f"{site}/{HOME}")
    shown.get_by_role("link", name="I have the disease").click()
    assert shown.locator("#opioids").is_visible()


def test_the_scoreboard_leads_to_the_ledger_of_a_verdict(visit, site):
    verdicts = evidence.claims()["verdict"]
    one = visit(site)
    shown = one.open(f"{site}/{HOME}")
    links = shown.locator(".ldn-scoreboard a")
    assert links.count() == len(badges.VERDICTS)
    for number, word in enumerate(badges.VERDICTS):
        expected = list(verdicts.index[verdicts == word])
        assert f"{len(expected)} {word}" in links.nth(number).inner_text()
        links.nth(number).click()
        shown.get_by_role("status").filter(has_text="claims shown").wait_for()
        shown.wait_for_load_state("networkidle")
        rows = shown.locator(".ldn-ledger tbody tr:visible")
        assert rows.evaluate_all("rows => rows.map((row) => row.id)") == expected
        assert shown.get_by_label("Verdict").input_value() == word
        shown.get_by_role("button", name="Show all").click()
        shown.wait_for_timeout(100)
        assert rows.count() == len(verdicts)
        shown.go_back(wait_until="networkidle")
    one.open(f"{site}/book/claims.html?verdict=certain&section=%3Cb%3E")
    assert shown.locator(".ldn-ledger tbody tr:visible").count() == len(verdicts)
    assert not one.complaints


def test_running_trials_are_one_link_away(visit, site):
    """From the answer to where trials run."""
    shown = visit(site).open(f"{site}/{ASKED}")
    shown.get_by_role("link", name="Their cards").click()
    shown.get_by_role("status").filter(has_text="studies shown").wait_for()
    running = evidence.studies().query("status == 'running'")
    assert shown.locator(".ldn-trials tbody[id]:visible").count() == len(running) > 0


def test_a_filtered_address_gives_way_to_a_claim(visit, site):
    other = evidence.claims().query("verdict != 'contested'").index[0]
    shown = visit(site).open(f"{site}/book/claims.html?verdict=contested#{other}")
    shown.locator(f"#{other}").wait_for(state="visible")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (":number:`FINAL-pain who`", "column 'who'"),
        (":number:`Smith2011-response n`", "has no n"),
        (":certainty:`miracles`", "finding 'miracles'"),
        (".. doors::\n\n   intro.md | Come in", "a door must be .* got 'intro.md | Come in'"),
    ],
)
def test_what_does_not_exist_fails_the_build(monkeypatch, text, error):
    monkeypatch.syspath_prepend(ROOT / "book" / "ext")
    import book_front_door

    roles.register_local_role("number", book_front_door.number_role)
    roles.register_local_role("certainty", book_front_door.certainty_role)
    directives.register_directive("doors", book_front_door.Doors)
    with pytest.raises(SystemMessage, match=error):
        publish_doctree(text, settings_overrides={"report_level": 5, "halt_level": 3})


def test_the_list_of_the_map_is_folded(visit, site):
    shown = visit(site).open(f"{site}/{HOME}")
    arrows = shown.locator(".ldn-arrows")
    assert not arrows.is_visible() and shown.locator("#mechanism-map .ldn-drawn").is_visible()
    shown.get_by_text("The map as a list").click()
    assert arrows.is_visible()


# ---------------------------------------------------------------- questions


def test_each_question_is_answered_on_the_page(soup):
    page = soup(ASKED)
    assert 14 <= len(ALL) <= 18
    topics = [link["href"] for link in page.select(".ldn-topics a")]
    assert topics == [*(f"#{id}" for id in ALL), "sheet.html#ask", "sheet.html"]
    for id, question in ALL.items():
        section = page.find("section", id=id)
        assert question["ask"] in typed(section.h3)
        words = typed(section)
        assert question["short"].split(" {")[0][:40] in words
        assert section.select(".ldn-badge"), f"{id}: neither verdict nor certainty"
        assert section.select('a[href*="notebooks/"], a[href*="trials.html"]'), id
        assert "{" not in words


@pytest.mark.parametrize("id", ALL)
def test_an_answer_read_alone_is_safe(id):
    """It names the prescriber, sends nobody off a medicine, and gives no dose and no time."""
    text = said(ALL[id])
    assert PRESCRIBER.search(text) and not alone(text)
    orders = r"\b(?:you (?:should|must|can) (?:take|stop|start|wait)|stop (?:LDN|it) \d|take \d)"
    assert not re.search(orders, text, re.I)
    sentences = re.findall(r"[^.?!]+[.?!](?=\s|$|\*)", text)
    assert 3 <= len(sentences) <= 6, len(sentences)


def test_an_answer_about_opioids_says_what_saves_lives():
    text = said(ALL["opioids"])
    for part in (
        "not begin LDN", "should not stop either on their own", "suddenly", "pharmacist",
        "today", "kill", "after a break", "breathing slowly", "ambulance", "Tramadol", "methadone",
    ):  # fmt: skip
        assert part in text


def test_numbers_of_the_answers_are_not_typed():
    for path, text in questions.leaves({"group": ENGLISH["group"], "sheet": ENGLISH["sheet"]}):
        if isinstance(text, str) and not path.endswith(".claim"):
            bare = re.sub(
                r"\{[^}]*\}|\[chapter \d\]\([^)]*\)|href=\"[^\"]*\"|TLR4|CC BY 4\.0", "", text
            )
            numbers = set(re.findall(r"\d[\d.,]*\d|\d", bare))
            assert numbers <= TYPED, f"{path}: {numbers - TYPED}"


def test_words_are_those_of_the_book():
    """Claims, verdicts and certainty stand in the text for translators, as the book has them."""
    claims = evidence.claims()["claim"]
    assert ENGLISH["claims"] == {id: claims[id] for id in ENGLISH["claims"]}
    known = {*badges.VERDICTS, *badges.CERTAINTY, "at most"}
    assert ENGLISH["words"] == {word: word for word in ENGLISH["words"]}
    assert set(ENGLISH["words"]) == known
    used = {name for question in ALL.values() for name in question.get("findings", ())}
    assert used == set(ENGLISH["findings"])
    assert {question["claim"] for question in ALL.values() if "claim" in question} == set(
        ENGLISH["claims"]
    )


def test_what_the_answers_say_of_studies_holds():
    studies, trials = evidence.studies(), evidence.trials()
    running = sorted(studies.query("status == 'running'")["condition"])
    assert [re.split(" fatigue| with", name)[0] for name in running] == ["ME/CFS", "post-COVID"]
    # "a quarter fewer than had begun", "a larger one"
    cree = trials.loc["Cree-mental"]
    assert cree["n"] == 0.75 * cree["enrolled"]
    assert trials.loc["Sharafaddinzadeh-quality", "enrolled"] > cree["enrolled"]
    # "two small trials against placebo saw no gain"
    for id in ("LDNVA-fatigue", "Younger2013-sleep"):
        row = trials.loc[id]
        assert (row["control"], row["favours"]) == ("placebo", "neither") and row["n"] < 30
    tired = trials.loc["LongCovid-fatigue"]
    assert tired["favours"] == "no control" and tired["value"] < 0
    pair = summary.per_100("fibromyalgia_responders")
    assert pair.low < pair.control < pair.high  # "which chance may explain"


# ---------------------------------------------------------------- the sheet


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("page", SHEETS)
def test_the_sheet_is_one_page_that_can_be_read(visit, site, tmp_path, paper, page):
    """As browsers print it, without grounds; the smallest type has 10.5 pt."""
    shown = visit(site).open(f"{site}/{page}")
    path = tmp_path / "sheet.pdf"
    shown.pdf(path=path, format=paper, prefer_css_page_size=True)
    pages = PdfReader(path).pages
    assert len(pages) == 1
    wide = {"A4": 595, "Letter": 612}[paper]
    assert float(pages[0].mediabox.width) == pytest.approx(wide, abs=2)
    sizes, text = [], []

    def look(part, cm, tm, font, size):
        if part.strip():
            sizes.append(abs(cm[3] * tm[3]) * size)
            text.append(part)

    pages[0].extract_text(visitor_text=look)
    assert min(sizes) >= 10.49
    squeezed = re.sub(r"\s", "", "".join(text))
    language = questions.words(SHEETS[page])
    for section in language["sheet"]["section"]:
        assert re.sub(r"\s", "", section["title"]) in squeezed
    assert re.sub(r"\s", "", questions.filled("{searched}", language)) in squeezed


def test_the_sheet_needs_no_colour(visit, site):
    """In print each word is dark on white, and certainty stands in words."""
    shown = visit(site, color_scheme="dark").open(f"{site}/{SHEET}")
    shown.emulate_media(media="print", color_scheme="dark")
    shown.evaluate("dispatchEvent(new Event('beforeprint'))")
    pale = shown.evaluate(
        """() => [
            ...document.querySelectorAll(".ldn-sheet :not(.headerlink), article h1")
        ].filter((e) => {
            const [r, g, b] = getComputedStyle(e).color.match(/[\\d.]+/g).map((v) => {
                v /= 255;
                return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
            });
            return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05) < 4.5;
        }).map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert pale == []
    for badge in shown.locator(".ldn-sheet .ldn-badge").all_inner_texts():
        assert badge.split("\xa0")[1] in badges.CERTAINTY


def test_the_sheet_tells_what_it_must(soup):
    text = " ".join(soup(SHEET).select_one(".ldn-sheet").get_text(" ").split())
    for part in (
        "do not go together", "Tramadol", "suddenly", "prescriber", "replaces no medicine",
        "not begin LDN", "withdrawal", "should not stop either on their own", "after a break",
        "breathing slowly", "steroids", "Left out of most trials", "pregnancy",
        "before an operation", "No named clinician",
    ):  # fmt: skip
        assert part in text
    listed = [typed(item.strong) for item in soup(SHEET).select("#known li")]
    assert listed == [f"{q['sheet']}." for q in ALL.values() if "sheet" in q]


# ---------------------------------------------------------------- translations

STRETCH = """() => {
    for (const box of document.querySelectorAll(
        ".ldn-questions, .ldn-sheet, .ldn-answers, .ldn-doors, .ldn-scoreboard")) {
        box.dir = "rtl";
        const words = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
        while (words.nextNode()) {
            const text = words.currentNode;
            text.data = text.data.replace(/\\p{L}+/gu, "$&$&");
        }
    }
}"""
OUTSIDE = """() => [...document.querySelectorAll(
    ".ldn-questions, .ldn-sheet, .ldn-answers, .ldn-doors, .ldn-scoreboard")].flatMap((box) => {
    const edge = box.getBoundingClientRect();
    return [...box.querySelectorAll("*")].filter((e) => {
        const at = e.getBoundingClientRect();
        return at.width > 1 && (at.left < edge.left - 1 || at.right > edge.right + 1);
    }).map((e) => e.outerHTML.slice(0, 100));
})"""


@pytest.mark.parametrize("page", [HOME, ASKED, *SHEETS])
@pytest.mark.parametrize("width", [320, 1280])
def test_longer_words_and_the_other_direction_fit(visit, site, page, width):
    shown = visit(site, viewport={"width": width, "height": 800}).open(f"{site}/{page}")
    shown.evaluate(STRETCH)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.evaluate(OUTSIDE) == []


def test_the_layout_has_no_left_and_right():
    css = (ROOT / "book/web/book.css").read_text(encoding="utf-8")
    own = css.partition("/* The front door")[2].partition("/* Ledger and studies")[0]
    assert len(own) > 1000 and not re.search(r"(?<![\w-])(?:[\w-]+-)?(?:left|right)\b", own)


def other_words(value, key=""):
    """A language that nobody speaks: each word twice, all that a translation keeps as it was."""
    if isinstance(value, dict):
        return {name: other_words(inside, name) for name, inside in value.items()}
    if isinstance(value, list) and key != "findings":
        return [other_words(inside) for inside in value]
    if not isinstance(value, str) or key in ("id", "claim", "search"):
        return value
    kept = re.split(r"(\{[^}]*\}|\]\([^)]*\)|<[^>]*>)", value)
    return "".join(
        part if i % 2 else re.sub(r"[^\W\d]+", r"\g<0>\g<0>", part) for i, part in enumerate(kept)
    )


def test_a_translation_is_a_copy_with_other_words():
    new = other_words(ENGLISH) | {"lang": "x", "dir": "rtl", "decimal": ","}
    assert questions.differences(ENGLISH, new) == []
    parts = questions.questions(new)
    assert [part.id for part in parts] == [part.id for part in questions.questions(ENGLISH)]
    text = "\n".join(part.markdown for part in [*parts, *questions.sheet(new)])
    assert "3,7 mgmg" in text and "no studyno study" not in text and "nono studystudy" in text
    assert 'title="Nobody knows' not in text  # English words


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda w: w["sheet"].pop("warning"), "sheet.warning: missing"),
        (lambda w: w["page"].update(more="x"), "page.more: unknown"),
        (
            lambda w: w["group"][0]["question"][0].update(numbers="In one trial of 24 people."),
            "group[0].question[0].numbers: another number than in the original",
        ),
        (
            lambda w: w["page"].update(key="[one](findings.md)"),
            "page.key: another link than in the original",
        ),
        (
            lambda w: w["group"][1]["question"][0].update(id="opiate"),
            "group[1].question[0].id: 'opiate', expected 'opioids'",
        ),
    ],
)
def test_a_translation_that_says_something_else_is_named(damage, said):
    new = copy.deepcopy(ENGLISH)
    damage(new)
    assert questions.differences(ENGLISH, new) == [said]


def test_translations_say_the_same():
    """While English stands alone it is compared with itself; that a difference would be named is
    tried above.
    """
    for language in questions.languages():
        assert questions.differences(ENGLISH, questions.words(language)) == [], language


def test_numbers_and_what_is_none():
    assert questions.number("FINAL-pain value") == "−0.34"
    assert questions.number("FINAL-pain value", "size") == "0.34"
    assert questions.number("jak-acr20 arm_control", "0") == "27"
    assert questions.number("norway_median") == "3.7"
    assert questions.number("claims all") == f"{len(evidence.claims())}"
    for place in ("nothing", "FINAL-pain study", "claims good", "studies lost", "dreams who"):
        with pytest.raises(checks.UnknownName):
            questions.number(place)
    with pytest.raises(ValueError, match="has no low"):
        questions.number("Smith2011-response low")
    for place in ("ra_joints control", "crohn_response low"):
        with pytest.raises(ValueError, match="of 100 people"):
            questions.number(place)
    assert questions.number("sardinia_thyroid n", "0") == "25885"
    with pytest.raises(ValueError, match="form must be"):
        questions.number("FINAL-pain n", "2")
    with pytest.raises(checks.UnknownName, match="language 'tlh'"):
        questions.words("tlh")
