"""From recorded facts to findings: each problem of a GPU that torch can use, and its fix."""

from dataclasses import replace

import pytest

from interview_prep.gpu.diagnosis import find_problems
from interview_prep.gpu.facts import Facts, GpuProcess, TorchGpu
from tests.support.gpu_facts import BOARD, GIB, L4, READY, WHEEL

T4 = TorchGpu("Tesla T4", (7, 5), 15 * GIB, 14 * GIB, 40, uuid="bb", clock=1.59e9)
SLICE = replace(L4, name="NVIDIA A100-SXM4-40GB MIG 1g.5gb")


def with_board(**changes: object) -> Facts:
    return replace(READY, boards=(replace(BOARD, **changes),))  # type: ignore[arg-type] # named by the tests


def with_free_memory(gigabytes: float, **others: object) -> Facts:
    """Facts about a GPU with this much free memory."""
    return replace(READY, devices=(replace(L4, free=int(gigabytes * 1e9)),), **others)  # type: ignore[arg-type] # as above


IN_USE = (replace(BOARD, processes=(GpuProcess(4242, "python", 20 * 10**9), GpuProcess(7, "Xorg", 10**8))),)


@pytest.mark.parametrize(
    ("facts", "blocking", "what", "evidence", "fix"),
    [
        (
            with_free_memory(0.5, boards=IN_USE),
            True,
            "memory is in use",
            "python (PID 4242, 20.0 GB), Xorg",
            "kill PID",
        ),
        (with_free_memory(0.5), True, "memory is in use", "0.5 of 24.7 GB", "on the host"),
        (with_free_memory(8), False, "memory is in use", "8.0 of 24.7 GB", "on the host"),
        (
            replace(READY, smi_error="no answer within 10 s"),
            False,
            "nvidia-smi does not",
            "within 10 s",
            "`nvidia-smi`",
        ),
        (with_board(failure="GPU is lost"), True, "lost or reports an error", "is lost", "sudo reboot"),
        (with_board(uncorrected_errors=3), True, "has had errors", "3 uncorrectable", "nvidia-smi --gpu-reset"),
        (with_board(clock_reasons=0x20, temperature=91), False, "slowed down by heat", "91 °C", "fans"),
        (with_board(clock_reasons=0x48, temperature=99), False, "slowed down by heat", "99 °C", "fans"),
        (with_board(clock_reasons=0x80), False, "its power supply", "45 °C", "power cables"),
        (with_board(power_limit=40), False, "power limit is set low", "40 of 72 W", "--power-limit=72"),
        (with_board(mig=True), False, "slice of a GPU", "58 multiprocessors", "one per process"),
        (replace(READY, boards=(), devices=(SLICE,)), False, "slice of a GPU", "1g.5gb", "nvidia-smi -mig 0"),
        (
            replace(READY, boards=(BOARD, BOARD), visible_devices="0"),
            False,
            "Some GPUs are hidden",
            "1 of 2",
            "unset CUDA_VISIBLE_DEVICES",
        ),
        (
            replace(READY, devices=(T4, L4)),
            False,
            "different",
            "0: Tesla T4, 1: NVIDIA L4",
            "CUDA_VISIBLE_DEVICES=GPU-aa",
        ),
        (
            replace(READY, devices=(replace(T4, capability=(7, 0)),)),
            True,
            "no code for GPU 0",
            "sm_70; the wheel has sm_75",
            "whl/cu126",
        ),
        (
            replace(READY, devices=(replace(L4, capability=(13, 0)),), architectures=WHEEL),
            True,
            "no code",
            "sm_130",
            "--upgrade torch",
        ),
        (Facts("2.13.0", system="Darwin", apple=True), False, "Apple's GPU", "mps", "only CUDA GPUs"),
        (Facts("2.13.0+rocm7", hip_build="7.0", devices=(L4,)), False, "AMD GPU", "7.0", "only CUDA GPUs"),
    ],
)
def test_each_problem_has_its_own_fix(facts: Facts, blocking: bool, what: str, evidence: str, fix: str) -> None:
    """One finding about a GPU that torch can use; it blocks only if work would fail or be wrong."""
    (finding,) = find_problems(facts)
    assert finding.blocking is blocking
    assert what in finding.what
    assert evidence in finding.evidence
    assert fix in finding.fix


def test_normal_values_are_no_finding() -> None:
    """Idle clocks, a power cap under load, the factory power limit, no ECC errors: nothing to fix."""
    assert find_problems(with_board(clock_reasons=0x1 | 0x4, uncorrected_errors=0)) == []


def test_blocking_findings_come_first() -> None:
    """People fix from the top."""
    blocking = [finding.blocking for finding in find_problems(with_board(clock_reasons=0x20, uncorrected_errors=1))]
    assert blocking == [True, False]
