"""How tests run the tasks: as a process of its own, or in this process, which takes milliseconds.

What only a process can show is left to the first: standard streams, signals, and what is imported when.
"""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from invoke import main
from invoke.program import Program

from interview_prep import processes
from interview_prep.paths import ROOT

INVOKE = str(Path(sys.executable).parent / "invoke")  # the one beside this Python, as a person's shell finds it
Invoke = Callable[..., "subprocess.CompletedProcess[str]"]


def run_task(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a task in this process, through tasks.py and its door; the result is that of a process of its own."""
    program = Program(name="Invoke", binary="inv[oke]")
    output, errors, code = io.StringIO(), io.StringIO(), 0
    with (
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
        mock.patch.object(main, "program", program),  # the one that tasks.py changes
        mock.patch.object(processes, "undo_python_settings"),  # it would start pytest again
        mock.patch.dict(os.environ, {"COLUMNS": "80", **environment}),
    ):
        try:
            program.run(["invoke", "--search-root", str(ROOT), *arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
    return subprocess.CompletedProcess(arguments, code, output.getvalue(), errors.getvalue())
