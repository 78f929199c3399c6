"""From recorded facts to findings: what is said, and the mend."""

from dataclasses import replace

import pytest

from interview_prep.environment.gpu_check import Facts, findings

READY = Facts("2.13.0", "13.0", ("NVIDIA L4",), "NVRM version: 580.65", in_container=False, visible_devices=None)
NONE = replace(READY, devices=(), driver=None)


def test_a_usable_gpu_has_no_finding() -> None:
    """Nothing to mend."""
    assert findings(READY) == []


@pytest.mark.parametrize(
    ("facts", "what", "mend"),
    [
        (replace(NONE, torch="2.13.0+cpu", cuda_build=None), "CPU build", "docker compose up lab-cuda"),
        (replace(NONE, visible_devices=""), "hidden", "unset CUDA_VISIBLE_DEVICES"),
        (replace(NONE, visible_devices="-1"), "hidden", "unset CUDA_VISIBLE_DEVICES"),
        (replace(NONE, in_container=True), "No GPU in this container", "NVIDIA Container Toolkit"),
        (NONE, "No GPU here", "Install the NVIDIA driver"),
        (replace(READY, devices=()), "no GPU that torch can use", "CUDA 13.0"),
        (replace(READY, wrong_result=True), "wrong results", "another machine"),
    ],
)
def test_each_reason_has_its_own_mend(facts: Facts, what: str, mend: str) -> None:
    """One blocking finding that names the reason and what to do."""
    (finding,) = findings(facts)
    assert finding.blocking
    assert what in finding.what
    assert mend in finding.mend
