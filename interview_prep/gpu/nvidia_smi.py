"""Read nvidia-smi's CSV: each GPU of the machine, and the programs that use it.

nvidia-smi comes with the driver. A container has it if the runtime passes the capability "utility", and then it lists
no program outside the container. Left out: what the values mean (health.py).
"""

import csv
import subprocess
from collections.abc import Sequence

from interview_prep.gpu.facts import GpuProcess, SmiGpu

MIB = 2**20
FIELDS = (
    "name", "uuid", "memory.total", "memory.free", "mig.mode.current", "utilization.gpu", "temperature.gpu",
    "power.limit", "power.default_limit", "ecc.errors.uncorrected.volatile.total",
    "clocks_throttle_reasons.active", "pcie.link.gen.current", "pcie.link.width.current",
)  # fmt: skip
# Newer drivers call the reasons clocks_event_reasons. That name is tried first, then the older one.
NEWER_FIELDS = tuple(field.replace("throttle_reasons", "event_reasons") for field in FIELDS)
# Printed in place of a GPU's name or memory. For other fields it only means that the hardware lacks them.
LOST = ("is lost", "Unknown Error", "ERR!", "fallen off")


def read_boards() -> tuple[tuple[SmiGpu, ...], str]:
    """The GPUs, or what nvidia-smi printed instead of its table; ((), "") if there is no nvidia-smi."""
    text, error = run_query("--query-gpu=", NEWER_FIELDS)
    if error and "not a valid field" in error:
        text, error = run_query("--query-gpu=", FIELDS)
    processes, _ = run_query("--query-compute-apps=", ("gpu_uuid", "pid", "process_name", "used_memory"))
    return (parse_boards(text, processes), "") if not error else ((), error)


def run_query(option: str, fields: Sequence[str]) -> tuple[str, str]:
    """nvidia-smi's CSV and no error, or "" and what it printed instead."""
    command = ["nvidia-smi", option + ",".join(fields), "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=10, check=False)
    except OSError:
        return "", ""
    except subprocess.TimeoutExpired:
        return "", "no answer within 10 s"
    message = (done.stdout + done.stderr).strip()
    return ("", message.partition("\n")[0] or f"exit {done.returncode}") if done.returncode else (done.stdout, "")


def parse_boards(gpu_csv: str, process_csv: str = "") -> tuple[SmiGpu, ...]:
    """The GPUs of the first CSV, which has the columns of FIELDS, each with its programs from the second CSV."""
    processes = [row for row in parse_rows(process_csv) if len(row) == 4]
    return tuple(parse_board(row, processes) for row in parse_rows(gpu_csv) if len(row) == len(FIELDS))


def parse_rows(text: str) -> list[list[str]]:
    """The CSV's cells without spaces and brackets: "[N/A]" becomes "N/A"."""
    return [[cell.strip().strip("[]") for cell in row] for row in csv.reader(text.splitlines()) if row]


def parse_board(row: Sequence[str], processes: Sequence[Sequence[str]]) -> SmiGpu:
    """The GPU on one line of the table."""
    name, uuid, total, free, mig, busy, heat, limit, default, errors, reasons, generation, lanes = row
    own_processes = tuple(
        GpuProcess(int(parse_number(pid) or 0), command, int(parse_number(used) or 0) * MIB)
        for gpu, pid, command, used in processes
        if gpu == uuid
    )
    return SmiGpu(
        name=name,
        uuid=uuid,
        memory=int(parse_number(total) or 0) * MIB,
        free=int(parse_number(free) or 0) * MIB,
        mig=mig == "Enabled",
        utilization=parse_integer(busy),
        temperature=parse_integer(heat),
        power_limit=parse_number(limit),
        default_power_limit=parse_number(default),
        uncorrected_errors=parse_integer(errors),
        clock_reasons=int(reasons, 16) if reasons.startswith("0x") else 0,
        link=f"{generation} x{lanes}" if parse_number(generation) and parse_number(lanes) else "",
        failure=next((cell for cell in row[:4] if any(word in cell for word in LOST)), ""),
        processes=own_processes,
    )


def parse_number(cell: str) -> float | None:
    """A cell's number, or None for words such as "N/A"."""
    try:
        return float(cell)
    except ValueError:
        return None


def parse_integer(cell: str) -> int | None:
    """A cell's whole number, or None for words such as "N/A"."""
    value = parse_number(cell)
    return None if value is None else int(value)
