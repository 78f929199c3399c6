"""`invoke bench` with groups that measure nothing slow: its rows, its errors, and the sums behind two groups."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from invoke.exceptions import Exit

from benchmarks import commands, judge, models
from benchmarks.measurement import CommandError, Row, format_row, time_command
from interview_prep.paths import ROOT
from tests.support.invoke import INVOKE

ROW = Row("invoke --list", 0.2, "import invoke.main", 0.16, "s", "≤ 0.3 s")


def test_unknown_group_is_one_line_and_exit_2() -> None:
    """The line names the groups that there are."""
    run = subprocess.run([INVOKE, "bench", "--only", "speed"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    groups = "start, judge, warmup, models, lab, images, setup"
    assert run.stderr == f"No group 'speed'. `invoke bench --only` takes {groups}.\n"


def test_row_with_baseline_has_its_ratio() -> None:
    """The measurement with its budget, then what it is compared with."""
    assert format_row(ROW) == [
        "invoke --list: 0.20 s   (budget ≤ 0.3 s)",
        "    import invoke.main: 0.16 s, ratio 1.25",
    ]


def test_row_without_baseline_is_one_line() -> None:
    """Nothing is divided by zero."""
    assert format_row(Row("CUDA image", 5.64, "", 0, "GB", "≤ 5.7 GB")) == ["CUDA image: 5.64 GB   (budget ≤ 5.7 GB)"]


def test_rows_are_printed_and_are_one_json_document(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --json the lines for people go to standard error."""
    monkeypatch.setattr(commands, "measure_group", lambda _: iter([ROW]))
    commands.run_benchmarks(only="start", json=True)
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert (document["version"], [row["measured"] for row in document["rows"]]) == (2, [0.2])
    assert printed.err.splitlines() == format_row(ROW)


def test_failing_command_is_exit_1_after_the_rows_so_far(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was measured before stays on the screen."""

    def measure(_: str) -> Iterator[Row]:
        yield ROW
        raise CommandError("`invoke warmup` failed: exit 1")

    monkeypatch.setattr(commands, "measure_group", measure)
    with pytest.raises(Exit) as ended:
        commands.run_benchmarks(only="warmup", json=False)
    assert (ended.value.code, ended.value.message) == (1, "`invoke warmup` failed: exit 1")
    assert capsys.readouterr().out.startswith("invoke --list: 0.20 s")


def test_command_that_fails_ends_with_its_last_line() -> None:
    """Of a traceback, that is the error."""
    with pytest.raises(CommandError, match=r"failed: ZeroDivisionError: division by zero$"):
        time_command([sys.executable, "-c", "1 / 0"])


def test_weights_are_compared_with_sha256sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a cache of a few bytes, which the kit's own check finds whole."""
    monkeypatch.setattr(models, "SIZES", {"small": 2_000_000, "smaller": 1_000_000})
    (row,) = models.measure()
    assert (row.what, row.baseline_name, row.unit) == ("verify 0.00 GB of weights", "sha256sum", "s")
    assert min(row.measured, row.baseline) > 0


def test_saves_are_summarized_in_milliseconds() -> None:
    """The median, the 95th of a hundred in order, and the median of the first saves, beside pytest's cold start."""
    saves = [number / 1000 for number in range(100, 0, -1)]  # 100 ms to 1 ms
    rows = list(judge.summarize_saves(saves, [0.03, 0.05, 0.09], cold_start=3.0))
    assert [round(row.measured, 1) for row in rows] == [50.5, 96.0, 50.0]
    assert {row.baseline for row in rows} == {3000.0}


def test_each_group_has_a_module_that_measures() -> None:
    """--only takes no name that nothing stands behind."""
    assert set(commands.GROUPS) == {"start", "judge", "warmup", "models", "lab", "images", "setup"}
    for name in commands.GROUPS:
        assert isinstance(commands.measure_group(name), Iterator)
