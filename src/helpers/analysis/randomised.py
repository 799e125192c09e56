"""Everybody ever randomised: the people of the blind trials of LDN against placebo."""

import re

import pandas as pd

from helpers import evidence
from helpers.evidence import study_cards

# What a trial asked first → a word that the outcome has.
QUESTIONS = {
    "pain": "pain",
    "activity of a bowel disease": "CDAI",
    "mental health or quality of life": "mental|quality",
}
OTHER = "another question"
# Measures of inflammation in joints.
JOINTS = r"DAS28|ACR|swollen|joint"
# The parts of the one trial in arthritis.
INFLAMMATORY, LOST = "inflammatory arthritis", "left before the end"


def trials():
    """The blind randomised trials of LDN against placebo that have reported, as in `studies`.

    With the columns `family`, of its disease, and `question`, what it asked first; where no outcome
    is named as first, what it reported first. `randomised` is empty where it was not seen.
    """
    outcomes = evidence.trials()
    table = evidence.studies().query(
        "kind == 'randomised trial' and blinding == 'double' "
        "and control == 'placebo' and status == 'reported'"
    )
    return table.assign(
        family=table["condition"].map(study_cards.disease),
        question=[_question(study, outcomes) for study in table.index],
    )


def unfinished():
    """The trials of LDN against placebo without a result, planned to withdrawn, as in `studies`.

    Those whose blinding was not seen are among them.
    """
    return evidence.studies().query("control == 'placebo' and status != 'reported'")


def _question(study, outcomes):
    outcomes = outcomes[outcomes["study"] == study]
    first = outcomes[outcomes["primary"] == "yes"]
    asked = first if len(first) else outcomes.iloc[:1]
    for question, words in QUESTIONS.items():
        if asked["outcome"].str.contains(words).any():
            return question
    return OTHER


def groups():
    """The people who were randomised, one row a group that stays together: study, people, family,
    question, design and `arthritis`: the kind of arthritis, empty for other diseases.

    The one trial in arthritis falls into its kinds, as its condition counts those who finished, and
    those who left before the end, of whom the kind was not seen.
    Raises TableError if these are more than were randomised.
    """
    rows = []
    for study, row in trials().dropna(subset=["randomised"]).iterrows():
        kinds = re.findall(r"(\w[\w ]*arthritis) \((\d+)\)", row["condition"])
        parts = [(kind.removeprefix("and "), int(people)) for kind, people in kinds]
        rest = int(row["randomised"]) - sum(people for _, people in parts)
        if rest < 0:
            raise evidence.TableError(
                f"studies.csv, study {study!r}: its kinds of arthritis must be at most "
                f"{row['randomised']:.0f} people, got {row['condition']!r}"
            )
        parts += [(LOST if kinds else "", rest)] if rest else []
        about = {name: row[name] for name in ("family", "question", "design")}
        rows += [{"study": study, "people": n, **about, "arthritis": k} for k, n in parts]
    return pd.DataFrame(rows)


def with_joints():
    """How many people were randomised in trials with a result on inflamed joints."""
    found = evidence.trials().query("favours != 'no result'")
    studies = found.loc[found["outcome"].str.contains(JOINTS), "study"]
    table = trials()
    return int(table.loc[table.index.isin(studies), "randomised"].sum())
