"""The summary of findings: numbers from rows, certainty from its steps, and the page."""

import math
import re

import pytest
from conftest import ROOT, as_offered

from helpers import badges, checks, evidence
from helpers.evidence import study_cards, summary

PAGE = "book/findings.html"


def test_people_in_a_hundred_by_hand():
    """FINAL and INNOVA: 9 + 13 of 99 on placebo; the ratio and its ends are a row of trials.csv."""
    found = summary.per_100("fibromyalgia_responders")
    placebo = 100 * (13 + 9) / (50 + 49)
    row = evidence.trials().loc["Largest-two-responders"]
    assert found.control == pytest.approx(placebo, abs=0.05)
    assert [found.ldn, found.low, found.high] == pytest.approx(
        [placebo * row[column] for column in ("value", "low", "high")], abs=0.1
    )


def test_a_single_trial_without_interval_keeps_its_own_shares():
    found = summary.per_100("crohn_response")
    assert (found.control, found.ldn) == (40, 88) and math.isnan(found.low)
    assert "no interval" in summary.in_numbers("crohn_response")


def test_pooled_ratio_is_that_of_the_pooled_rows():
    """Pooled here from the shares of people, as trials.csv pools the same two trials by formula."""
    row = evidence.trials().loc["Largest-two-responders"]
    pooled = summary.pooled_ratio(summary.rows("fibromyalgia_responders"))
    assert [pooled.value, pooled.low, pooled.high] == pytest.approx(
        [row["value"], row["low"], row["high"]], abs=0.006
    )


def test_adverse_events_by_hand():
    """41 of 49 and 43 of 50, 33 of 48 and 36 of 50, by the logarithms of the ratios."""
    logs, weights = [], []
    for a, n, b, m in ((41, 49, 43, 50), (33, 48, 36, 50)):
        logs.append(math.log((a / n) / (b / m)))
        weights.append(1 / (1 / a - 1 / n + 1 / b - 1 / m))
    mean = sum(w * x for w, x in zip(weights, logs)) / sum(weights)
    pooled = summary.ratio("adverse_any")
    assert pooled.value == pytest.approx(math.exp(mean), rel=1e-6)
    assert pooled.high == pytest.approx(math.exp(mean + 1.96 * sum(weights) ** -0.5), rel=1e-4)


def test_pain_is_pooled_as_in_chapter_7():
    from helpers.analysis import meta_analysis

    table = meta_analysis.standardised()
    pool = meta_analysis.pool(table["d"], table["se"])
    numbers = [f"{abs(x):.2f}".rstrip("0") for x in (pool.mean, pool.low, pool.high)]
    assert re.findall(r"[\d.]+", summary.joint_result("fibromyalgia_pain")) == numbers
    assert [row["id"] for row in summary.rows("fibromyalgia_pain")] == list(table.index)


def test_where_people_in_a_hundred_come_from():
    """A share times a joint ratio is told apart from what a trial saw."""
    [row] = [row for row in summary.rows("dreams") if row["study"] == "Younger 2013"]
    counted = summary._counted("dreams")
    assert counted.startswith(
        f"{row['arm_control']} on placebo was seen in Younger 2013; 31 on LDN"
    )
    assert counted.endswith(f"in Younger 2013 itself it was {row['arm_ldn']}")
    assert "itself" not in summary._counted("adverse_any")
    assert summary._counted("crohn_response") == summary._counted("serious") == ""


def test_certainty_follows_from_its_steps():
    assert summary.certainty("fibromyalgia_pain") == ("low", True)
    assert summary.certainty("fibromyalgia_responders") == ("very low", False)
    assert summary.certainty("infections") == ("no study", False)
    for id, row in evidence.findings().iterrows():
        word, _ = summary.certainty(id)
        assert word in badges.CERTAINTY
        table = evidence.certainty()
        steps = int(table.loc[table["finding"] == id, "steps"].sum())
        if row["rows"]:
            expected = {"high": 0, "low": 2}[row["start"]] + steps
            assert summary.STEPS.index(word) == min(expected, 3)


def test_where_only_abstracts_were_seen_bias_could_not_be_judged():
    """No finding may call its risk of bias judged while none of its rows was read in a paper."""
    table = evidence.certainty().query("domain == 'risk of bias'").set_index("finding")
    for id in evidence.findings().index:
        seen = {row["seen"] for row in summary.rows(id)}
        if seen and "primary" not in seen:
            assert table.loc[id, "judged"] != "yes", id
            word, at_most = summary.certainty(id)
            assert at_most or word == "very low"


def test_a_finding_that_is_not_there():
    with pytest.raises(checks.UnknownName, match="finding 'cure'"):
        summary.per_100("cure")


def test_a_finding_claims_no_more_than_its_rows():
    """Where the joint interval holds no difference, the words do not say that there is one."""
    for id, row in evidence.findings().iterrows():
        joint = summary.ratio(id) if row["rows"] else None
        if joint and joint.low <= 1 <= joint.high:
            assert not re.search(r"\bMore people (?:improve|dream|have)\b", row["says"]), id


def test_the_plain_page(html, soup):
    soup = soup(PAGE)
    bodies = soup.select(".ldn-findings tbody")
    assert [body["id"] for body in bodies] == [
        id.replace("_", "-") for id in evidence.findings().index
    ]
    reasons = evidence.certainty()
    for body, (id, row) in zip(bodies, evidence.findings().iterrows()):
        text = body.get_text(" ")
        word, at_most = summary.certainty(id)
        assert row["says"] in text and summary.in_numbers(id) in text and word in text
        assert ("at most" in text) == at_most
        for reason in reasons.loc[reasons["finding"] == id, "reason"]:
            assert reason in text
        for study in {r["study"] for r in summary.rows(id)} & set(evidence.studies().index):
            link = body.find("a", string=study)
            assert link["href"].endswith(f"trials.html#{study_cards.anchor(study)}")
        if row["search"]:
            assert evidence.searches().at[row["search"], "date"] in text
    for link in soup.select("a[download][href*=_static]"):
        offered = (html / PAGE).parent / link["href"]
        assert offered.read_bytes() == as_offered(evidence.FOLDER / offered.name)


@pytest.mark.parametrize(
    "page",
    ["book/intro.md", "notebooks/06_ra_treatment.ipynb", "notebooks/07_final_thoughts.ipynb"],
)
def test_it_is_linked(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert "findings.md)" in text and "trials.md)" in text
