"""Everything that a person reads is plain American English. Each pattern was in the kit once, and says what to write.

Left out: whether a sentence reads well, which no pattern can say; what the small models are trained on; the license.
"""

import re

import pytest

from interview_prep.paths import ROOT
from tests.support.listing import list_files

INSTEAD = {
    r"\bdear(er|est)?\b": "expensive",
    r"\bshall\b": "should, or will",
    r"\bturns? (the |a |its )?\w+ round\b": "flips",
    r"\b[Mm]ends?\b(?! of)": "fixes",
    r"\ba(n extra)? \w+ too (many|much)\b": "an extra",
    r"\bhow (many|much|long|large) [\w ]+ (has|have) (it|they)\b": "does it have",
    r"\b([Ii]t|[Tt]his|[Tt]hat) is no [a-z]+(?<!longer)(?<!more)(?<!different)\b": "isn't a",
    r"\bToo good:": "That's too good to be true",
    r"\bcounts for nothing\b": "doesn't count",
    r"\bgoes on where\b": "resumes",
    r"\bas it were\b|\bthereof\b|\bwhilst\b|\bamongst\b": "a plainer word",
    r"\blearnt\b": "learned",
    r"\bwhat (it|the call|the answer) gave and what was due\b": "returned, expected",
    r"\bbring the \w+ set\b": "fetch",
    r"\bpractis(e|es|ed|ing)\b": "practice",
    r"\b(behaviour|colour|favour|neighbour|honour)": "-or",
    r"\b\w+(ognis|ormalis|nitialis|ptimis|ummaris|ectoris|egularis|erialis|eneralis|okenis|tandardis|mortis|inimis|aximis"
    r"|isualis|rganis|haracteris|ynchronis|uantis|arallelis|emoris)(e|es|ed|er|ers|ing|ation|ations)\b": "-ize",
    r"\b(label|cancel|model|travel)l(ed|ing)\b(?<!cancelled)": "one l",
    r"\b[Ll]icence\b": "license",
    r"\bcentres?\b": "center",
    r"\banalyse[ds]?\b": "analyze",
}
PAGES = [
    *list_files(ROOT, "*.md"),
    *list_files(ROOT / "docs", "*.md"),
    *list_files(ROOT / "benchmarks", "*.py"),
    *list_files(ROOT / "interview_prep", "*.md"),
    *list_files(ROOT / "interview_prep", "*.toml"),
    *list_files(ROOT / "interview_prep", "*.py"),
    ROOT / "tasks.py",
    ROOT / "prep",
]


@pytest.mark.parametrize(("pattern", "instead"), INSTEAD.items(), ids=INSTEAD.values())
def test_wording_stays_away(pattern: str, instead: str) -> None:
    """No page, prompt, message or docstring has it."""
    found = [
        f"{page.relative_to(ROOT)}:{number}: {match[0]!r}"
        for page in PAGES
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
        for match in re.finditer(pattern, line)
    ]
    assert found == [], f"Better: {instead}."


def test_the_pages_are_there() -> None:
    """The test above looks at sheets, prompts, coaches, advice, docs and code."""
    kinds = {page.name if page.suffix in (".md", ".toml") else page.suffix for page in PAGES}
    assert {"README.md", "settings.md", "prompt.md", "coach.md", "mistakes.toml", "pandas_patterns.md", ".py"} <= kinds
