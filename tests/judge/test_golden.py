"""The judge against answers that fail, hang, cheat and destroy: each gets its verdict, and the judge lives on.

The first line of each file in answers/ says what is expected: `# expect: passes` (both tiers), `# expect: passes the
core: REASON`, `# expect: fails: KIND` with the kind of the first failed check, or `# expect: rejected: REASON`.
A reason is a regular expression; it is empty where all checks have run.
"""

import re
from pathlib import Path

import pytest

from interview_prep.judge.client import JudgeClient
from interview_prep.judge.verdict import Verdict
from tests.support.drills import DOUBLE
from tests.support.forked import list_children

ANSWERS = Path(__file__).parent / "answers"
NAMES = sorted(path.stem for path in ANSWERS.glob("[!.]*.py"))
SOURCE = DOUBLE.solution.read_bytes()
SOURCES = {  # content of an answer, and why it is rejected
    "empty": (b" \n", r"The file is empty\."),
    "with a BOM": (b"\xef\xbb\xbf" + SOURCE, ""),
    "with CRLF": (SOURCE.replace(b"\n", b"\r\n"), ""),
    "not in UTF-8": (
        b"# \xe4\n" + SOURCE,
        r"It isn't valid Python: SyntaxError: invalid or missing encoding declaration",
    ),
    "with a null byte": (SOURCE + b"\0", r"It isn't valid Python: "),
    "of 10 MB": (SOURCE + b"#\n" * (5 << 20), r"The file has 10 MB, which is too long for an answer\."),
}


def read_expectation(name: str) -> tuple[str, str]:
    """What an answer's first line says: passes, passes the core, fails or rejected, and the kind or reason."""
    first_line = (ANSWERS / f"{name}.py").read_text(encoding="utf-8").partition("\n")[0]
    match = re.fullmatch(r"# expect: (passes|passes the core|fails|rejected)(?:: (.*))?", first_line)
    assert match, f"answers/{name}.py: the first line does not say what to expect"
    return match[1], match[2] or ""


def judge_answer(client: JudgeClient, name: str) -> Verdict:
    limit = re.search(r"takes more than (\d+) s", read_expectation(name)[1])
    seconds = int(limit[1]) if limit else 30  # no test waits for the 30
    return client.judge(DOUBLE, ANSWERS / f"{name}.py", seconds=seconds)


@pytest.mark.parametrize("name", NAMES)
def test_answer_gets_its_verdict(judge_client: JudgeClient, name: str) -> None:
    """It passes with all checks, fails by a check of a known kind, or is rejected with a sentence that says why."""
    outcome, detail = read_expectation(name)
    verdict = judge_answer(judge_client, name)
    assert (verdict.passed, verdict.complete) == (outcome.startswith("passes"), outcome == "passes"), verdict
    if outcome == "passes":
        assert len(verdict.checks) == 5
    elif outcome == "fails":
        assert verdict.failed[0].kind == detail, verdict
    else:
        assert re.fullmatch(f"{detail}.*" if detail else "", verdict.reason), verdict


@pytest.mark.parametrize("name", SOURCES)
def test_unusual_source_gets_its_verdict(judge_client: JudgeClient, tmp_path: Path, name: str) -> None:
    """A source with another encoding, other line ends or nothing in it passes, or is rejected with the reason."""
    source, reason = SOURCES[name]
    answer = tmp_path / "answer.py"
    answer.write_bytes(source)
    verdict = judge_client.judge(DOUBLE, answer)
    assert verdict.passed == (not reason)
    assert re.match(reason, verdict.reason), verdict


def test_nothing_is_left_of_hostile_answers(judge_client: JudgeClient) -> None:
    """After the worst of them no process and no file remains, and the same server still gives right verdicts."""
    judge_client.wait_until_ready()
    files, server = set(ANSWERS.rglob("*")), judge_client.process.pid
    for name in ("starts_a_daemon", "starts_threads", "ignores_signals", "exits", "writes_in_its_folder"):
        judge_answer(judge_client, name)
    assert judge_answer(judge_client, "passes").passed
    assert not judge_answer(judge_client, "fails").passed
    judge_client.wait_until_ready()
    assert len(list_children(server)) == 1  # the one that waits for the next answer; orphans would be children as well
    assert set(ANSWERS.rglob("*")) == files
    assert judge_client.process.pid == server
    assert sorted(path.name for path in judge_client.folder.iterdir()) == ["bytecode", "scratch"]
