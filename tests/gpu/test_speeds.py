"""Limits agree with the hardware's clocks, and each low, wrong or failed measurement gets its finding."""

from dataclasses import replace

import pytest

from interview_prep.gpu import peaks, speeds
from interview_prep.gpu.facts import Facts, Finding, GpuProcess, Measurement, SmiGpu, TorchGpu

# torch's name, compute capability, multiprocessors, the sheet's boost clock in GHz, memory clock in GHz, bus in bits.
SPECIFICATIONS = [
    ("Tesla T4", (7, 5), 40, 1.59, 5.001, 256),
    ("Tesla V100-SXM2-16GB", (7, 0), 80, 1.53, 0.877, 4096),
    ("Tesla V100-PCIE-32GB", (7, 0), 80, 1.38, 0.877, 4096),
    ("NVIDIA A10", (8, 6), 72, 1.695, 6.251, 384),
    ("NVIDIA A100-SXM4-40GB", (8, 0), 108, 1.41, 1.215, 5120),
    ("NVIDIA A100-SXM4-80GB", (8, 0), 108, 1.41, 1.593, 5120),
    ("NVIDIA A100 80GB PCIe", (8, 0), 108, 1.41, 1.512, 5120),
    ("NVIDIA L4", (8, 9), 58, 2.04, 6.251, 192),
    ("NVIDIA L40S", (8, 9), 142, 2.52, 9.001, 384),
    ("NVIDIA H100 PCIe", (9, 0), 114, 1.62, 1.593, 5120),
    ("NVIDIA H100 80GB HBM3", (9, 0), 132, 1.83, 2.619, 5120),
    ("NVIDIA H200", (9, 0), 132, 1.83, 3.201, 6144),
    ("NVIDIA B200", (10, 0), 148, 1.86, 3.996, 8192),
    ("NVIDIA GeForce RTX 2080", (7, 5), 46, 1.8, 7.001, 256),
    ("NVIDIA GeForce RTX 2080 Ti", (7, 5), 68, 1.635, 7.001, 352),
    ("NVIDIA GeForce RTX 3070", (8, 6), 46, 1.725, 7.001, 256),
    ("NVIDIA GeForce RTX 3080", (8, 6), 68, 1.71, 9.501, 320),
    ("NVIDIA GeForce RTX 3090", (8, 6), 82, 1.695, 9.751, 384),
    ("NVIDIA GeForce RTX 4080", (8, 9), 76, 2.505, 11.201, 256),
    ("NVIDIA GeForce RTX 4090", (8, 9), 128, 2.52, 10.501, 384),
    ("NVIDIA GeForce RTX 5080", (12, 0), 84, 2.617, 15.001, 256),
    ("NVIDIA GeForce RTX 5090", (12, 0), 170, 2.407, 14.001, 512),
]
GPUS = [
    TorchGpu(n, c, 1, 1, m, clock=g * 1e9, memory_clock=w * 1e9, memory_bus=b) for n, c, m, g, w, b in SPECIFICATIONS
]
L4 = GPUS[7]
SHEET = peaks.find_peaks(L4)
FACTS = Facts("2.13.0+cu130", cuda_build="13.0", devices=(L4,))


@pytest.mark.parametrize("device", GPUS, ids=lambda device: device.name)
def test_data_sheets_agree_with_computed_limits(device: TorchGpu) -> None:
    """A figure from the wrong column, a sparse rate or another card's would be off by half or more."""
    sheet, limit = peaks.find_peaks(device), peaks.compute_peaks(device)
    assert not sheet.computed
    for name, rate in {**sheet.rates, "bandwidth": sheet.bandwidth}.items():
        assert rate == pytest.approx(limit.limit_for(name), rel=0.1), name


def test_every_data_sheet_is_used_and_names_its_source() -> None:
    """No pattern is there that matches no GPU."""
    assert {peaks.find_peaks(device).source for device in GPUS} == {sheet.source for sheet in peaks.SHEETS.values()}
    assert len(peaks.SHEETS) <= len(GPUS)
    assert all("data sheet" in sheet.source or "whitepaper" in sheet.source for sheet in peaks.SHEETS.values())


@pytest.mark.parametrize("name", ["NVIDIA H100 NVL", "NVIDIA GeForce RTX 4090 Laptop GPU", "NVIDIA L40"])
def test_similar_name_gets_computed_limits(name: str) -> None:
    """Another card has another speed."""
    assert peaks.find_peaks(replace(L4, name=name)).computed


def test_slice_is_compared_with_its_own_multiprocessors() -> None:
    """Not with the whole card's data sheet."""
    part = replace(GPUS[4], name="NVIDIA A100-SXM4-40GB MIG 1g.5gb", multiprocessors=14)
    assert peaks.find_peaks(part).limit_for("bf16") == pytest.approx(312 * 14 / 108, rel=0.01)


def test_unknown_architecture_has_no_limit() -> None:
    """No limit is better than a guess."""
    limit = peaks.find_peaks(TorchGpu("NVIDIA Next", (19, 0), 1, 1, 100, clock=2e9))
    assert (limit.computed, limit.limit_for("bf16"), limit.limit_for("bandwidth")) == (True, 0, 0)


def make_low_measurement(value: float = 126.0, limit: str = "bandwidth", name: str = "memory bandwidth") -> Measurement:
    """By default 42 % of an L4's 300 GB/s."""
    return Measurement(name, value, "GB/s", limit, error=0.0)


def judge_low_measurement(
    facts: Facts = FACTS, loaded: tuple[SmiGpu, ...] = (), sheet: peaks.Peaks = SHEET
) -> list[Finding]:
    return list(speeds.judge_measurements([make_low_measurement()], sheet, facts, loaded))


def make_board(**changes: object) -> SmiGpu:
    return replace(SmiGpu("NVIDIA L4", "GPU-aa", 1, 1, temperature=60), **changes)  # type: ignore[arg-type] # named by the tests


BUSY = replace(FACTS, boards=(make_board(utilization=97),))
HELD = replace(FACTS, boards=(make_board(processes=(GpuProcess(1, "python", 1),)),))
SLICE = replace(FACTS, devices=(replace(L4, name="NVIDIA A100 MIG 1g.5gb"),))


@pytest.mark.parametrize(
    ("facts", "loaded", "evidence", "fix"),
    [
        (BUSY, (), "another process is using the GPU", "`nvidia-smi` names it"),
        (HELD, (), "another process is using the GPU", "when it has finished"),
        (FACTS, (make_board(clock_reasons=0x20),), "clocks are lowered", "Fix that first"),
        (FACTS, (make_board(clock_reasons=0x02),), "set low on purpose", "--reset-applications-clocks"),
        (FACTS, (make_board(clock_reasons=0x04),), "power limit", "Raise the limit"),
        (SLICE, (), "slice", "its share"),
        (FACTS, (), "no cause shows", "-q -d CLOCK"),
    ],
)
def test_low_measurement_has_its_reason(facts: Facts, loaded: tuple[SmiGpu, ...], evidence: str, fix: str) -> None:
    """The share of the limit, and the first cause that there is evidence for, or that there is none."""
    finding = judge_low_measurement(facts, loaded)[-1]
    assert finding.what == "memory bandwidth is low: 42% of the data sheet"
    assert not finding.blocking
    assert evidence in finding.evidence
    assert fix in finding.fix


def test_computed_limit_is_less_strict() -> None:
    """It assumes a clock that few GPUs hold."""
    limit = replace(SHEET, computed=True)
    assert speeds.describe_speed(make_low_measurement(200), limit) == "as it should be"
    assert speeds.describe_speed(make_low_measurement(200), SHEET) == "low"
    assert "highest clock" in judge_low_measurement(sheet=limit)[0].evidence


def test_heat_under_load_is_reported_even_at_full_speed() -> None:
    """It doesn't show while the GPU is idle."""
    (finding,) = speeds.judge_measurements(
        [make_low_measurement(270)], SHEET, FACTS, (make_board(clock_reasons=0x40, temperature=95),)
    )
    assert (finding.what, finding.evidence) == ("The GPU is slowed down by heat", "NVIDIA L4: 95 °C")


def test_wrong_result_blocks_at_any_speed() -> None:
    """Being fast doesn't help."""
    wrong = Measurement("matrix product, bf16", 120, "TFLOP/s", "bf16", error=0.5, tolerance=0.03)
    (finding,) = speeds.judge_measurements([wrong], SHEET, FACTS, ())
    assert (finding.what, finding.blocking) == ("The GPU computes wrong results", True)
    assert "matrix product, bf16: off by 5.0e-01" in finding.evidence
    assert "another machine" in finding.fix
    assert speeds.describe_speed(wrong, SHEET) == "wrong result"


def test_failed_measurement_blocks() -> None:
    """The finding has the device's error."""
    failed = Measurement("launch", skip_reason="CUDA error: an illegal memory access", failed=True)
    (finding,) = speeds.judge_measurements([failed], SHEET, FACTS, ())
    assert finding.blocking
    assert "illegal memory access" in finding.evidence
    assert "CUDA_LAUNCH_BLOCKING=1" in finding.fix


def test_slow_link_is_reported() -> None:
    """With the PCIe lanes that were in use under load."""
    way = Measurement("host to device, pinned", 3.1, "GB/s", error=0.0)
    (finding,) = speeds.judge_measurements([way], SHEET, FACTS, (make_board(link="3 x4"),))
    assert "3.1 GB/s, PCIe 3 x4" in finding.evidence
    assert "16 lanes" in finding.fix


@pytest.mark.parametrize(
    ("said", "fix"),
    [("RuntimeError: Failed to find C compiler", "apt install gcc"), ("ImportError: triton", "Do without")],
)
def test_missing_compilation_does_not_block(said: str, fix: str) -> None:
    """Code runs without torch.compile, too."""
    (finding,) = speeds.judge_measurements(
        [Measurement("torch.compile", skip_reason=f"does not work: {said}")], SHEET, FACTS, ()
    )
    assert not finding.blocking
    assert fix in finding.fix
