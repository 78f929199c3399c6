"""coach.md: what a drill tells only those who ask for it: hints, follow-up questions with answers, what to say aloud.

It is a file of its own, so that whoever reads prompt.md in an editor, in Lab or on the web sees none of it.
Left out: showing any of it.
"""

import re
from dataclasses import dataclass
from pathlib import Path

HINTS = ("Hint 1", "Hint 2", "Hint 3")
SECTIONS = (*HINTS, "Follow-ups", "Say aloud")
FOLLOW_UP = re.compile(r"\*\*(.+?)\*\*\n<details><summary>Answer</summary>\n\n(.+?)\n\n</details>", re.DOTALL)


@dataclass(frozen=True)
class FollowUp:
    """A question that an interviewer asks next, and its answer, both in Markdown."""

    question: str
    answer: str


@dataclass(frozen=True)
class Coach:
    """The sections, in Markdown. A section that is missing is empty here; lint reports it."""

    hints: tuple[str, ...]
    follow_ups: tuple[FollowUp, ...]
    say_aloud: str


def load_coach(folder: Path) -> Coach:
    """Read a drill's coach.md."""
    sections = split_sections((folder / "coach.md").read_text(encoding="utf-8"))
    hints = tuple(sections[name] for name in HINTS if name in sections)
    return Coach(hints, parse_follow_ups(sections.get("Follow-ups", "")), sections.get("Say aloud", ""))


def split_sections(text: str) -> dict[str, str]:
    """Return the text below each of the known `## ` headings."""
    _, *rest = re.split(rf"^## ({'|'.join(SECTIONS)})\n", text, flags=re.MULTILINE)
    return {name: body.strip() for name, body in zip(rest[::2], rest[1::2], strict=True)}


def parse_follow_ups(section: str) -> tuple[FollowUp, ...]:
    """Read questions in bold, each with an answer that is folded away where Markdown is rendered."""
    return tuple(FollowUp(" ".join(question.split()), answer) for question, answer in FOLLOW_UP.findall(section))
