"""Self-checks: questions whose every answer opens to say why it is right or wrong.
No script, no kernel.

The questions of a chapter are in the TOML file of its name beside this one:
a `[[question]]` has `text` and `[[question.answer]]` entries with `text`, `why` and,
for one of them, `right = true`.
"""

import tomllib
from dataclasses import dataclass
from html import escape
from pathlib import Path

from helpers import checks

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class SelfCheck:
    """The questions of one chapter, shown by a notebook as a list of answers to open."""

    chapter: str
    questions: list

    def _repr_html_(self):
        items = "".join(self._question(i, q) for i, q in enumerate(self.questions, start=1))
        return f'<ol class="ldn-check">{items}</ol>'

    def _question(self, number, question):
        answers = "".join(
            # Answers of one question share a name, so that opening one closes the others.
            # progress.js counts a question by its right one.
            f'<details name="check-{self.chapter}-{number}"'
            f"{' data-right' * bool(answer.get('right'))}>"
            f'<summary style="display:list-item;cursor:pointer">{escape(answer["text"])}</summary>'
            f"<p><strong>{'✓ Yes.' if answer.get('right') else '✗ No.'}</strong> "
            f"{escape(answer['why'])}</p></details>"
            for answer in question["answer"]
        )
        return f"<li><p>{escape(question['text'])}</p>{answers}</li>"


def chapters():
    """The names of all chapters, as their notebooks are named, in order."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def self_check(chapter):
    """The `SelfCheck` of a chapter, by its notebook's name.

    Raises UnknownName or, for a damaged file, ValueError.
    """
    path = FOLDER / f"{checks.known('self-check', chapter, chapters())}.toml"
    questions = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
    for i, question in enumerate(questions, start=1):
        right = sum(bool(answer.get("right")) for answer in question["answer"])
        if right != 1 or not all(answer.get("why") for answer in question["answer"]):
            raise ValueError(
                f"{path.name}, question {i}: expected one right answer and a reason for each, "
                f"got {right} right"
            )
    return SelfCheck(chapter, questions)
