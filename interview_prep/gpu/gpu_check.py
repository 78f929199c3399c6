"""Is there a GPU that torch can use, is it as fast as it should be, and if not, why and what is the fix.

`invoke gpu-check`, or this file as a plain script with torch and the standard library alone, beside its folder gpu/:
`python interview_prep/gpu/gpu_check.py [--json]`. Exit 0 ready, 1 not, 2 misuse.

What is proven: the diagnosis on recorded facts, the answer on machines without a GPU, the measurements' code on the CPU
with tiny sizes. What is not: none of it has run on a GPU yet, so the measurements, their limits in time and memory and
what nvidia-smi and the driver answer there are read from sources, not seen.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":  # in place of its own folder, whose names are nobody's but the kit's
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from interview_prep.gpu import report

if TYPE_CHECKING:
    from interview_prep.console import Printer


def run_gpu_check(*, json: bool) -> None:
    """Print the report; raises Exit(1) where the GPU cannot be used."""
    from invoke.exceptions import Exit

    from interview_prep.console import Printer

    screen, made = Printer(json=json), report.build_report()
    print_report(screen, made)
    screen.print_json(made.as_document())
    if not made.ready:
        raise Exit(code=1)


def print_report(screen: "Printer", made: report.Report) -> None:
    """Print a table in a terminal and plain lines elsewhere."""
    from interview_prep.gpu.view import render_report

    if screen.console.is_terminal and made.measurements:
        screen.print_view(render_report(made))
    else:
        screen.print_line("\n".join(report.format_lines(made)))


def main() -> int:
    """The same as a script: plain lines, or JSON; without the kit's packages, so it writes by itself."""
    parser = argparse.ArgumentParser(
        description="Is there a GPU that torch can use, and is it as fast as it should be?"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options, made = parser.parse_args(), report.build_report()
    document = json.dumps(made.as_document(), default=asdict, indent=2)
    sys.stdout.write((document if options.json else "\n".join(report.format_lines(made))) + "\n")
    return 0 if made.ready else 1


if __name__ == "__main__":
    sys.exit(main())
