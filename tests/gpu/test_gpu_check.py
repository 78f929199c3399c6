"""gpu-check as it is called: as a task, as a plain script, with a CUDA build and no GPU, and the report it prints."""

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from interview_prep.console import Printer
from interview_prep.gpu import measure, report
from interview_prep.gpu.gpu_check import print_report
from interview_prep.gpu.measurement import Measurement
from interview_prep.gpu.peaks import find_peaks
from interview_prep.paths import ROOT
from tests.gpu.test_findings import BOARD, L4, READY

SCRIPT = ROOT / "interview_prep" / "gpu" / "gpu_check.py"
MEASURED = (
    Measurement("matrix product, bf16", 96.82, "TFLOP/s", "bf16", error=0.001, tolerance=0.03),
    Measurement("memory bandwidth", 126, "GB/s", "bandwidth", error=0.0),
    Measurement("launch of an operation", 4.56, "µs", error=0.0),
    Measurement("attention, cudnn", skip_reason="not to be had here"),
)


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """The script in a process of its own."""
    settings = {**os.environ, **environment}
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=settings, check=False)


def cuda_build(folder: Path) -> str:
    """A torch for CUDA as far as its files tell, which fails where it is imported."""
    package = folder / "torch"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('torch was imported')\n")
    (package / "version.py").write_text("__version__ = '2.13.0+cu130'\ncuda = '13.0'\nhip = None\n")
    return str(folder)


def test_as_a_script_it_needs_nothing_but_torch_and_python(tmp_path: Path) -> None:
    """Without any package of the kit: the finding, exit 1; the same as JSON."""
    answer = run("-S", str(SCRIPT), PYTHONPATH=cuda_build(tmp_path), PREP_CONTAINER="1")
    assert (answer.returncode, answer.stderr, answer.stdout.count("\n")) == (1, "", 1)
    document = json.loads(run("-S", str(SCRIPT), "--json", PYTHONPATH=str(tmp_path)).stdout)
    assert (document["version"], document["ready"], len(document["findings"])) == (2, False, 1)


def test_a_cuda_build_in_a_container_without_a_gpu_gets_the_containers_mend(tmp_path: Path) -> None:
    """One finding, and torch is not even imported."""
    answer = run(str(SCRIPT), PYTHONPATH=cuda_build(tmp_path), PREP_CONTAINER="1")
    assert answer.returncode == 1
    assert "`docker compose up lab-cuda`" in answer.stdout
    assert "container" in answer.stdout


def test_misuse_is_exit_2() -> None:
    """As of every task."""
    assert run(str(SCRIPT), "--fast").returncode == 2


def test_a_check_without_a_gpu_measures_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where something blocks."""
    monkeypatch.setattr(report, "add_measurements", lambda _: pytest.fail("measured"))
    for facts in (replace(READY, devices=()), replace(READY, boards=(replace(BOARD, uncorrected_errors=1),))):
        monkeypatch.setattr(report, "gather_facts", lambda facts=facts: facts)
        assert not report.build_report().ready


def test_a_check_with_a_gpu_measures_it_and_judges_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """From facts to a report with the first GPU's limits; what was said before is not said twice."""
    hot = replace(BOARD, clock_reasons=0x20)
    monkeypatch.setattr(report, "gather_facts", lambda: replace(READY, boards=(hot,)))
    monkeypatch.setattr(measure, "run_measurements", lambda *_: iter(MEASURED))
    monkeypatch.setattr(measure, "read_boards_under_load", lambda *_: (hot,))
    made = report.build_report()
    assert (made.ready, made.measurements, made.loaded, made.limits) == (True, MEASURED, (hot,), find_peaks(L4))
    whats = [finding.what for finding in made.findings]
    assert whats == ["The GPU is slowed down by heat", "memory bandwidth is low: 42% of the data sheet"]


def test_the_lines_say_how_much_of_what_limit_and_what_it_means() -> None:
    """As printed where there is no terminal."""
    assert report.format_lines(report.Report(READY, (), MEASURED, find_peaks(L4))) == [
        "GPU ready: NVIDIA L4 (torch 2.13.0+cu130, CUDA 13.0, driver 580.65.06).",
        "matrix product, bf16             96.8 TFLOP/s   80% of 121  as it should be",
        "memory bandwidth                     126 GB/s   42% of 300  low",
        "launch of an operation                4.56 µs",
        "attention, cudnn                                            not to be had here",
        "Limits: NVIDIA L4 Tensor Core GPU, data sheet.",
    ]


def test_of_several_gpus_the_measured_one_is_named() -> None:
    """The figures are of the first, not of all."""
    two = replace(READY, devices=(L4, L4))
    assert "Measured: GPU 0, NVIDIA L4." in report.format_lines(report.Report(two, (), MEASURED, find_peaks(L4)))[-1]
    assert "Measured" not in report.format_lines(report.Report(READY, (), MEASURED, find_peaks(L4)))[-1]


def test_the_table_fits_a_terminal_of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each figure on its line."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("FORCE_COLOR", "1")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        print_report(Printer(), report.Report(READY, (), MEASURED, find_peaks(L4)))
    assert "96.8 TFLOP/s" in printed.getvalue()
    assert "42% of 300" in printed.getvalue()


def test_the_document_is_json_with_a_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Facts, findings, measurements and limits, in words that stay."""
    Printer(json=True).print_json(report.Report(READY, (), MEASURED, find_peaks(L4)).as_document())
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"version", "ready", "facts", "findings", "measurements", "limits", "loaded"}
    assert document["measurements"][0]["value"] == 96.82
    assert document["facts"]["devices"][0]["name"] == "NVIDIA L4"
