"""The whole check: facts, what they mean, and where a GPU is usable its speed; as data, as rows and as plain lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from interview_prep.gpu import findings as diagnosis
from interview_prep.gpu import speeds
from interview_prep.gpu.facts import Facts, Finding, SmiGpu
from interview_prep.gpu.gather import gather_facts
from interview_prep.gpu.measurement import Measurement
from interview_prep.gpu.peaks import Peaks, find_peaks

VERSION = 2  # of the JSON document
PLENTY = 4e9  # bytes free: room for the large sizes


@dataclass(frozen=True)
class Report:
    """What `gpu-check` has to say."""

    facts: Facts
    findings: tuple[Finding, ...]
    measurements: tuple[Measurement, ...] = ()
    limits: Peaks = field(default_factory=lambda: Peaks("none"))
    loaded: tuple[SmiGpu, ...] = ()  # the boards while they worked

    @property
    def ready(self) -> bool:
        return not any(finding.blocking for finding in self.findings)

    def as_document(self) -> dict[str, object]:
        """For JSON."""
        about = {"version": VERSION, "ready": self.ready, "facts": self.facts, "findings": self.findings}
        return {**about, "measurements": self.measurements, "limits": self.limits, "loaded": self.loaded}


def build_report() -> Report:
    """Ask the machine and, where a GPU of CUDA is usable, measure the first one."""
    facts = gather_facts()
    found = tuple(diagnosis.find_problems(facts))
    report = Report(facts, found)
    return add_measurements(report) if facts.cuda_build and report.ready else report


def add_measurements(report: Report) -> Report:
    """The report with its measurements and what follows from them."""
    import torch

    from interview_prep.gpu import measure

    facts, device = report.facts, torch.device("cuda", 0)
    first = facts.devices[0]
    sizes = measure.Sizes() if first.free > PLENTY else measure.SMALL_MEMORY
    measurements = tuple(measure.run_measurements(device, sizes, first.capability))
    broken = any(measurement.failed for measurement in measurements)
    loaded = () if broken else measure.read_boards_under_load(device, sizes)
    limits = find_peaks(first)
    said = {finding.what for finding in report.findings}
    slow = [one for one in speeds.find_slow_results(measurements, limits, facts, loaded) if one.what not in said]
    return Report(facts, (*report.findings, *slow), measurements, limits, loaded)


def summarize_report(report: Report) -> str:
    """One line: what is ready; "" where nothing is."""
    facts = report.facts
    names = ", ".join(device.name for device in facts.devices) or "Apple's, device mps"
    versions = [f"torch {facts.torch}", *([f"CUDA {facts.cuda_build}"] if facts.cuda_build else [])]
    driver = [f"driver {facts.driver}"] if facts.driver else []
    return f"GPU ready: {names} ({', '.join(versions + driver)})." if report.ready else ""


def format_rows(report: Report) -> list[tuple[str, str, str, str]]:
    """A row a measurement: what, how much, how much of the limit, what it means."""
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
    """Where the limits come from, and which of several GPUs was measured."""
    first = f"Measured: GPU 0, {report.facts.devices[0].name}. " if len(report.facts.devices) > 1 else ""
    return f"{first}Limits: {report.limits.source}."


def format_amount(value: float) -> str:
    """Three digits that count, without an exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def format_findings(findings: Sequence[Finding]) -> list[str]:
    """A line a finding: what, in brackets what shows it, and the fix."""
    return [f"{finding.what} ({finding.evidence}). {finding.fix}" for finding in findings]


def format_lines(report: Report) -> list[str]:
    """The report for where there is no terminal, or no rich."""
    table = [f"{name:<28} {much:>16} {part:>12}  {words}".rstrip() for name, much, part, words in format_rows(report)]
    return [
        *filter(None, [summarize_report(report)]),
        *table,
        *([describe_basis(report)] if table else []),
        *format_findings(report.findings),
    ]
