"""What the book says of "the only", "all", "the largest" or "longest" study holds in the tables.

A sentence of that kind needs a query here; that nothing was found needs a search, see
test_searches.py.
"""

import re

import pandas as pd
import pytest
from test_searches import sentences_with, texts

from helpers import evidence

STUDY = r"(?:trials?|stud(?:y|ies)|evidence|randomised data)"
SWEEPING = re.compile(
    rf"\b[Tt]he only (?:[\w-]+ )?{STUDY}\b|\b[Aa]ll (?:the )?{STUDY}\b(?! together)"
    rf"|\bmostly positive\b|\b[Nn]o study reports\b"
    rf"|\b(?:largest|longest) (?:[\w-]+ )?trials?\b|\b[Oo]nly for\b|\bin the largest\b"
)
# Parts of sentences of that kind that say nothing of what there is.
HARMLESS = (
    "say together",  # of a summary
    "show together",
    'ax.text(here * 1.06, 1.2, f"all trials',  # the sum of the trials listed
    "long, short =",  # a label of figure 7.2, whose sentence is in its caption
    "After all the trials",
    "only for a cell",
)


def reported(**where):
    """The reported studies of people, without reviews and what we pooled."""
    table = evidence.studies().query(
        "status == 'reported' and kind not in ('review', 'pooling by us')"
    )
    for column, value in where.items():
        table = table[table[column] == value]
    return table


def randomised():
    return reported(kind="randomised trial")


def in_arthritis(table):
    return table[table["condition"].str.contains("arthritis") & ~table["condition"].eq("arthritis")]


def only_dose_finding():
    assert list(reported(design="dose finding").index) == ["Bruun-Plesner 2020"]


def only_trial_in_arthritis():
    assert list(in_arthritis(randomised()).index) == ["LDN-VA"]


def all_in_arthritis():
    assert set(in_arthritis(reported()).index) == {"LDN-VA", "Norway, arthritis"}


def two_largest():
    """By people randomised, among those against placebo; neither found a benefit for pain."""
    blind = randomised().query("control == 'placebo'")
    assert set(blind["randomised"].nlargest(2).index) == {"FINAL", "INNOVA"}
    pain = evidence.trials().loc[["FINAL-pain", "INNOVA-pain"]]
    assert (pain["low"] < 0).all() and (pain["high"] > 0).all()
    parallel = blind.query("design == 'parallel'")
    assert parallel["randomised"].idxmax() == "FINAL"


def longest():
    assert randomised()["weeks"].idxmax() == "INNOVA"


def more_than_two_only_for_pain():
    """Reported placebo-controlled randomised trials of adults, by disease, that measured pain."""
    table = evidence.trials()
    pain = table[table["outcome"].str.contains("pain") & table["study"].isin(randomised().index)]
    by_disease = pain.drop_duplicates("study").groupby("condition")["study"].size()
    assert list(by_disease[by_disease > 2].index) == ["fibromyalgia"]


def uncontrolled_are_mostly_positive():
    """What each open study printed first of how many, or how much, became better."""
    table = evidence.trials()
    table = table[table["measure"].isin(["share of one group", "change in one group"])]
    table = table[table["study"].isin(reported(kind="uncontrolled study").index)]
    first = table.drop_duplicates("study")
    better = (first["better"] == "higher") & (first["value"] >= 50)
    better |= (first["better"] == "lower") & (first["value"] < 0)
    assert len(first) > 4 and better.mean() > 0.6
    main = evidence.trials().drop_duplicates("study").set_index("study")
    assert main.loc[randomised().index.intersection(main.index), "favours"].nunique() > 1


def no_cure():
    assert not evidence.trials()["outcome"].str.contains(r"\bcures?\b").any()


def all_studies_shown():
    """The page shows the whole table, see test_trials.py."""
    assert len(evidence.studies()) > 40


QUERIES = {
    "only dose-finding study": only_dose_finding,
    "only randomised trial": only_trial_in_arthritis,
    "only trial with arthritis": only_trial_in_arthritis,
    "the only trial (17": only_trial_in_arthritis,
    "only randomised data": only_trial_in_arthritis,
    "all the evidence in arthritis": all_in_arthritis,
    "largest": two_largest,
    "ongest trial": longest,
    "Only for pain in fibromyalgia": more_than_two_only_for_pain,
    "mostly positive": uncontrolled_are_mostly_positive,
    "o study reports": no_cure,
    "ll studies of low-dose naltrexone": all_studies_shown,
    "all studies that we found": all_studies_shown,
}


def test_sweeping_sentences_have_a_query():
    found = list(sentences_with(SWEEPING, HARMLESS))
    assert len(found) > 15
    open_ones = [(place, s) for place, s in found if not any(part in s for part in QUERIES)]
    assert open_ones == []


@pytest.mark.parametrize("part", HARMLESS)
def test_no_excuse_is_left_over(part):
    """One that outlives its sentence would hide the next."""
    assert any(part in s for _, s in sentences_with(SWEEPING, ()))


def test_a_new_sweeping_sentence_is_noticed():
    new = "The only controlled trial in lupus found a benefit."
    assert SWEEPING.search(new) and not any(part in new for part in QUERIES)


@pytest.mark.parametrize(
    "query", sorted({q for q in QUERIES.values() if q}, key=lambda q: q.__name__)
)
def test_what_they_say_holds(query):
    query()


@pytest.mark.parametrize("part", QUERIES)
def test_each_query_has_its_sentence(part):
    assert any(part in text for _, text in texts())


def test_a_second_trial_in_arthritis_would_be_noticed(monkeypatch):
    table = evidence.studies()
    new = table.loc[["LDN-VA"]].rename(index={"LDN-VA": "New trial"})
    monkeypatch.setattr(evidence, "studies", lambda: pd.concat([table, new]))
    with pytest.raises(AssertionError):
        only_trial_in_arthritis()
