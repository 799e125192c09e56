"""The summary of findings as readers see it: one line an outcome, with people in a hundred and the
certainty after GRADE. Numbers are computed from rows of the tables, the words are theirs.
"""

import functools
import math
from dataclasses import dataclass
from html import escape

from helpers import checks, evidence
from helpers.badges import badge
from helpers.evidence import ledger, page_tables, rules, search_log, study_cards

PAGE = "book/findings.md"
STEPS = ("high", "moderate", "low", "very low")


@dataclass(frozen=True)
class Per100:
    """People in a hundred to whom something happens: on control, and on LDN with 95% interval.

    low and high are NaN where no interval can be calculated.
    """

    control: float
    ldn: float
    low: float
    high: float


@dataclass(frozen=True)
class Ratio:
    """A risk ratio with its 95% interval, NaN where there is none."""

    value: float
    low: float
    high: float


def rows(finding):
    """The rows of a finding as text, in its order: a list of `rules.Row`. Raises UnknownName."""
    return [_rows()[id] for id in _finding(finding)["rows"].split()]


def _finding(finding):
    table = evidence.findings()
    return table.loc[checks.known("finding", finding, table.index)]


@functools.cache
def _rows():
    # Read once: each finding looks up a few of a hundred rows.
    tables = rules.load()
    return {row["id"]: row for name in ("trials", "outcomes") for row in tables[name]}


def pooled_ratio(trials):
    """The risk ratio of trials with shares of people in both arms, as a `Ratio`.

    Inverse variance of the logarithms, equal true effects, as the pooled rows of trials.csv are.
    """
    ratios = []
    for row in trials:
        n, m = row.value("n_ldn"), row.value("n_control")
        a, b = (
            round(row.value(arm) * size / 100) for arm, size in (("arm_ldn", n), ("arm_control", m))
        )
        ends = [rules.risk_ratio_end(sign, a, n, b, m) for sign in (-1, 1)]
        cells = {"measure": "risk ratio", "value": rules.risk_ratio(a, n, b, m)}
        cells |= {"low": ends[0], "high": ends[1]}
        ratios.append(rules.Row(cells, row.file, row.number))
    mean, error, back = rules.pooled(*ratios)
    reach = 1.959964 * error
    return Ratio(back(mean), back(mean - reach), back(mean + reach))


def ratio(finding):
    """The joint risk ratio of a finding as a `Ratio`, or None if its estimate is none."""
    entry = _finding(finding)
    if entry["estimate"] == "pooled":
        return pooled_ratio(rows(finding))
    row = _rows().get(entry["estimate"])
    if row is None or row["measure"] != "risk ratio":
        return None
    end = lambda column: row.value(column) if row[column] else math.nan
    return Ratio(row.value("value"), end("low"), end("high"))


def per_100(finding):
    """`Per100` of a finding, or None where no shares of people were seen.

    On control: the shares of the control groups of its baseline, weighted by their people.
    On LDN: that times the risk ratio; of a single trial without an interval, its own share.
    """
    entry = _finding(finding)
    baseline = [_rows()[id] for id in entry["baseline"].split()]
    joint = ratio(finding)
    if not baseline or joint is None:
        return None
    weights = [row.value("n_control") if len(baseline) > 1 else 1 for row in baseline]
    control = sum(
        weight * row.value("arm_control") for weight, row in zip(weights, baseline)
    ) / sum(weights)
    if math.isnan(joint.low):
        return Per100(control, baseline[0].value("arm_ldn"), math.nan, math.nan)
    return Per100(control, control * joint.value, control * joint.low, control * joint.high)


def certainty(finding):
    """The certainty of a finding, a word of `badges.CERTAINTY`, and whether it is only an upper
    limit, because something could not be judged.
    """
    entry = _finding(finding)
    if not entry["rows"]:
        return "no study", False
    steps = evidence.certainty()
    steps = steps[steps["finding"] == finding]
    word = STEPS[min(STEPS.index(entry["start"]) + int(steps["steps"].sum()), len(STEPS) - 1)]
    return word, bool((steps["judged"] != "yes").any()) and word != STEPS[-1]


# ---------------------------------------------------------------- the page


def _people(value):
    # Whole people, halves up, as figures.in_a_hundred has them.
    return f"{math.floor(value + 0.5)}"


def in_numbers(finding):
    """'Of 100 people, 22 on placebo and 27 on LDN (17 to 45)'; without shares of people the joint
    result, and without one the word that there is none.
    """
    found = per_100(finding)
    if found is None:
        return joint_result(finding) or "no number"
    interval = (
        "no interval"
        if math.isnan(found.low)
        else f"{_people(found.low)} to {_people(min(found.high, 100))}"
    )
    placebo, ldn = _people(found.control), _people(found.ldn)
    return f"of 100 people, {placebo} on placebo and {ldn} on LDN ({interval})"


def joint_result(finding):
    """The joint result of a finding in words, or nothing."""
    entry = _finding(finding)
    if entry["estimate"] == "meta_analysis":
        from helpers.analysis import meta_analysis  # needs statsmodels, slow to load

        table = meta_analysis.standardised(ids=entry["rows"].split())
        pool = meta_analysis.pool(table["d"], table["se"])
        numbers = [study_cards.number(round(x, 2)) for x in (pool.mean, pool.low, pool.high)]
        return "difference {} standard deviations ({} to {})".format(*numbers)
    if joint := ratio(finding):
        bare = math.isnan(joint.low)
        interval = "no interval" if bare else f"{joint.low:.2f} to {joint.high:.2f}"
        return f"risk ratio {joint.value:.2f} ({interval})"
    if entry["estimate"] in (table := evidence.trials()).index:
        row = table.loc[entry["estimate"]]
        bare = "" if row["low"] == row["low"] else " (no interval)"
        return f"{row['measure']} {study_cards.value(row)}{bare}"
    return ""


def _counted(finding):
    # Where people in a hundred come from, so that nobody takes a product for what a trial saw.
    found = per_100(finding)
    if found is None or math.isnan(found.low):
        return ""
    baseline = [_rows()[id] for id in _finding(finding)["baseline"].split()]
    where = " and ".join(row["study"] for row in baseline)
    placebo, ldn = _people(found.control), _people(found.ldn)
    itself = ""
    if len(baseline) == 1:
        itself = f"; in {where} itself it was {_people(baseline[0].value('arm_ldn'))}"
    return (
        f"{placebo} on placebo was seen in {where}; {ldn} on LDN is that times the joint ratio"
        f"{itself}"
    )


def _studies(finding):
    # Links to the studies of a finding, and how many people they have.
    table, links = evidence.studies(), []
    for row in rows(finding):
        if row["study"] in table.index:
            link = f'<a href="{study_cards.address(row["study"])}">{escape(row["study"])}</a>'
            counted = row["n"] or study_cards.people(table.loc[row["study"]])
        else:
            link, counted = f"{escape(row['study'])}, {evidence.cite(row['source'])}", row["n"]
        words = f"{int(counted):,} people" if counted.isdigit() else counted
        links.append(f"{link} ({words})")
    return "; ".join(links)


def _reasons(finding):
    table = evidence.certainty()
    items = []
    for _, step in table[table["finding"] == finding].iterrows():
        lowered = {0: "not lowered", 1: "one step down", 2: "two steps down"}[step["steps"]]
        if step["judged"] == "no":
            lowered = "could not be judged"
        elif step["judged"] == "in part":
            lowered = f"at least {lowered}, judged in part"
        items.append(
            f"<li><strong>{step['domain'].capitalize()}</strong>, {lowered}: "
            f"{escape(step['reason'])}</li>"
        )
    return "".join(items)


def _details(finding, entry):
    items = {}
    if result := joint_result(finding):
        items["Joint result"] = escape(result)
    if counted := _counted(finding):
        items["In 100 people"] = escape(counted)
    if entry["rows"]:
        items["Studies"] = _studies(finding)
        start = {"high": "randomised trials begin high", "low": "others begin low"}
        items["Certainty"] = f"<ul><li>{start[entry['start']]}</li>{_reasons(finding)}</ul>"
    if entry["search"]:
        search = evidence.searches().loc[entry["search"]]
        items["Searched"] = (
            f"{search['date']}: {escape(search['question'])} {escape(search['found'])}. "
            f"{search_log.again(search)}"
        )
    chapter = ledger.page(entry["chapter"])
    items["In the book"] = f'<a href="../{chapter}">chapter {int(entry["chapter"])}</a>'
    items["Is it right?"] = f"<!-- report finding {finding} -->"
    return page_tables.terms(items)


def certainty_badge(finding):
    """HTML of the badge of a finding's certainty, with the doubt about it."""
    word, at_most = certainty(finding)
    return f"{'at most ' if at_most else ''}{badge(word)}"


def findings():
    """HTML of the table of findings, each with the reasons for its certainty."""
    heads = ("Outcome", "What follows", "In numbers", "Certainty")
    bodies = []
    for id, entry in evidence.findings().iterrows():
        cells = (
            escape(entry["says"]),
            escape(in_numbers(id)),
            certainty_badge(id),
        )
        tds = "".join(f'<td role="cell">{cell}</td>' for cell in cells)
        name = page_tables.slug(id)
        bodies.append(
            f'<tbody role="rowgroup" id="{name}"><tr role="row">'
            f'<th scope="row" role="rowheader">{escape(entry["outcome"])} '
            f'<span class="ldn-sources">{escape(entry["condition"])}</span></th>{tds}</tr>'
            f'<tr role="row"><td role="cell" colspan="{len(heads)}"><details><summary>Why'
            f'<span class="visually-hidden">: {escape(entry["outcome"])}</span></summary>'
            f"{_details(id, entry)}</details></td></tr></tbody>"
        )
    return page_tables.table(
        "ldn-carded ldn-findings",
        "What the studies of each outcome say together",
        heads,
        "".join(bodies),
    )
