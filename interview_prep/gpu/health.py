"""Warnings about GPUs that torch can use: memory full, throttling, ECC errors, MIG, hidden or different GPUs.

They describe the moment when nvidia-smi and torch were asked. Problems that show only under load are found by asking
again while the GPU works (measure.read_boards_under_load).
"""

from collections.abc import Iterator

from interview_prep.gpu.facts import Facts, Finding, SmiGpu, TorchGpu

GB = 1e9
ENOUGH_MEMORY = 2 * GB  # for a CUDA context, its libraries' workspaces and a small model
# NVML's reasons for lower clocks (nvml.h, nvmlClocksEventReason...), without idleness and limits set on purpose.
HEAT, POWER_BRAKE, SLOWDOWN = 0x20 | 0x40, 0x80, 0x08


def find_warnings(facts: Facts) -> list[Finding]:
    """Every warning, the blocking ones first."""
    findings = [
        *(finding for board in facts.boards for finding in find_gpu_errors(board)),
        *find_low_memory(facts),
        *find_hidden_gpus(facts),
    ]
    return sorted(findings, key=lambda finding: not finding.blocking)


def find_gpu_errors(board: SmiGpu) -> Iterator[Finding]:
    """A lost GPU, memory errors, and throttling."""
    if board.failure:
        fix = "`sudo reboot`. If it happens again, reseat the card and its power cables, or use another machine."
        yield Finding("A GPU is lost or reports an error", f"{board.name}: {board.failure}", fix, blocking=True)
    if board.uncorrected_errors:
        fix = "`sudo nvidia-smi --gpu-reset`, or reboot. If they come back, the card's memory is failing."
        evidence = f"{board.name}: {board.uncorrected_errors} uncorrectable ECC errors since the driver was loaded"
        yield Finding("The GPU's memory has had errors", evidence, fix, blocking=True)
    yield from find_throttling(board)


def find_throttling(board: SmiGpu) -> Iterator[Finding]:
    """Clocks lowered by heat or power. They make a GPU slow, not wrong."""
    heat = f"{board.temperature} °C" if board.temperature is not None else "temperature unknown"
    if board.clock_reasons & HEAT:
        fix = "Check its fans and airflow, and wait until it has cooled down."
        yield Finding("The GPU is slowed down by heat", f"{board.name}: {heat}", fix, blocking=False)
    elif board.clock_reasons & (SLOWDOWN | POWER_BRAKE):
        fix = "Check the card's power cables and the power supply."
        yield Finding("The GPU is slowed down by its power supply", f"{board.name}: {heat}", fix, blocking=False)
    limit, default = board.power_limit, board.default_power_limit
    if limit and default and limit < 0.95 * default:
        fix = f"`sudo nvidia-smi --power-limit={default:.0f}`."
        evidence = f"{board.name}: {limit:.0f} of {default:.0f} W"
        yield Finding("The GPU's power limit is set low", evidence, fix, blocking=False)


def find_low_memory(facts: Facts) -> Iterator[Finding]:
    """GPUs with little free memory, and which programs hold the rest."""
    for index, device in enumerate(facts.devices):
        if device.free >= min(ENOUGH_MEMORY, 0.9 * device.memory) and device.free >= device.memory / 2:
            continue
        holders = describe_holders(device, facts)
        evidence = f"GPU {index}, {device.name}: {device.free / GB:.1f} of {device.memory / GB:.1f} GB free{holders}"
        fix = (
            "Stop whatever holds it with `kill PID`. It's often a notebook's kernel."
            if holders
            else "Run `nvidia-smi` on the host to see who holds it. A container doesn't see programs outside."
        )
        blocking = device.free < min(ENOUGH_MEMORY, 0.9 * device.memory)
        yield Finding("The GPU's memory is in use", evidence, fix, blocking=blocking)


def describe_holders(device: TorchGpu, facts: Facts) -> str:
    """The three largest, as in "; held by python (PID 123, 4.0 GB)", or "" if nvidia-smi names none."""
    processes = [each for board in facts.boards if is_same_gpu(board, device, facts) for each in board.processes]
    largest = sorted(processes, key=lambda process: -process.memory)[:3]
    named = [f"{process.name} (PID {process.pid}, {process.memory / GB:.1f} GB)" for process in largest]
    return f"; held by {', '.join(named)}" if named else ""


def is_same_gpu(board: SmiGpu, device: TorchGpu, facts: Facts) -> bool:
    """Are they the same GPU? Compares UUIDs; if torch has none, they are the same only when there is just one."""
    return board.uuid.removeprefix("GPU-") == device.uuid if device.uuid else len(facts.boards) == 1


def find_hidden_gpus(facts: Facts) -> Iterator[Finding]:
    """The process has a slice of a GPU, fewer GPUs than there are, or GPUs that differ."""
    devices = facts.devices
    is_slice = bool(facts.boards) and all(board.mig for board in facts.boards)
    if devices and (is_slice or any("MIG" in device.name for device in devices)):
        evidence = f"{devices[0].name}: {devices[0].multiprocessors} multiprocessors, {devices[0].memory / GB:.0f} GB"
        fix = "Size your work for the slice: CUDA uses one per process. For the whole GPU: `sudo nvidia-smi -mig 0`."
        yield Finding("This is a slice of a GPU (MIG)", evidence, fix, blocking=False)
    if facts.visible_devices is not None and 0 < len(devices) < len(facts.boards):
        evidence = f"{len(devices)} of {len(facts.boards)}, CUDA_VISIBLE_DEVICES={facts.visible_devices!r}"
        yield Finding("Some GPUs are hidden", evidence, "`unset CUDA_VISIBLE_DEVICES` to use them all.", blocking=False)
    if len({(device.name, device.multiprocessors, device.memory) for device in devices}) > 1:
        best = max(devices, key=lambda device: (device.multiprocessors * max(device.clock, 1), device.memory))
        chosen = f"GPU-{best.uuid}" if best.uuid else str(devices.index(best))
        evidence = ", ".join(f"{index}: {device.name}" for index, device in enumerate(devices))
        fix = f"Use only the fastest, {best.name}: `export CUDA_VISIBLE_DEVICES={chosen}`."
        yield Finding("The GPUs are different", evidence, fix, blocking=False)
