"""The report of gpu-check: how it is built from facts, its lines, its table and its JSON."""

import io
import json
from dataclasses import replace

import pytest
from invoke.exceptions import Exit
from rich.console import Console

from interview_prep.gpu import commands, measure, report
from interview_prep.gpu.facts import Measurement
from interview_prep.gpu.peaks import find_peaks
from interview_prep.gpu.report import Report, build_report, format_lines
from interview_prep.gpu.view import render_report
from tests.support.gpu_facts import BOARD, L4, READY

MEASURED = (
    Measurement("matrix product, bf16", 96.82, "TFLOP/s", "bf16", error=0.001, tolerance=0.03),
    Measurement("memory bandwidth", 126, "GB/s", "bandwidth", error=0.0),
    Measurement("launch of an operation", 4.56, "µs", error=0.0),
    Measurement("attention, cudnn", skip_reason="not available here"),
)
REPORT = Report(READY, (), MEASURED, find_peaks(L4))


def test_unusable_gpu_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """No GPU, or one with a blocking problem."""
    monkeypatch.setattr(report, "add_measurements", lambda _: pytest.fail("measured"))
    for facts in (replace(READY, devices=()), replace(READY, boards=(replace(BOARD, uncorrected_errors=1),))):
        monkeypatch.setattr(report, "gather_facts", lambda facts=facts: facts)
        assert not build_report().ready


def test_usable_gpu_is_measured_and_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report has the first GPU's limits, and each finding only once, though the heat shows twice."""
    hot = replace(BOARD, clock_reasons=0x20)
    monkeypatch.setattr(report, "gather_facts", lambda: replace(READY, boards=(hot,)))
    monkeypatch.setattr(measure, "run_measurements", lambda *_: iter(MEASURED))
    monkeypatch.setattr(measure, "read_boards_under_load", lambda *_: (hot,))
    built = build_report()
    assert (built.ready, built.measurements, built.loaded, built.limits) == (True, MEASURED, (hot,), find_peaks(L4))
    whats = [finding.what for finding in built.findings]
    assert whats == ["The GPU is slowed down by heat", "memory bandwidth is low: 42% of the data sheet"]


def test_lines_show_value_share_and_meaning() -> None:
    """This is what is printed where there is no terminal."""
    assert format_lines(REPORT) == [
        "GPU ready: NVIDIA L4 (torch 2.13.0+cu130, CUDA 13.0, driver 580.65.06).",
        "matrix product, bf16             96.8 TFLOP/s   80% of 121  as it should be",
        "memory bandwidth                     126 GB/s   42% of 300  low",
        "launch of an operation                4.56 µs",
        "attention, cudnn                                            not available here",
        "Limits: NVIDIA L4 Tensor Core GPU, data sheet.",
    ]


def test_measured_gpu_is_named_if_there_are_several() -> None:
    """The figures are those of the first GPU, not of all."""
    two = replace(REPORT, facts=replace(READY, devices=(L4, L4)))
    assert "Measured: GPU 0, NVIDIA L4." in format_lines(two)[-1]
    assert "Measured" not in format_lines(REPORT)[-1]


def test_table_fits_80_columns() -> None:
    """Each measurement stays on one line."""
    console = Console(width=80, file=io.StringIO(), record=True)
    console.print(render_report(REPORT))
    lines = console.export_text().splitlines()
    assert ["memory", "bandwidth", "126", "GB/s", "42%", "of", "300", "low"] in [line.split() for line in lines]
    assert len(lines) == len(format_lines(REPORT)) + 1  # the heads of the columns


def test_task_without_gpu_is_exit_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON document on standard output; the line for people goes to standard error."""
    monkeypatch.setattr(report, "gather_facts", lambda: replace(READY, devices=(), visible_devices=""))
    with pytest.raises(Exit) as ended:
        commands.run_gpu_check(json=True)
    printed = capsys.readouterr()
    assert (ended.value.code, json.loads(printed.out)["ready"]) == (1, False)
    assert printed.err.startswith("The GPU is hidden from this process")


def test_task_with_gpu_prints_its_figures_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Facts, findings, measurements and limits, under keys that stay."""
    monkeypatch.setattr(commands, "build_report", lambda: REPORT)
    commands.run_gpu_check(json=True)
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"version", "ready", "facts", "findings", "measurements", "limits", "loaded"}
    assert (document["version"], document["measurements"][0]["value"]) == (2, 96.82)
    assert document["facts"]["devices"][0]["name"] == "NVIDIA L4"
