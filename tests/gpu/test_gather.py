"""Facts from what a machine says: nvidia-smi's tables, the driver library, the kernel's files.

The tables follow nvidia-smi's documented format; they were not recorded, as there was no GPU.
"""

import ctypes
import platform
import subprocess
from pathlib import Path

import pytest

from interview_prep.gpu import gather, nvidia_smi
from interview_prep.gpu.facts import Facts, GpuProcess

TABLE = (
    "NVIDIA A100-SXM4-40GB, GPU-aa, 40960, 40000, Disabled, 3, 41, 400.00, 400.00, 0, 0x0000000000000004, 4, 16\n"
    "Tesla T4, GPU-bb, 15360, 100, [N/A], [N/A], 90, [Unknown Error], 70.00, [N/A], 0x0000000000000020, [N/A], [N/A]\n"
    "NVIDIA L4, GPU-cc, [GPU is lost], [GPU is lost], [GPU is lost], 0, 0, 0, 0, 0, [GPU is lost], 0, 0\n"
)
PROCESSES = "GPU-bb, 4242, /usr/bin/python, 15000\nGPU-bb, 7, [Not Found], [N/A]\n"


def test_gpu_is_read_from_its_line() -> None:
    """In bytes, watts and percent."""
    board = nvidia_smi.parse_boards(TABLE)[0]
    assert (board.name, board.uuid, board.memory, board.free) == (
        "NVIDIA A100-SXM4-40GB",
        "GPU-aa",
        40 * 2**30,
        40000 * 2**20,
    )
    assert (board.mig, board.utilization, board.temperature, board.power_limit) == (False, 3, 41, 400.0)
    assert (board.uncorrected_errors, board.clock_reasons, board.link, board.failure) == (0, 4, "4 x16", "")


def test_missing_values_are_none() -> None:
    """A T4 has no MIG, and [N/A] doesn't mean 0 errors."""
    board = nvidia_smi.parse_boards(TABLE)[1]
    assert (board.mig, board.utilization, board.power_limit, board.uncorrected_errors) == (False, None, None, None)
    assert (board.clock_reasons, board.link, board.failure) == (0x20, "", "")


def test_lost_gpu_has_its_failure() -> None:
    """nvidia-smi prints words where numbers belong."""
    board = nvidia_smi.parse_boards(TABLE)[2]
    assert (board.failure, board.memory) == ("GPU is lost", 0)


def test_processes_belong_to_their_gpu() -> None:
    """Even if the driver knows neither a process's name nor its memory."""
    boards = nvidia_smi.parse_boards(TABLE, PROCESSES)
    expected = (GpuProcess(4242, "/usr/bin/python", 15000 * 2**20), GpuProcess(7, "Not Found", 0))
    assert [board.processes for board in boards] == [(), expected, ()]


def install_nvidia_smi(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an nvidia-smi on PATH that is this shell script."""
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_missing_nvidia_smi_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU can be used without it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert nvidia_smi.read_boards() == ((), "")


def test_first_line_of_nvidia_smi_error_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever stream it was printed to."""
    install_nvidia_smi(
        tmp_path, "echo 'Failed to initialize NVML: Driver/library version mismatch'; echo more; exit 18", monkeypatch
    )
    assert nvidia_smi.read_boards() == ((), "Failed to initialize NVML: Driver/library version mismatch")


def test_older_nvidia_smi_is_asked_for_older_fields(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reasons for lowered clocks were renamed."""
    refusal = "echo 'Field \"clocks_event_reasons.active\" is not a valid field to query.'; exit 2"
    table = f"cat <<'END'\n{TABLE}END"
    install_nvidia_smi(
        tmp_path, f'case "$1" in *event_reasons*) {refusal} ;; *compute-apps*) ;; *)\n{table}\n;; esac', monkeypatch
    )
    boards, error = nvidia_smi.read_boards()
    assert (len(boards), error) == (3, "")


def test_hanging_nvidia_smi_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost GPU can block it for minutes."""

    def time_out(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("nvidia-smi", 10)

    monkeypatch.setattr(subprocess, "run", time_out)
    assert nvidia_smi.read_boards() == ((), "no answer within 10 s")


LIBRARY = """
int cuDriverGetVersion(int *version) { *version = 12020; return 0; }
int cuInit(unsigned flags) { return CODE; }
int cuGetErrorName(int code, const char **name) { *name = "CUDA_ERROR_NO_DEVICE"; return code != 100; }
"""


@pytest.mark.parametrize(("code", "error"), [(0, ""), (100, "CUDA_ERROR_NO_DEVICE"), (7, "error 7")])
def test_driver_library_says_version_and_error(
    code: int, error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a library with the driver's three functions: the CUDA that it supports, and what cuInit returns."""
    source, library = tmp_path / "cuda.c", tmp_path / "libcuda.so.1"
    source.write_text(LIBRARY.replace("CODE", str(code)))
    try:
        subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    except FileNotFoundError:
        pytest.skip("no C compiler here")
    load = ctypes.CDLL
    monkeypatch.setattr(ctypes, "CDLL", lambda _: load(str(library)))
    facts = gather.ask_driver(Facts("2.13.0"))
    assert (facts.driver_library, facts.cuda_driver, facts.cuda_error) == (True, (12, 2), error)


def test_missing_driver_library_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not an error to have no libcuda."""

    def fail_to_load(_: str) -> None:
        raise OSError("libcuda.so.1: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", fail_to_load)
    assert gather.ask_driver(Facts("2.13.0")) == Facts("2.13.0")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 07:18:44 UTC 2026\n", "580.65.06"),
        ("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.158.01  Release Build\n", "570.158.01"),
        ("", None),
    ],
)
def test_kernel_driver_version_is_read(
    text: str, version: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the proprietary kernel module and from the open one."""
    (tmp_path / "version").write_text(text)
    monkeypatch.setattr(gather, "KERNEL_DRIVER", tmp_path / "version")
    assert gather.ask_machine(Facts("2.13.0")).driver == version


@pytest.mark.parametrize(
    ("machine", "kernel", "processor", "apple"),
    [
        ("aarch64", "6.10.14-linuxkit", "", True),
        ("aarch64", "6.8.0-64-generic", "CPU implementer\t: 0x61\n", True),
        ("aarch64", "6.8.0-64-generic", "CPU implementer\t: 0x41\n", False),
        ("x86_64", "6.10.14-linuxkit", "", False),
    ],
)
def test_apple_silicon_is_recognized_in_a_container(
    machine: str, kernel: str, processor: str, apple: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By Docker Desktop's kernel or the processor's manufacturer. Graviton and Intel Macs are not Apple silicon."""
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "release", lambda: kernel)
    monkeypatch.setattr(gather, "read_text", lambda path: processor if path.name == "cpuinfo" else "")
    assert gather.ask_machine(Facts("2.13.0")).apple is apple


def test_wsl_is_recognized_by_its_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name says microsoft."""
    monkeypatch.setattr(platform, "release", lambda: "5.15.167.4-microsoft-standard-WSL2")
    assert gather.ask_machine(Facts("2.13.0")).wsl


@pytest.mark.parametrize(
    ("file", "variable", "inside"),
    [
        ("", "", False),
        ("/.dockerenv", "", True),
        ("/run/.containerenv", "", True),
        ("", "PREP_CONTAINER", True),
        ("", "KUBERNETES_SERVICE_HOST", True),
    ],
)
def test_container_is_recognized_by_its_marks(
    file: str, variable: str, inside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of Docker, Podman, the kit's own images and Kubernetes."""
    for name in ("PREP_CONTAINER", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, "1")
    monkeypatch.setattr(Path, "exists", lambda path: str(path) == file)
    assert gather.in_any_container() is inside
