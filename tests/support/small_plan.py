"""`invoke warmup` with a small plan of a test's own, in a process of its own: this one may have used OpenMP already."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from interview_prep.paths import ROOT

PROGRAM = """
import json, sys
from invoke.exceptions import Exit
from interview_prep.warmup import commands, plan, preload
steps, preload.IMPORTS, as_json = map(json.loads, sys.argv[1:])
plan.PLANS = {30: tuple(plan.Step(verb, path, 1) for verb, path in steps)}
try:
    commands.run_warmup(30, yes=True, json=as_json)
except Exit as end:
    raise SystemExit(end.code)
"""


StepWords = tuple[str, str | Path]  # the verb, and an absolute path or one below ml/


def warmup_command(
    steps: Sequence[StepWords], imports: Mapping[str, Sequence[str]] | None = None, *, as_json: bool = False
) -> list[str]:
    """The command that goes through these steps; `imports` are done ahead of the step with that path."""
    steps_of_plan = [(verb, str(path)) for verb, path in steps]
    return [sys.executable, "-c", PROGRAM, json.dumps(steps_of_plan), json.dumps(imports or {}), json.dumps(as_json)]


def run_warmup(
    *steps: StepWords, variables: Mapping[str, str] | None = None, as_json: bool = False
) -> "subprocess.CompletedProcess[str]":
    """Go through these steps to the end, with these environment variables set."""
    settings = {**os.environ, **(variables or {})}
    command = warmup_command(steps, as_json=as_json)
    return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False, timeout=120)
