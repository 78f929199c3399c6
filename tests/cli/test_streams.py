"""Standard output as people have it: ASCII, Latin-1, closed, full. What is shown there, and how the task ends."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from interview_prep.catalog.drill import Drill
from interview_prep.paths import ROOT
from tests.support.invoke import INVOKE


@pytest.mark.parametrize(("encoding", "sign"), [("ascii", "-"), ("latin-1", "·")])
def test_output_that_is_not_utf8_gets_stand_ins(tmp_path: Path, encoding: str, sign: str) -> None:
    """The task does what it always does, with what the output can show."""
    settings = {**os.environ, "PREP_WORK": str(tmp_path), "PYTHONIOENCODING": encoding}
    run = subprocess.run([INVOKE, "drill", "causal_mask"], cwd=ROOT, env=settings, capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (0, b"")
    assert f"attention {sign} level 2 of 3" in run.stdout.decode(encoding)
    assert (tmp_path / "causal_mask.py").exists()


def test_stand_in_is_the_nearest_text() -> None:
    """Also letters and signs that have no stand-in of their own."""
    texts = {"✓ é → σ ≤ “x”": '+ e -> ? <= "x"', "a\udcff": "a?", "ﬁ": "fi"}  # noqa: RUF001 - a ligature
    program = "from interview_prep import streams; streams.prepare_streams(); print(*{texts}, sep='\\n')"
    shown = subprocess.run(
        [sys.executable, "-c", program.format(texts=ascii(list(texts)))],
        cwd=ROOT, env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert shown.splitlines() == list(texts.values())


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("arguments", [["drills"], ["drills", "--json"], ["--list"], ["drill", "--help"]])
def test_closed_pipe_ends_as_by_sigpipe(tmp_path: Path, arguments: list[str], buffered: str) -> None:
    """`invoke drills | head -1`: no word of a broken pipe, and an exit code that says at most that SIGPIPE ended it."""
    settings = {**os.environ, "PREP_WORK": str(tmp_path), "PYTHONUNBUFFERED": buffered}
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        [INVOKE, *arguments], cwd=ROOT, env=settings, stdout=writer, stderr=subprocess.PIPE, check=False
    )  # fmt: skip
    os.close(writer)
    assert not re.search(rb"Traceback|Broken|ignored", ended.stderr)
    assert ended.returncode == 141 or (ended.returncode == 0 and arguments[-1] in ("--list", "--help"))


def test_full_output_is_one_line_and_exit_2(tmp_path: Path) -> None:
    """One line, exit 2."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(
            [INVOKE, "drills"],
            cwd=ROOT, env={**os.environ, "PREP_WORK": str(tmp_path)}, stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert (ended.returncode, ended.stderr.count(b"\n")) == (2, 1)
    assert ended.stderr.startswith(b"No space left on device")


def test_closed_streams_cost_no_verdict(tmp_path: Path, drill: Drill) -> None:
    """With no standard stream at all the exit code says the verdict, and the history is no stream."""
    shutil.copyfile(drill.solution, tmp_path / "causal_mask.py")
    command = f"exec '{INVOKE}' check causal_mask <&- >&- 2>&-"
    ended = subprocess.run(["sh", "-c", command], cwd=ROOT, env={**os.environ, "PREP_WORK": str(tmp_path)}, check=False)
    assert ended.returncode == 0
    assert sqlite3.connect(tmp_path / "history.sqlite3").execute("SELECT passed FROM event").fetchall() == [(1,)]
