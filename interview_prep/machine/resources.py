"""How much memory and how many processors this process can have, within the limits of a container."""

import math
import os
import sys
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
MEMORY_FILES = (  # limit, use, statistics and, in these, the files that are kept in memory only while there is room
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat", "total_inactive_file"),
)


def free_memory() -> int:
    """Bytes that a new process can have: the machine's free ones, or fewer where a cgroup sets a limit."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:  # macOS has no /proc and says only how much there is in all
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    return min([free, *free_within_limits()])


def free_within_limits() -> list[int]:
    """Bytes that this container's limit of memory leaves, as cgroups of version 2 or 1 say it; [] without a limit."""
    left = []
    for *files, cache in MEMORY_FILES:
        limit, used, statistics = (read_cgroup(file) for file in files)
        if limit[0].isdigit() and used[0].isdigit():
            known = dict(zip(statistics[::2], statistics[1::2], strict=False))
            left.append(int(limit[0]) - int(used[0]) + int(known.get(cache, 0)))
    return left


def count_usable_processors() -> int:
    """Those that this process may be put on, as torch counts them: a container's share of their time is not asked."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def count_processors() -> int:
    """How many can work for this process at once, within its container's share."""
    quota = read_cgroup("cpu.max")
    share = math.ceil(int(quota[0]) / int(quota[1])) if quota[0].isdigit() else count_usable_processors()
    return min(count_usable_processors(), share)


def read_cgroup(name: str) -> list[str]:
    """The words of one of this container's cgroup files; ["max"] where there is no limit or no cgroup."""
    try:
        return (CGROUP / name).read_text().split()
    except OSError:
        return ["max"]
