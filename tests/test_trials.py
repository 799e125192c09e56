"""Every trial: the rows and cards as readers meet them, and the ways that lead there."""

import re

import pytest
from conftest import ROOT, as_offered

from helpers import checks, evidence
from helpers.evidence import ledger, study_cards

PAGE = "book/trials.html"
PAGES = [
    re.sub(r"\.(md|ipynb)$", ".html", ledger.page(chapter))
    for chapter in sorted(set(evidence.claims()["chapter"]))
]


# What the cards say


def card(study):
    row, outcomes = evidence.studies().loc[study], evidence.trials()
    return study_cards.card(study, row, outcomes[outcomes["study"] == study])


def test_results_are_those_of_the_rows():
    full = lambda id: study_cards.full_result(evidence.trials().loc[id])
    assert full("FINAL-pain") == (
        "mean difference −0.34 points (−0.95 to 0.27); −1.3 points on LDN, −0.9 points on placebo; "
        "p = 0.27; no clear difference"
    )
    assert full("FINAL-responders") == (
        "risk ratio 1.57 (0.88 to 2.79); interval calculated by us; 40.8% on LDN, 26% on placebo; "
        "p = 0.139; no clear difference"
    )
    assert full("AnnMedSurg-dreams") == "risk ratio 2.41 (1.77 to 3.28); more on LDN"
    assert full("Younger2013-responders").startswith("percentage-point difference 21 percentage")
    assert full("Lie-cytokines") == "no number in what was seen; no control group"
    assert full("Registered-Crohn") == "no result found"


def test_every_number_of_a_row_is_on_its_card():
    for study in evidence.studies().index:
        text = card(study)
        outcomes = evidence.trials()
        for id, row in outcomes[outcomes["study"] == study].iterrows():
            for column in ("value", "low", "high", "arm_ldn", "arm_control", "n"):
                if row[column] == row[column]:
                    assert study_cards.number(row[column]) in text, f"{id}, {column}"


def test_a_time_without_opioids_is_no_timetable():
    asked = evidence.studies().query("opioid_free != ''").index
    assert len(asked) >= 6
    for study in asked:
        assert "no timetable" in card(study) and "prescriber" in card(study)


def test_a_register_follows_and_gives_nothing():
    registers = evidence.studies().query("kind == 'register study'").index
    assert len(registers) > 4
    for study in registers:
        assert "before the first prescription" in card(study) and "weeks on LDN" not in card(study)
    assert "8 weeks on LDN" in card("Parkitny 2017")


def test_what_is_not_known_is_what_the_row_lacks():
    def words(study):
        row, outcomes = evidence.studies().loc[study], evidence.trials()
        return study_cards.unknown(row, outcomes[outcomes["study"] == study])

    assert words("FINAL") == ["an interval for 2 of 7 comparisons"]
    assert "how many people were analysed" in words("Smith 2011")
    assert "who was left out" in words("Bested 2023") and "a result" in words("LoDoNaVasc")
    assert "the result on C-reactive protein, DAS28, BASDAI" in words("LDN-VA")


def test_a_study_has_one_place():
    anchors = [study_cards.anchor(study) for study in evidence.studies().index]
    assert len(set(anchors)) == len(anchors)
    assert study_cards.address("Younger 2013") == "../book/trials.md#younger-2013"
    with pytest.raises(checks.UnknownName, match="study 'Nobody 1900'"):
        study_cards.anchor("Nobody 1900")


def test_each_study_has_a_source_of_its_own():
    own = study_cards.own_sources()
    assert own["Bruun2024naltrexone"] == "FINAL" and "Indand2026fibromyalgia" not in own
    assert set(evidence.studies().index) - set(own.values()) == {"FINAL and INNOVA pooled"}


def test_each_condition_has_its_family():
    families = {c: study_cards.disease(c) for c in evidence.studies()["condition"]}
    assert families["osteoarthritis (17) and inflammatory arthritis (6)"] == "arthritis"
    assert families["Crohn's disease in children"] == "bowel disease"
    assert families["primary progressive multiple sclerosis"] == "multiple sclerosis"
    assert {c for c, f in families.items() if f == study_cards.OTHER} == {
        "Gulf War illness", "any disease",
    }  # fmt: skip


# The page


@pytest.fixture
def opened(site, visit):
    one = visit(site)
    yield one.open(f"{site}/{PAGE}")
    assert one.complaints == []


def shown(page):
    bodies = page.locator(".ldn-trials tbody:visible")
    return bodies.evaluate_all("all => all.map((body) => body.id)")


def test_every_study_stands_in_the_plain_page(soup):
    rows = {body["id"]: body for body in soup(PAGE).select(".ldn-trials tbody")}
    assert len(rows) == len(evidence.studies())
    outcomes = evidence.trials()
    for study, row in evidence.studies().iterrows():
        body = rows[study_cards.anchor(study)]
        text = body.get_text(" ")
        assert body.th.get_text() == study and body.select("details summary")
        for words in (row["who"], row["excluded"], row["note"], row["condition"]):
            assert words in text, study
        for id, outcome in outcomes[outcomes["study"] == study].iterrows():
            assert study_cards.full_result(outcome) in text, id
        assert body.select("a[href^=https]"), f"{study} has no source to open"
        assert "<!-- uses" not in str(body)


def test_tables_are_offered(html, soup):
    for link in soup(PAGE).select("a[download][href*=_static]"):
        offered = (html / PAGE).parent / link["href"]
        own = ROOT / "src/helpers/evidence" / offered.name
        assert offered.read_bytes() == as_offered(own)


def test_a_page_leads_to_each_study_that_it_cites(soup):
    """After the first citation of a study, in prose and tables."""
    known = {evidence.address(key): study for key, study in study_cards.own_sources().items()}
    met = 0
    for page in PAGES:
        article = soup(page).select_one("article")
        seen = set()
        for link in article.select("a.reference.external"):
            study = known.get(link["href"])
            if study and study not in seen:
                sign = link.find_next_sibling()
                assert sign and "ldn-sign" in sign["class"], f"{page}: {link}"
                assert sign["href"].endswith(f"trials.html#{study_cards.anchor(study)}")
                assert study in sign.get_text() and study in sign["title"]
                seen.add(study)
        met += len(seen)
    assert met > 40


def test_a_figure_and_a_claim_lead_to_each_study_among_their_sources(soup):
    known = {evidence.address(key): study for key, study in study_cards.own_sources().items()}
    signed = 0
    for page in (*PAGES, "book/claims.html"):
        for thing in soup(page).select("figure.ldn-figure, .ldn-claims > li, .ldn-ledger tr[id]"):
            links = thing.select(".ldn-sources a[href^=https]")
            wanted = dict.fromkeys(known[a["href"]] for a in links if a["href"] in known)
            signs = [a["href"].split("#")[1] for a in thing.select("a.ldn-sign")]
            assert signs == list(map(study_cards.anchor, wanted)), f"{page}: {thing['id']}"
            signed += len(signs)
    assert signed > 100


def test_a_name_in_the_prose_leads_there(soup):
    article = soup(PAGES[-1]).select_one("article")
    for study in ("FINAL", "INNOVA"):
        [link] = article.select(f"a.ldn-study:not(.ldn-sign)[href$='#{study.lower()}']")
        assert link.get_text() == study


def test_cards_lead_back(soup):
    """Each card lists the pages, figures and claims that use the study, and no other."""
    rows = {body["id"]: body for body in soup(PAGE).select(".ldn-trials tbody")}
    used = lambda study: {
        a.get_text()
        for a in rows[study_cards.anchor(study)]
        .find("dt", string="In the book")
        .find_next("dd")("a")
    }
    assert {"chapter 6", "chapter 7", "C60", "Figure 7.3"} <= used("FINAL")
    assert "chapter 7" in used("FINAL and INNOVA pooled")
    own = study_cards.own_sources()
    for study in evidence.studies().index:
        cited = {
            id
            for id, row in evidence.claims().iterrows()
            if any(own.get(key) == study for key in row["references"].split())
        }
        assert {name for name in used(study) if re.fullmatch(r"C\d\d", name)} == cited


def test_the_glossary_names_every_study(soup):
    names = soup("book/glossary.html").select("dl.ldn-studies dt a")
    assert {a.get_text(): a["href"] for a in names} == {
        study: f"../{PAGE}#{study_cards.anchor(study)}" for study in evidence.studies().index
    }


def test_filters(opened):
    table = study_cards.in_order()
    ids = lambda rows: [study_cards.anchor(study) for study in rows.index]
    assert shown(opened) == ids(table)
    for label, column, word in (
        ("Disease", "family", "arthritis"),
        ("Kind", "kind", "randomised trial"),
        ("Control", "control", "placebo"),
        ("Status", "status", "withdrawn"),
    ):
        opened.locator(f"#ledger-{label.lower()}").select_option(word)
        found = table[table[column] == word]
        assert 0 < len(found) < len(table) and shown(opened) == ids(found)
        assert (
            f"{len(found)} of {len(table)} studies"
            in opened.locator(".ldn-ledger-status").inner_text()
        )
        opened.get_by_role("button", name="Show all").click()
        opened.wait_for_timeout(100)
    opened.get_by_label("Words", exact=True).fill("crohn's disease in children")
    assert shown(opened) == ["smith-2013"]


def test_sorting_by_keyboard(opened):
    people = lambda: opened.locator(".ldn-trials tbody td[data-order]:nth-child(4)").evaluate_all(
        "all => all.map((cell) => Number(cell.dataset.order))"
    )
    heading = opened.locator(".ldn-trials thead th").filter(has_text="People")
    assert people() != sorted(people())
    heading.get_by_role("button").press("Enter")
    assert people() == sorted(people()) and heading.get_attribute("aria-sort") == "ascending"
    heading.get_by_role("button").press("Enter")
    assert people() == sorted(people(), reverse=True)
    # A card stays with its row.
    for study in ("FINAL", "LDN-VA"):
        body = opened.locator(f"#{study_cards.anchor(study)}")
        assert study in body.locator("summary").text_content()


def test_a_link_opens_the_card(opened):
    opened.locator("#ledger-status").select_option("withdrawn")
    opened.evaluate("location.hash = 'smith-2011'")
    opened.locator("#smith-2011 dl").wait_for(state="visible")


def test_without_scripts(visit, site):
    page = visit(site, java_script_enabled=False).page
    page.goto(f"{site}/{PAGE}")
    assert len(shown(page)) == len(evidence.studies())
    page.locator("#final summary").click()
    assert page.locator("#final dl").is_visible()


def test_cards_on_a_phone(visit, site):
    page = visit(site, viewport={"width": 390, "height": 800}).open(f"{site}/{PAGE}#final")
    box = page.locator("#final").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    tops = page.locator("#final td:visible").evaluate_all(
        "all => all.map((cell) => cell.getBoundingClientRect().top)"
    )
    assert len(set(tops)) == len(tops), "cells stand side by side"
    page.locator("#ledger-status").select_option("withdrawn")
    assert not page.locator("#final").is_visible()
