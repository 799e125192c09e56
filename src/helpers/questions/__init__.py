"""Questions people ask, and the sheet to print: their text, one file a language, as Markdown.

`en.toml` beside this file holds all words; a translation is a copy of it under its own language.
A number stands in it as "{row column}", or "{row column:0}" for none and "{row column:size}" for no
sign, so that no file types a number that a table holds:

- a row of the tables that `evidence.quote` knows, and one of its columns of numbers;
- a finding, and its `control`, `ldn`, `low`, `high` (people in a hundred), `studies` or
  `randomised` (people in all of them);
- `claims` or `mechanism`, and a verdict or `all`: how many claims, or steps of the mechanism;
- `studies` and a status: how many studies; `arthritis inflammatory`: of the trial in arthritis;
- `searched`: the day on which the literature was last searched.
"""

import math
import re
import tomllib
from dataclasses import dataclass
from html import escape
from pathlib import Path

from helpers import badges, checks, evidence
from helpers.evidence import page_tables, search_log, summary

FOLDER = Path(__file__).parent
PAGE = "book/questions.md"
SHEET = "book/sheet.md"
PLACE = re.compile(r"\{([^{}:]+)(?::(\w+))?\}")


def languages():
    """The languages that have a file, by its name ("en")."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def words(language):
    """All words of a language, as its file holds them. Raises UnknownName for one without a file,
    tomllib.TOMLDecodeError for a damaged one.
    """
    path = FOLDER / f"{checks.known('language', language, languages())}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def asked(text):
    """The questions of `words`, in their order."""
    return [question for group in text["group"] for question in group["question"]]


@dataclass(frozen=True)
class Part:
    """A part of a page: Markdown, under a heading of that level with that id, if it has one."""

    markdown: str
    title: str = ""
    id: str = ""
    level: int = 0


# ---------------------------------------------------------------- numbers


def _of_finding(finding, column):
    if column == "studies":
        return len(summary.rows(finding))
    if column == "randomised":
        table = evidence.studies()
        return int(sum(table.loc[row["study"], "randomised"] for row in summary.rows(finding)))
    found = summary.per_100(finding)
    checks.known("part of a finding", column, ("control", "ldn", "low", "high"))
    share = getattr(found, column, None)  # a finding may have no shares at all
    if share is None or math.isnan(share):
        raise ValueError(f"finding {finding!r} has no {column!r} of 100 people")
    # Whole people, halves up, as the summary of findings has them.
    return math.floor(share + 0.5)


def _inflammatory():
    [condition] = evidence.studies().loc[["LDN-VA"], "condition"]
    return int(re.search(r"inflammatory arthritis \((\d+)\)", condition)[1])


def _verdicts(name):
    claims = evidence.claims()
    if name == "mechanism":
        claims = claims.loc[evidence.read("mechanism")["claim"]]
    return claims["verdict"]


def number(place, form=None):
    """A number of the tables as text, by its place ("FINAL-pain n"), see above.

    form: "0" rounds it to a whole number, "size" leaves out its sign. Raises UnknownName for a
    place that there is not, ValueError for an empty cell or another form.
    """
    if form not in (None, "0", "size"):
        raise ValueError(f"form must be '0' or 'size', got {form!r}")
    name, _, column = place.partition(" ")
    if name in evidence.findings().index:
        text = f"{_of_finding(name, column)}"
    elif name in ("claims", "mechanism"):
        verdicts = _verdicts(name)
        known = ("all", *badges.VERDICTS)
        checks.known("verdict", column, known)
        text = f"{len(verdicts) if column == 'all' else (verdicts == column).sum()}"
    elif name == "studies":
        status = evidence.studies()["status"]
        text = f"{(status == checks.known('status', column, set(status))).sum()}"
    elif place == "arthritis inflammatory":
        text = f"{_inflammatory()}"
    else:
        text = evidence.quote(name, column or "value").split()[0].removesuffix("%")
    if form == "0":
        value = float(text.replace("−", "-").replace(",", ""))
        text = f"{math.floor(value + 0.5)}".replace("-", "−")
    elif form == "size":
        text = text.lstrip("−")
    return text


def filled(text, language):
    """`text` with the numbers at their places, written as in that language (its `words`)."""

    def put(match):
        if match[1] == "searched":
            day = search_log.last_searched()
            return language["date"].format(
                day=day.day, month=language["months"][day.month - 1], year=day.year
            )
        return number(match[1], match[2]).replace(".", language["decimal"])

    return PLACE.sub(put, text.strip())


# ---------------------------------------------------------------- pages


def certainties(findings, language, lead=False):
    """HTML of badges: how sure findings are, each under its name, in that language (its `words`).

    lead: whether each leads to its reasons.
    """
    parts = []
    for finding in findings:
        name, (word, at_most) = language["findings"][finding], summary.certainty(finding)
        before = f"{language['words']['at most']} " if at_most else ""
        badge = f"{escape(f'{name}: {before}')}{badges.badge(word, language['words'][word])}"
        address = f"findings.md#{page_tables.slug(finding)}"
        parts.append(badge + _why(address, name, language) * lead)
    return "; ".join(parts)


def _why(address, what, language):
    return (
        f' <a href="{address}">{escape(language["page"]["why"])}'
        f'<span class="visually-hidden">: {escape(what)}</span></a>'
    )


def _sure(question, language):
    """How sure what a question rests on is: badges, each with the way to its reasons."""
    page = language["page"]
    known, parts = certainties(question.get("findings", ()), language, lead=True), []
    if id := question.get("search"):
        checks.known("search", id, evidence.searches().index)
        address = f"verdicts.md#search-{page_tables.slug(id)}"
        known = badges.badge("no study", language["words"]["no study"])
        known += _why(address, question["topic"], language)
    if known:
        parts.append(f"{escape(page['sure'])} {known}")
    if id := question.get("claim"):
        verdict = evidence.claims().loc[id, "verdict"]
        badge = badges.badge(verdict, language["words"][verdict])
        said = escape(page["verdict"].format(claim=language["claims"][id]))
        parts.append(f"{said} {badge}{_why(f'claims.md#{id}', id, language)}")
    return "".join(f'<p class="ldn-sure">{part}</p>' for part in parts)


def answer(question, language):
    """Markdown of what stands under a question."""
    said = [f"**{question['short']}**", question.get("numbers"), question["answer"]]
    return f"{filled(' '.join(filter(None, said)), language)}\n\n{_sure(question, language)}"


def questions(language):
    """The page of questions below its title: a list of `Part`."""
    page = language["page"]
    topics = "".join(
        f'<li><a href="{address}">{escape(topic)}</a></li>'
        for address, topic in [
            *((f"#{question['id']}", question["topic"]) for question in asked(language)),
            ("sheet.md#ask", page["doctor"]),
            ("sheet.md", page["print"]),
        ]
    )
    opening = (
        f"{filled(page['before'], language)}\n\n"
        f"```{{div}} ldn-warning\n{filled(page['alone'], language)}\n```\n\n"
        f"{filled(page['key'], language)}\n\n"
        f'<nav class="ldn-topics" aria-label="{escape(page["topics"])}"><ul>{topics}</ul></nav>'
    )
    parts = [Part(opening)]
    for group in language["group"]:
        parts.append(Part("", group["title"], group["id"], 2))
        parts += [
            Part(answer(question, language), question["ask"], question["id"], 3)
            for question in group["question"]
        ]
    return parts


def _known(language):
    """The list of the sheet: what is known of each disease, how sure that is, and its signs."""
    items = []
    for question in asked(language):
        if "sheet" in question:
            said = filled(f"{question['short']} {question['numbers']}", language)
            sure = f"{language['sheet']['sure']} {certainties(question['findings'], language)}."
            items.append(f'- **{question["sheet"]}.** {said} <span class="ldn-sure">{sure}</span>')
    return "\n".join([*items, "", language["sheet"]["key"]])


def sheet(language):
    """The sheet below its title: a list of `Part`."""
    text = language["sheet"]
    opening = (
        f"{filled(text['open'], language)}\n\n"
        f"```{{div}} ldn-warning\n{filled(text['warning'], language)}\n```"
    )
    parts = [Part(opening)]
    for section in text["section"]:
        known = section.get("known")
        said = _known(language) if known else filled(section["text"], language)
        parts.append(Part(said, section["title"], section["id"], 2))
    return parts


# ---------------------------------------------------------------- translations


def leaves(value, path=""):
    """Each single value of `words` with where it stands, as "page.before"."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from leaves(inside, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for i, inside in enumerate(value):
            yield from leaves(inside, f"{path}[{i}]")
    else:
        yield path, value


# What a translation keeps letter by letter; all else is translated.
KEPT = re.compile(r"\.(id|claim|findings\[\d+\]|search|known)$")
LINK = re.compile(r"\]\(([^)\s]+)\)|href=\"([^\"]+)\"")


def differences(original, translation):
    """Where a translation (`words` of it) says something else than the original: a list of texts.

    Each part must be there, with the same numbers, links and ids.
    """
    one, other = dict(leaves(original)), dict(leaves(translation))
    found = [f"{path}: missing" for path in one.keys() - other.keys()]
    found += [f"{path}: unknown" for path in other.keys() - one.keys()]
    for path in one.keys() & other.keys():
        a, b = one[path], other[path]
        if KEPT.search(path) and a != b:
            found.append(f"{path}: {b!r}, expected {a!r}")
        elif isinstance(a, str):
            for kind, pattern in (("number", PLACE), ("link", LINK)):
                if sorted(pattern.findall(a)) != sorted(pattern.findall(b)):
                    found.append(f"{path}: another {kind} than in the original")
    return sorted(found)
