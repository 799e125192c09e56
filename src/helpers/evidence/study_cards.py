"""The studies of LDN as readers see them: a table of all, each with a card that says who, how,
what was found and what is not known.

Everything is read from `studies` and `trials`; no number stands here.
"""

import re
from html import escape

import pandas as pd

from helpers import checks, evidence
from helpers.evidence import page_tables

PAGE = "book/trials.md"

# What a reader filters by → a word that the condition of such a study has.
DISEASES = {
    "arthritis": "arthritis",
    "bowel disease": "Crohn|bowel",
    "fibromyalgia": "fibromyalgia",
    "multiple sclerosis": "multiple sclerosis",
    "skin, glands and vessels": "psoria|lichen|dermato|sclerosis|Sjogren|vasculitis|thyroid",
    "ME/CFS and long COVID": "ME/CFS|COVID",
    "other pain": "pain|neuropathy",
    "depression": "depression",
}
OTHER = "other or any disease"

# What `seen` means, in words; book/verdicts.md says the same.
SEEN = {
    "primary": "in the paper itself, its tables or the authors' own code",
    "abstract": "in the abstract or a registry entry",
    "label": "in a product label",
    "secondary": "where others quote it; the original was not opened",
    "derived": "calculated from numbers of these",
}
# What the numbers of a result count, where `unit` does not say it.
POINTS = ("percentage-point difference", "difference of mean percentage changes")
UNITS = {"DDD": "daily doses", "SD": "standard deviations"}
# A condition of a study reads like a timetable unless this stands beside it.
NO_TIMETABLE = (
    "a condition of the study, no timetable: an opioid is reduced slowly, with the prescriber"
)
NOT_SEEN = "not seen"


def _capital(text):
    return text[:1].upper() + text[1:]


def anchor(study):
    """The id of that study's row in the page. Raises UnknownName."""
    checks.known("study", study, evidence.studies().index)
    return page_tables.slug(study)


def address(study, to_root=".."):
    """The study's row, as a link from a page `to_root` below the book's root."""
    return f"{to_root}/{PAGE}#{anchor(study)}"


def own_sources():
    """Key of the bibliography → study, for the sources of exactly one study.

    Our own pooling cites the studies that it pools, so it has none.
    """
    studies = {}
    outcomes = evidence.trials().groupby("study")["source"].agg(" ".join)
    for study, row in evidence.studies().iterrows():
        if row["kind"] != "pooling by us":
            for key in f"{row['source']} {outcomes.get(study, '')}".split():
                studies.setdefault(key, set()).add(study)
    return {key: next(iter(found)) for key, found in studies.items() if len(found) == 1}


def disease(condition):
    """The family of diseases that a condition belongs to, a key of `DISEASES` or `OTHER`."""
    for family, words in DISEASES.items():
        if re.search(words, condition):
            return family
    return OTHER


def in_a_line(study):
    """'randomised trial in fibromyalgia, 2024; 99 people analysed'."""
    row = evidence.studies().loc[study]
    year = "" if pd.isna(row["year"]) else f", {row['year']:.0f}"
    return f"{row['kind']} in {row['condition']}{year}; {people(row)}"


def people(row):
    """How many people, as the furthest count that was seen: '99 analysed'. row: of `studies`."""
    if row["status"] == "withdrawn":
        return "nobody took part"
    for column in ("analysed", "randomised", "enrolled", "planned"):
        if not pd.isna(row[column]):
            return f"{row[column]:,.0f} {column}"
    return "number of people not seen"


# ---------------------------------------------------------------- results


def number(value):
    """A number of the tables as this page prints it, with four digits and a minus."""
    text = f"{value:.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    return text.replace("-", "−")


def _unit(row, of_value):
    # The words after a number; a ratio has none, though its arms are percentages.
    if of_value and "ratio" in row["measure"]:
        return ""
    if of_value and row["measure"] in POINTS:
        return " percentage points"
    unit = UNITS.get(row["unit"], row["unit"])
    return unit if unit.startswith("%") else f" {unit}"


def value(row):
    """The size of a result with its interval: '−0.34 points (−0.95 to 0.27)'; empty without one."""
    if pd.isna(row["value"]):
        return ""
    text = number(row["value"]) + _unit(row, True)
    if not pd.isna(row["low"]):
        text += f" ({number(row['low'])} to {number(row['high'])})"
    return text


def arms(row):
    """Both arms of a result: '84% on LDN, 86% on placebo'; empty without them."""
    if pd.isna(row["arm_ldn"]):
        return ""
    unit = _unit(row, False)
    return (
        f"{number(row['arm_ldn'])}{unit} on LDN, "
        f"{number(row['arm_control'])}{unit} on {row['control']}"
    )


def found(row):
    """What a result says, in words."""
    harm = row["group"] == "harms"
    return {
        "LDN": "less on LDN" if harm else "in favour of LDN",
        "control": "more on LDN" if harm else f"in favour of {row['control']}",
        "neither": "no clear difference",
        "no test": "no test was printed",
        "no control": _alone(row),
        "no result": "no result found",
    }[row["favours"]]


def _alone(row):
    """Why a result has nothing beside it: without placebo, or the comparison was not seen."""
    control = evidence.studies().loc[row["study"], "control"]
    return "no comparison with placebo seen" if control == "placebo" else "no control group"


def short_result(row):
    """A result in half a line: its size, else its arms, else only what was found."""
    size = value(row) or arms(row)
    if size and value(row) and "ratio" in row["measure"]:
        size = f"{row['measure']} {size}"
    return f"{size}; {found(row)}" if size else found(row)


def spoken_result(row):
    """A result in half a line, its signs in words: '0.34 points lower on LDN (95% interval 0.95
    lower to 0.27 higher); no clear difference'.
    """
    if pd.isna(row["value"]) or row["control"] != "placebo":
        return short_result(row)
    if row["measure"] == "risk ratio":
        return f"{number(row['value'])} times as often on LDN{_interval(row, number)}; {found(row)}"
    if "difference" not in row["measure"]:
        return short_result(row)
    unit = _unit(row, True)
    if abs(row["value"]) == 1:
        unit = unit.removesuffix("s")
    size = f"{number(abs(row['value']))}{unit} {_side(row['value'])} on LDN"
    signed = lambda end: f"{number(abs(end))} {_side(end)}" if end else "0"
    return f"{size}{_interval(row, signed)}; {found(row)}"


def _side(difference):
    return "lower" if difference < 0 else "higher"


def _interval(row, end):
    if pd.isna(row["low"]):
        return ""
    return f" (95% interval {end(row['low'])} to {end(row['high'])})"


def full_result(row):
    """A result in full: measure, size, interval, arms and p."""
    parts = []
    if value(row):
        parts.append(f"{row['measure']} {value(row)}")
        if row["interval"] == "derived":
            parts.append("interval calculated by us")
    elif row["measure"] in ("test only", "listed"):
        parts.append("no number in what was seen" if row["measure"] == "test only" else "see note")
    parts.append(arms(row))
    if not pd.isna(row["p"]):
        parts.append(f"p {row['p_relation']} {row['p']:g}")
    parts.append(found(row))
    return "; ".join(filter(None, parts))


# ---------------------------------------------------------------- the card


def _people(row):
    counts = [
        f"{row[column]:,.0f} {column}"
        for column in ("planned", "enrolled", "randomised", "analysed")
        if not pd.isna(row[column])
    ]
    if not pd.isna(row["ldn_randomised"]):
        counts.append(
            f"{row['ldn_randomised']:.0f} to LDN and {row['control_randomised']:.0f} to control"
        )
    return ", ".join(counts)


def _dose(row):
    parts = []
    if not pd.isna(row["dose_mg"]):
        parts.append(f"{row['dose_mg']:g} mg")
    if not pd.isna(row["weeks"]) and row["kind"] == "register study":
        parts.append(f"followed for {row['weeks']:g} weeks before the first prescription and after")
    elif not pd.isna(row["weeks"]):
        each = ", in one of its periods" if row["periods"] > 1 else ""
        parts.append(f"{row['weeks']:g} weeks on LDN{each}")
    if not pd.isna(row["weeks_total"]):
        parts.append(f"{row['weeks_total']:g} weeks in all")
    return ", ".join(parts)


def design(row):
    """'randomised trial, parallel, double-blind; against placebo'. row: of `studies`."""
    blind = {"double": "double-blind", "single": "single-blind", "none": "open", "": ""}
    kind = "design not seen" if row["kind"] == "unclear" else row["kind"]
    shape = "" if row["design"] in kind else row["design"]
    how = ", ".join(filter(None, (kind, shape, blind[row["blinding"]])))
    control = row["control"]
    if not control or control == "none":
        return how
    return f"{how}; against {control}"


def unknown(row, outcomes):
    """What is not known of a study, as a list of words. row: of `studies`; its `outcomes`."""
    reported = row["status"] == "reported"
    missing = {
        "whether and how people were blinded": not row["blinding"],
        "what LDN is compared with": not row["control"],
        "how many people were randomised": pd.isna(row["randomised"])
        and row["kind"] == "randomised trial"
        and reported,
        "how many people were analysed": pd.isna(row["analysed"]) and reported,
        "how many people were planned": pd.isna(row["planned"]) and not reported,
        "who could take part": not row["who"],
        "who was left out": not row["excluded"],
        "one fixed dose": pd.isna(row["dose_mg"]),
        "how long LDN was taken": pd.isna(row["weeks"]),
    }
    if row["kind"] in ("review", "register study", "case report", "pooling by us"):
        # What these are made of has its own rows, or was never set by anybody.
        keep = ("how many people were analysed", "who could take part")
        missing = {words: gone for words, gone in missing.items() if words in keep}
    words = [words for words, gone in missing.items() if gone]
    compared = outcomes[outcomes["favours"].isin(["LDN", "control", "neither", "no test"])]
    bare = int(compared["low"].isna().sum())
    if bare:
        of_all = f"{bare} of {len(compared)} comparisons" if len(compared) > 1 else "its comparison"
        words.append(f"an interval for {of_all}")
    if not reported:
        words.append("a result")
    for outcome in outcomes.loc[outcomes["group"] == "not reported", "outcome"]:
        words.append(f"the result on {outcome}")
    return words


def _outcome(row):
    after = "" if pd.isna(row["at_weeks"]) else f", after {row['at_weeks']:g} weeks"
    first = ", first question" if row["primary"] == "yes" else ""
    persons = "person" if row["n"] == 1 else "people"
    n = "" if pd.isna(row["n"]) else f", {row['n']:.0f} {persons}"
    note = f"{page_tables.prose(row['note'])}. " if row["note"] else ""
    return (
        f"<li><strong>{escape(_capital(row['outcome']))}</strong>{first}{after}{n}: "
        f'{escape(full_result(row))}. <span class="ldn-sources">{note}'
        f"{_capital(SEEN[row['seen']])}: {evidence.cite(row['source'])}.</span></li>"
    )


def card(study, row, outcomes):
    """HTML of a study's card, a list of terms; what only the page knows is marked."""
    items = {
        "Autoimmune disease": row["autoimmune"],
        "Who": escape(row["who"]) or NOT_SEEN,
        "Who not": escape(row["excluded"]) or NOT_SEEN,
    }
    if row["opioid_free"]:
        items["Without opioids before"] = f"{escape(row['opioid_free'])} ({NO_TIMETABLE})"
    items |= {
        "Dose and time": _dose(row) or NOT_SEEN,
        "People": _people(row) or NOT_SEEN,
        "Results": "<ul>" + "".join(_outcome(o) for _, o in outcomes.iterrows()) + "</ul>"
        if len(outcomes)
        else "none in our tables",
        "Not known": escape("; ".join(unknown(row, outcomes))) or "nothing of this list",
        "How it was seen": f"{SEEN[row['seen']]}: {evidence.cite(row['source'])}"
        + (f"; register {escape(row['register'])}" if row["register"] else ""),
        "Notes": page_tables.prose(row["note"]),
        "In the book": f"<!-- uses of {escape(study)} -->",
        "Is it right?": f"<!-- report study {escape(study)} -->",
    }
    return page_tables.terms(items)


# ---------------------------------------------------------------- the page


def _main(row, outcomes):
    # The first question's result in the row of the table, and how many more the card has.
    if not len(outcomes):
        return "no number in our tables" if row["status"] == "reported" else "no result found", 6
    first = outcomes[outcomes["primary"] == "yes"]
    shown = (first if len(first) else outcomes).iloc[0]
    more = len(outcomes) - 1
    others = f' <span class="ldn-sources">and {more} more</span>' if more else ""
    order = evidence.fields("trials")["favours"]["constraints"]["enum"].index(shown["favours"])
    return f"{escape(_capital(shown['outcome']))}: {escape(short_result(shown))}{others}", order


def in_order():
    """All studies as the page shows them: by disease, then trials first, then the newest first."""
    table = evidence.studies()
    kinds = evidence.fields("studies")["kind"]["constraints"]["enum"]
    families = [*DISEASES, OTHER]
    return table.assign(
        family=table["condition"].map(disease),
        first=[families.index(disease(c)) for c in table["condition"]],
        then=[kinds.index(kind) for kind in table["kind"]],
        newest=-table["year"].fillna(0),
    ).sort_values(["first", "then", "newest"], kind="stable")


def _cell(text, order=None):
    given = "" if order is None else f' data-order="{order}"'
    return f'<td role="cell"{given}>{text}</td>'


def every_study():
    """HTML of the table of all studies, each with its card; ledger.js adds filters and sorting,
    without it the whole table stands and the cards can be opened.
    """
    outcomes = dict(tuple(evidence.trials().groupby("study", sort=False)))
    none = evidence.trials().iloc[:0]
    heads = ("Study", "Year", "Disease", "People", "Design", "Main result")
    bodies = []
    for study, row in in_order().iterrows():
        id, own = anchor(study), outcomes.get(study, none)
        result, order = _main(row, own)
        counted = row[["analysed", "randomised", "enrolled", "planned"]].dropna()
        cells = [
            _cell("" if pd.isna(row["year"]) else f"{row['year']:.0f}"),
            _cell(escape(row["condition"])),
            _cell(people(row), f"{counted.iloc[0]:.0f}" if len(counted) else "-1"),
            _cell(escape(design(row))),
            _cell(result, order),
        ]
        bodies.append(
            f'<tbody role="rowgroup" id="{id}" data-disease="{escape(row["family"])}" '
            f'data-kind="{row["kind"]}" data-control="{escape(row["control"] or NOT_SEEN)}" '
            f'data-status="{row["status"]}">'
            f'<tr role="row"><th scope="row" role="rowheader"><a href="#{id}">{escape(study)}</a>'
            f"</th>{''.join(cells)}</tr>"
            f'<tr role="row"><td role="cell" colspan="{len(heads)}"><details><summary>Card'
            f'<span class="visually-hidden"> of {escape(study)}</span></summary>'
            f"{card(study, row, own)}</details></td></tr></tbody>"
        )
    return page_tables.table(
        "ldn-carded ldn-trials",
        "All studies of low-dose naltrexone that we found, with their main results",
        heads,
        "".join(bodies),
        'data-items="studies" data-filters="Disease Kind Control Status"',
    )


def names():
    """HTML of a list of all studies by name, each in a line, which leads to its row."""
    items = "".join(
        f'<dt id="study-{anchor(study)}"><a href="{address(study)}">{escape(study)}</a></dt>'
        f"<dd>{escape(in_a_line(study))}</dd>"
        for study in sorted(evidence.studies().index, key=str.casefold)
    )
    return f'<dl class="ldn-studies">{items}</dl>'
