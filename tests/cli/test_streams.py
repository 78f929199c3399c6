"""Standard output as people have it: ASCII, Latin-1, closed, full. What is shown there, and how the task ends."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from interview_prep.catalog.drill import Drill
from interview_prep.paths import ROOT
from tests.support.invoke import INVOKE


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_an_output_that_is_not_utf8(tmp_path: Path, drill: Drill, encoding: str) -> None:
    """A verdict is shown with stand-ins for what the output cannot say, and noted."""
    shutil.copyfile(drill.folder / "wrong/leaves_nan.py", tmp_path / "causal_mask.py")
    settings = {**os.environ, "PREP_WORK": str(tmp_path), "PYTHONIOENCODING": encoding}
    ended = subprocess.run(
        [INVOKE, "check", "causal_mask"], cwd=ROOT, env=settings, capture_output=True, check=False
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (1, b"")
    assert ended.stdout.decode(encoding).startswith("x not yet  ")
    assert sqlite3.connect(tmp_path / "history.sqlite3").execute("SELECT passed FROM event").fetchall() == [(0,)]


def test_stand_ins() -> None:
    """Also letters and signs that have no stand-in of their own."""
    texts = {"✓ é → σ ≤ “x”": '+ e -> ? <= "x"', "a\udcff": "a?", "ﬁ": "fi"}  # noqa: RUF001 - a ligature
    program = "from interview_prep import streams; streams.prepare_streams(); print(*{texts}, sep='\\n')"
    shown = subprocess.run(
        [sys.executable, "-c", program.format(texts=ascii(list(texts)))],
        cwd=ROOT, env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert shown.splitlines() == list(texts.values())


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_reader_that_has_seen_enough(tmp_path: Path, options: list[str]) -> None:
    """`invoke drills | head -1`: no word of a broken pipe, and the code of a program that SIGPIPE has ended."""
    settings = {**os.environ, "PREP_WORK": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        [INVOKE, "drills", *options], cwd=ROOT, env=settings, stdout=writer, stderr=subprocess.PIPE, check=False
    )  # fmt: skip
    os.close(writer)
    assert ended.returncode == 141
    assert b"Broken" not in ended.stderr


def test_a_full_output(tmp_path: Path) -> None:
    """One line, exit 2."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(
            [INVOKE, "drills"],
            cwd=ROOT, env={**os.environ, "PREP_WORK": str(tmp_path)}, stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert (ended.returncode, ended.stderr.count(b"\n")) == (2, 1)
    assert ended.stderr.startswith(b"No space left on device")


def test_closed_streams(tmp_path: Path, drill: Drill) -> None:
    """With no standard stream at all the exit code says the verdict, and the history is no stream."""
    shutil.copyfile(drill.solution, tmp_path / "causal_mask.py")
    command = f"exec '{INVOKE}' check causal_mask <&- >&- 2>&-"
    ended = subprocess.run(["sh", "-c", command], cwd=ROOT, env={**os.environ, "PREP_WORK": str(tmp_path)}, check=False)
    assert ended.returncode == 0
    assert sqlite3.connect(tmp_path / "history.sqlite3").execute("SELECT passed FROM event").fetchall() == [(1,)]
