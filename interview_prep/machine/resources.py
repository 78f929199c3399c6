"""How much memory and how many processors this process can use, within the limits of its container."""

import os
import sys
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
MEMORY_FILES = (  # limit, usage, statistics, and the statistic that counts cached files, which can be dropped
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat", "total_inactive_file"),
)


def free_memory() -> int:
    """Bytes that a new process can use: what the machine has free, or less if a cgroup sets a limit."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:  # macOS has no /proc, and only its total memory is known
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    return min([free, *free_within_limits()])


def free_within_limits() -> list[int]:
    """Bytes left below this container's memory limit, read from cgroups v2 or v1; [] without a limit."""
    free = []
    for *files, cache in MEMORY_FILES:
        limit, usage, statistics = (read_cgroup(file) for file in files)
        if limit[0].isdigit() and usage[0].isdigit():
            statistic = dict(zip(statistics[::2], statistics[1::2], strict=False))
            free.append(int(limit[0]) - int(usage[0]) + int(statistic.get(cache, 0)))
    return free


def count_usable_processors() -> int:
    """Processors that this process may run on, as torch counts them: a container's share of their time is ignored."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def count_processors() -> int:
    """Processors that can work for this process at once, its container's share of their time included."""
    from joblib import cpu_count  # type: ignore[import-untyped]  # no types. Here, as it imports numpy: see forks.py

    os.environ.pop("LOKY_MAX_CPU_COUNT", None)  # a person's limit for joblib's workers says nothing about this machine
    count: int = cpu_count()
    return count


def read_cgroup(name: str) -> list[str]:
    """The words in one of this container's cgroup files; ["max"] if there is no such file."""
    try:
        return (CGROUP / name).read_text().split()
    except OSError:
        return ["max"]
