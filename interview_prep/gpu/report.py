"""The whole check: the facts, what they mean and, if a GPU is usable, its speed; as data and as plain text.

Left out: the table with colors (view.py), which needs rich.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from interview_prep.gpu import diagnosis, speeds
from interview_prep.gpu.facts import Facts, Finding, Measurement, SmiGpu
from interview_prep.gpu.gather import gather_facts
from interview_prep.gpu.peaks import Peaks, find_peaks

VERSION = 2  # of the JSON document
LARGE_MEMORY = 4e9  # bytes free, enough for the large sizes


@dataclass(frozen=True)
class Report:
    """Everything that `gpu-check` reports."""

    facts: Facts
    findings: tuple[Finding, ...]
    measurements: tuple[Measurement, ...] = ()
    limits: Peaks = field(default_factory=lambda: Peaks("none"))
    loaded: tuple[SmiGpu, ...] = ()  # the boards under load

    @property
    def ready(self) -> bool:
        return not any(finding.blocking for finding in self.findings)

    def as_document(self) -> dict[str, object]:
        """The JSON document, still with dataclasses in it."""
        summary = {"version": VERSION, "ready": self.ready, "facts": self.facts, "findings": self.findings}
        return {**summary, "measurements": self.measurements, "limits": self.limits, "loaded": self.loaded}


def build_report() -> Report:
    """Collect the facts and, if an NVIDIA GPU is usable, measure the first one."""
    facts = gather_facts()
    report = Report(facts, tuple(diagnosis.find_problems(facts)))
    return add_measurements(report) if facts.cuda_build and report.ready else report


def add_measurements(report: Report) -> Report:
    """The report with measurements added, and the findings that follow from them."""
    import torch

    from interview_prep.gpu import measure

    facts, device = report.facts, torch.device("cuda", 0)
    first = facts.devices[0]
    sizes = measure.Sizes() if first.free > LARGE_MEMORY else measure.SMALL_MEMORY
    measurements = tuple(measure.run_measurements(device, sizes, first.capability))
    has_failed = any(measurement.failed for measurement in measurements)
    loaded = () if has_failed else measure.read_boards_under_load(device, sizes)
    limits = find_peaks(first)
    known = {finding.what for finding in report.findings}
    results = speeds.judge_measurements(measurements, limits, facts, loaded)
    new = [finding for finding in results if finding.what not in known]
    return Report(facts, (*report.findings, *new), measurements, limits, loaded)


def summarize_report(report: Report) -> str:
    """One line that says which GPU is ready; "" if none is."""
    facts = report.facts
    names = ", ".join(device.name for device in facts.devices) or "Apple's, device mps"
    versions = [f"torch {facts.torch}", *([f"CUDA {facts.cuda_build}"] if facts.cuda_build else [])]
    driver = [f"driver {facts.driver}"] if facts.driver else []
    return f"GPU ready: {names} ({', '.join(versions + driver)})." if report.ready else ""


def format_rows(report: Report) -> list[tuple[str, str, str, str]]:
    """A row for each measurement: its name, its value, the share of its limit, and what that means."""
    limits = report.limits
    return [
        (
            one.name,
            "" if one.skip_reason else f"{format_amount(one.value)} {one.unit}",
            f"{speeds.compute_share(one, limits):.0%} of {limits.limit_for(one.limit):.0f}"
            if speeds.compute_share(one, limits)
            else "",
            speeds.describe_speed(one, limits),
        )
        for one in report.measurements
    ]


def describe_basis(report: Report) -> str:
    """Where the limits come from and, of several GPUs, which one was measured."""
    first = f"Measured: GPU 0, {report.facts.devices[0].name}. " if len(report.facts.devices) > 1 else ""
    return f"{first}Limits: {report.limits.source}."


def format_amount(value: float) -> str:
    """Three significant digits, without an exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def format_findings(findings: Sequence[Finding]) -> list[str]:
    """A line for each finding: what it is, the evidence in parentheses, and the fix."""
    return [f"{finding.what} ({finding.evidence}). {finding.fix}" for finding in findings]


def format_lines(report: Report) -> list[str]:
    """The report as plain lines, for when there is no terminal or no rich."""
    table = [
        f"{name:<28} {value:>16} {share:>12}  {meaning}".rstrip() for name, value, share, meaning in format_rows(report)
    ]
    return [
        *filter(None, [summarize_report(report)]),
        *table,
        *([describe_basis(report)] if table else []),
        *format_findings(report.findings),
    ]
