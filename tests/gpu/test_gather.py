"""Facts from what a machine answers: nvidia-smi's tables, the driver library, the kernel's files, torch's files.

The tables are written after nvidia-smi's documented form, not recorded: no GPU was at hand.
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
HOLDERS = "GPU-bb, 4242, /usr/bin/python, 15000\nGPU-bb, 7, [Not Found], [N/A]\n"


def test_a_board_is_read_from_its_line() -> None:
    """Numbers in bytes, watts and percent."""
    board = nvidia_smi.parse_boards(TABLE)[0]
    assert (board.name, board.uuid, board.memory, board.free) == (
        "NVIDIA A100-SXM4-40GB",
        "GPU-aa",
        40 * 2**30,
        40000 * 2**20,
    )
    assert (board.mig, board.utilization, board.temperature, board.power_limit) == (False, 3, 41, 400.0)
    assert (board.uncorrected_errors, board.clock_reasons, board.link, board.failure) == (0, 4, "4 x16", "")


def test_what_a_board_does_not_say_is_none() -> None:
    """A T4 has no MIG; [N/A] is not 0 errors."""
    board = nvidia_smi.parse_boards(TABLE)[1]
    assert (board.mig, board.utilization, board.power_limit, board.uncorrected_errors) == (False, None, None, None)
    assert (board.clock_reasons, board.link, board.failure) == (0x20, "", "")


def test_a_lost_board_says_so() -> None:
    """It answers with words where numbers belong."""
    board = nvidia_smi.parse_boards(TABLE)[2]
    assert (board.failure, board.memory) == ("GPU is lost", 0)


def test_each_process_is_at_its_board() -> None:
    """Also where its name and memory are unknown to the driver."""
    boards = nvidia_smi.parse_boards(TABLE, HOLDERS)
    expected = (GpuProcess(4242, "/usr/bin/python", 15000 * 2**20), GpuProcess(7, "Not Found", 0))
    assert [board.processes for board in boards] == [(), expected, ()]


def smi(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an nvidia-smi on PATH."""
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_without_nvidia_smi_there_are_no_boards_and_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not needed to use a GPU."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert nvidia_smi.read_boards() == ((), "")


def test_what_nvidia_smi_says_instead_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first line, whichever stream it went to."""
    smi(tmp_path, "echo 'Failed to initialize NVML: Driver/library version mismatch'; echo more; exit 18", monkeypatch)
    assert nvidia_smi.read_boards() == ((), "Failed to initialize NVML: Driver/library version mismatch")


def test_an_older_nvidia_smi_is_asked_by_older_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reasons for low clocks were renamed."""
    refusal = "echo 'Field \"clocks_event_reasons.active\" is not a valid field to query.'; exit 2"
    table = f"cat <<'END'\n{TABLE}END"
    smi(tmp_path, f'case "$1" in *event_reasons*) {refusal} ;; *compute-apps*) ;; *)\n{table}\n;; esac', monkeypatch)
    boards, error = nvidia_smi.read_boards()
    assert (len(boards), error) == (3, "")


def test_a_silent_nvidia_smi_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU that is lost can hold it for minutes."""

    def hangs(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("nvidia-smi", 10)

    monkeypatch.setattr(subprocess, "run", hangs)
    assert nvidia_smi.read_boards() == ((), "no answer within 10 s")


LIBRARY = """
int cuDriverGetVersion(int *version) { *version = 12020; return 0; }
int cuInit(unsigned flags) { return CODE; }
int cuGetErrorName(int code, const char **name) { *name = "CUDA_ERROR_NO_DEVICE"; return code != 100; }
"""


@pytest.mark.parametrize(("code", "error"), [(0, ""), (100, "CUDA_ERROR_NO_DEVICE"), (7, "error 7")])
def test_the_driver_library_is_asked(code: int, error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library with the driver's three functions: which CUDA it serves and what cuInit answers."""
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


def test_without_the_driver_library_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """No libcuda is no error."""

    def missing(_: str) -> None:
        raise OSError("libcuda.so.1: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert gather.ask_driver(Facts("2.13.0")) == Facts("2.13.0")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 07:18:44 UTC 2026\n", "580.65.06"),
        ("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.158.01  Release Build\n", "570.158.01"),
        ("", None),
    ],
)
def test_the_kernel_driver_names_its_version(
    text: str, version: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The closed module and the open one."""
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
def test_apple_silicon_is_known_from_inside_a_container(
    machine: str, kernel: str, processor: str, apple: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By Docker Desktop's kernel or by the maker of the processor; Graviton and Intel Macs are not."""
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "release", lambda: kernel)
    monkeypatch.setattr(gather, "read_text", lambda path: processor if path.name == "cpuinfo" else "")
    assert gather.ask_machine(Facts("2.13.0")).apple is apple


def test_wsl_is_known_by_its_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Microsoft signs it."""
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
def test_a_container_is_known_by_its_marks(
    file: str, variable: str, inside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Docker's, Podman's, the kit's own images' and Kubernetes'."""
    for name in ("PREP_CONTAINER", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, "1")
    monkeypatch.setattr(Path, "exists", lambda path: str(path) == file)
    assert gather.in_any_container() is inside
