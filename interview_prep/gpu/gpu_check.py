"""Is there a GPU that torch can use, is it as fast as it should be, and if not, why and how to fix it?

This is `invoke gpu-check` as a plain script that needs only torch, the standard library and the folder gpu/ around it:
`python interview_prep/gpu/gpu_check.py [--json]`. Exit 0 if ready, 1 if not, 2 for a wrong option.

Proven: the diagnosis on recorded facts, the answer on machines without a GPU, and the measuring code on the CPU with
tiny sizes. Not proven: none of it has run on a GPU yet. What nvidia-smi and the driver answer there, and the limits of
time and memory, come from documentation.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

if __name__ == "__main__":  # instead of its own folder, whose module names are meant for the kit only
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from interview_prep.gpu.report import build_report, format_lines


def main() -> int:
    """Write the report as plain lines or as JSON; the exit code."""
    parser = argparse.ArgumentParser(
        description="Is there a GPU that torch can use, and is it as fast as it should be?"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options, report = parser.parse_args(), build_report()
    document = json.dumps(report.as_document(), default=asdict, indent=2)
    sys.stdout.write((document if options.json else "\n".join(format_lines(report))) + "\n")
    return 0 if report.ready else 1


if __name__ == "__main__":
    sys.exit(main())
