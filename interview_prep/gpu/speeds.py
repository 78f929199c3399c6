"""Judge measurements: as they should be, or low and why, or wrong, which blocks whatever the speed.

On a healthy GPU a large product in 16 bits reaches about 75 % of the data sheet's dense rate, and a copy 80 % of the
bandwidth. A computed limit assumes the highest clock, so less is expected of it. These shares are rules of thumb; this
kit has not measured them.
"""

from collections.abc import Iterator, Sequence

from interview_prep.gpu import health
from interview_prep.gpu.facts import Facts, Finding, Measurement, SmiGpu
from interview_prep.gpu.peaks import Peaks

EXPECTED_SHARES = {"bandwidth": 0.8, "bf16": 0.75, "fp16": 0.75, "tf32": 0.6, "fp32": 0.6, "fp8": 0.5}
COMPUTED_FACTOR = 0.8  # a computed limit is expected to be reached less closely than a data sheet's
SLOW_LINK = 5.0  # GB/s, pinned: fewer than 8 lanes of PCIe 3
POWER_CAP, CLOCK_SETTING = 0x04, 0x02  # NVML's reasons for lower clocks


def judge_measurements(
    measurements: Sequence[Measurement], peaks: Peaks, facts: Facts, loaded: Sequence[SmiGpu]
) -> Iterator[Finding]:
    """Wrong results and failures first, then throttling under load, then what is slow and why."""
    yield from find_wrong_results(measurements)
    for board in loaded:
        yield from health.find_throttling(board)
    for measured in measurements:
        if is_low(measured, peaks) and measured.limit in ("bandwidth", "bf16" if peaks.limit_for("bf16") else "fp16"):
            what = f"{measured.name} is low: {compute_share(measured, peaks):.0%} of {describe_limit(peaks)}"
            yield Finding(what, *explain_slow(facts, loaded, peaks), blocking=False)
        if measured.name == "host to device, pinned" and 0 < measured.value < SLOW_LINK:
            link = next((f"PCIe {board.link}" for board in loaded if board.link), "PCIe lanes unknown")
            fix = "Put the card into a slot with 16 lanes. Until then, keep data on the device."
            evidence = f"{measured.value:.1f} GB/s, {link}"
            yield Finding("Transfers from host to device are slow", evidence, fix, blocking=False)
    yield from find_compile_problem(measurements)


def find_wrong_results(measurements: Sequence[Measurement]) -> Iterator[Finding]:
    """Results that are wrong, and measurements that failed: both block."""
    names = [measured.name for measured in measurements if measured.is_wrong]
    if names:
        first = next(measured for measured in measurements if measured.is_wrong)
        evidence = f"{', '.join(names)}: off by {first.error:.1e}; rounding explains only {first.tolerance:.0e}"
        fix = "Don't trust this GPU. Reboot, and if it happens again, use another machine."
        yield Finding("The GPU computes wrong results", evidence, fix, blocking=True)
    failed = next((measured for measured in measurements if measured.failed), None)
    if failed:
        fix = "Run `sudo dmesg | grep -i -e nvrm -e xid`, and this check again with CUDA_LAUNCH_BLOCKING=1."
        yield Finding("The GPU fails under load", f"{failed.name}: {failed.skip_reason}", fix, blocking=True)


def find_compile_problem(measurements: Sequence[Measurement]) -> Iterator[Finding]:
    """torch.compile doesn't work. That never blocks: without it, code runs as it is written."""
    for measured in measurements:
        if measured.skip_reason.startswith("does not work"):
            needs_compiler = "compiler" in measured.skip_reason.lower()
            fix = "`apt install gcc`, or do without: code also runs uncompiled." if needs_compiler else "Do without it."
            yield Finding("torch.compile does not work here", measured.skip_reason, fix, blocking=False)


def compute_share(measured: Measurement, peaks: Peaks) -> float:
    """The measured share of the limit; 0 if there is no limit or no value."""
    limit = peaks.limit_for(measured.limit)
    return measured.value / limit if limit else 0.0


def is_low(measured: Measurement, peaks: Peaks) -> bool:
    """Whether the share is below what a healthy GPU reaches."""
    expected = EXPECTED_SHARES.get(measured.limit, 0.0) * (COMPUTED_FACTOR if peaks.computed else 1.0)
    return 0 < compute_share(measured, peaks) < expected


def describe_speed(measured: Measurement, peaks: Peaks) -> str:
    """What a figure means, in a word or two; "" if there is nothing to compare it with."""
    if measured.skip_reason:
        return "failed" if measured.failed else measured.skip_reason.partition(":")[0]
    if measured.is_wrong:
        return "wrong result"
    if compute_share(measured, peaks):
        return "low" if is_low(measured, peaks) else "as it should be"
    return ""


def describe_limit(peaks: Peaks) -> str:
    return "the computed limit" if peaks.computed else "the data sheet"


def explain_slow(facts: Facts, loaded: Sequence[SmiGpu], peaks: Peaks) -> tuple[str, str]:
    """Evidence and fix of the first cause that there is evidence for. Without any, it says so and doesn't guess."""
    reasons = 0
    for board in loaded:
        reasons |= board.clock_reasons
    if reasons & (health.HEAT | health.SLOWDOWN | health.POWER_BRAKE):
        return "its clocks are lowered, see above", "Fix that first, then run this again."
    if any(board.processes or (board.utilization or 0) > 10 for board in facts.boards):
        return "another process is using the GPU", "`nvidia-smi` names it. Run this again when it has finished."
    if any("MIG" in device.name for device in facts.devices):
        return "this is a slice of the GPU", "Nothing to fix: a slice has only its share of the speed."
    if reasons & CLOCK_SETTING:
        return "its clocks are set low on purpose", "`sudo nvidia-smi --reset-applications-clocks`."
    if reasons & POWER_CAP:
        return "its power limit lowers the clocks", "Normal for large products. Raise the limit if the card allows it."
    if peaks.computed:
        return "the limit assumes the highest clock", "Compare with its data sheet, which is not in this kit's table."
    return "no cause shows", "Run this again. If it stays low, look at `nvidia-smi -q -d CLOCK,PERFORMANCE` under load."
