"""Everything that a person reads is plain American English. Each pattern was in the kit once, and says what to write.

Left out: whether a sentence reads well, which no pattern can say; what the small models are trained on; the license.
"""

import re

import pytest

from interview_prep.paths import ROOT
from tests.support.listing import list_files

PATTERNS = {  # with something that each must find, and what to write instead
    r"\bdear(er|est)?\b": ("ten times as dear", "expensive"),
    r"\bshall\b": ("the completion that the model shall learn", "should, or will"),
    r"\bturns? (the |a |its )?\w+ round\b": ("'not' turns the label round", "flips"),
    r"\b[Mm]ends?\b": ("Mends: a missing axis", "fixes"),
    r"\ba \w+ too (many|much)\b": ("a softmax too many", "an extra"),
    r"\b[Hh]ow (many|much|long|large) [\w ]+ (has|have) (it|they)\b": ("How many parameters has it?", "does it have"),
    r"\b([Ii]t|[Tt]his|[Tt]hat) is no (?!longer|more|different)[a-z]+\b": ("It is no sandbox", "isn't a"),
    r"\bToo good:": ("Too good: I look for a leak", "That's too good to be true"),
    r"\bcounts for nothing\b": ("what it writes counts for nothing", "doesn't count"),
    r"\bgo(es)? on where\b": ("it goes on where it was", "resumes"),
    r"\bas it were\b|\bthereof\b|\bwhilst\b|\bamongst\b": ("whilst it trains", "a plainer word"),
    r"\blearnt\b": ("what it has learnt", "learned"),
    r"\b(brings?|bring) (the \w+ set|them)\b": ("a later build brings them", "fetch"),
    r"\b[Pp]ractis(e|es|ed|ing)\b": ("practise", "practice"),
    r"(behaviour|colour|favour|neighbour|honour)": ("nearest neighbours", "-or"),
    r"(ognis|ormalis|nitialis|ptimis|ummaris|ectoris|egularis|erialis|eneralis|okenis|tandardis|mortis|inimis|aximis"
    r"|isualis|rganis|haracteris|ynchronis|uantis|arallelis|emoris)(e|es|ed|er|ers|ing|ation|ations)\b": (
        "tokenise",
        "-ize",
    ),
    r"\b(label|model|travel)l(ed|ing)\b": ("labelled", "one l"),
    r"\b[Ll]icence\b": ("licence", "license"),
    r"\b[Cc]entre[sd]?\b": ("centres", "center"),
    r"\banalyse[ds]?\b": ("analysed", "analyze"),
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


@pytest.mark.parametrize("pattern", PATTERNS)
def test_wording_stays_away(pattern: str) -> None:
    """No page, prompt, message or docstring has it; the pattern does find what it is for."""
    example, instead = PATTERNS[pattern]
    assert re.search(pattern, example)
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
