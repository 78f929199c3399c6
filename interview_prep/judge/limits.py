"""How much memory, disk and time one answer gets.

Covered: memory on top of what the process has when the limits are set; the size of any one file, standard output
included; core dumps (none). The seconds are kept by attempt.py, which waits outside.
Left out: the number of threads and of files, the disk as a whole, how busy the processors are.
"""

import os
import resource
from pathlib import Path

SECONDS = 10  # for an answer with all of its checks
MEMORY_BYTES = 2 << 30  # more than the process has before the answer is imported
FILE_BYTES = 16 << 20  # of any one file, standard output included
IDLE_SECONDS = 600  # without a request, until the judge server ends by itself
SOURCE_BYTES = 1 << 20  # of an answer's source


def set_rlimits() -> None:
    """Limit this process for good. Where there is no /proc (macOS), memory has no limit."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        size = int(statm.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE") + MEMORY_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
