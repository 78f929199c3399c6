"""What nvidia-smi says of each board, read from its CSV. It comes with the driver; where it is missing, so is this.

In a container it is there when the runtime passes the capability "utility", and it names no process outside.
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
# Newer drivers call the reasons clocks_event_reasons and are expected to know the old name; both are tried.
RENAMED = tuple(field.replace("throttle_reasons", "event_reasons") for field in FIELDS)
# In place of a name or of memory; laptops say the same of a fan or a power limit that they lack.
LOST = ("is lost", "Unknown Error", "ERR!", "fallen off")


def read_boards() -> tuple[tuple[SmiGpu, ...], str]:
    """The boards, and what nvidia-smi said where it gave no table; ((), "") where there is no nvidia-smi."""
    text, error = run_query("--query-gpu=", RENAMED)
    if error and "not a valid field" in error:
        text, error = run_query("--query-gpu=", FIELDS)
    holders, _ = run_query("--query-compute-apps=", ("gpu_uuid", "pid", "process_name", "used_memory"))
    return (parse_boards(text, holders), "") if not error else ((), error)


def run_query(option: str, fields: Sequence[str]) -> tuple[str, str]:
    """nvidia-smi's CSV and "", or "" and what it said instead."""
    command = ["nvidia-smi", option + ",".join(fields), "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=10, check=False)
    except OSError:
        return "", ""
    except subprocess.TimeoutExpired:
        return "", "no answer within 10 s"
    said = (done.stdout + done.stderr).strip()
    return ("", said.partition("\n")[0] or f"exit {done.returncode}") if done.returncode else (done.stdout, "")


def parse_boards(text: str, holders: str = "") -> tuple[SmiGpu, ...]:
    """Boards from the CSV of FIELDS, with the processes of the second CSV at each."""
    processes = [row for row in parse_rows(holders) if len(row) == 4]
    return tuple(parse_board(row, processes) for row in parse_rows(text) if len(row) == len(FIELDS))


def parse_rows(text: str) -> list[list[str]]:
    """The CSV's cells without their spaces and brackets: "[N/A]" is "N/A"."""
    return [[cell.strip().strip("[]") for cell in row] for row in csv.reader(text.splitlines()) if row]


def parse_board(row: Sequence[str], processes: Sequence[Sequence[str]]) -> SmiGpu:
    """One line of the table."""
    name, uuid, total, free, mig, busy, heat, limit, default, errors, reasons, generation, lanes = row
    mine = tuple(
        GpuProcess(int(parse_number(pid) or 0), command, int(parse_number(used) or 0) * MIB)
        for at, pid, command, used in processes
        if at == uuid
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
        processes=mine,
    )


def parse_number(cell: str) -> float | None:
    """A cell's number, or None where it says why there is none."""
    try:
        return float(cell)
    except ValueError:
        return None


def parse_integer(cell: str) -> int | None:
    """The same as a whole number."""
    value = parse_number(cell)
    return None if value is None else int(value)
