"""docs/json.md describes the documents that the tasks print with --json: the same keys, at every level it describes.

Left out: `bench`, whose measurements take minutes; its row is compared as a class.
"""

import json
import re
from dataclasses import fields

import pytest

from benchmarks.measurement import Row
from interview_prep.paths import DRILLS, ROOT
from interview_prep.warmup.plan import Step, StepResult
from tests.support.invoke import Invoke, run_task

PAGE = (ROOT / "docs" / "json.md").read_text()
START = str(DRILLS / "attention" / "causal_mask" / "start.py")
VERSIONS = {"check": 3, "drills": 3}  # the others are at version 2
COMMANDS = {
    "check": ("check", "causal_mask", "--answer", START),
    "drills": ("drills", "--topic", "attention"),
    "doctor": ("doctor",),
    "gpu-check": ("gpu-check",),
    "models": ("models",),
}


def read_section(task: str) -> str:
    """What the page says of one task's document."""
    return PAGE.partition(f"\n## {task}\n")[2].partition("\n## ")[0]


def read_keys(text: str) -> set[str]:
    """The keys in the first column of a table."""
    return {key for cell in re.findall(r"^\| (`[^|]+`) \|", text, re.MULTILINE) for key in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_document_has_the_keys_of_the_page(name: str, task: Invoke) -> None:
    """No key is missing on the page, none is described that is not printed; the same one level down."""
    document = json.loads(task(*COMMANDS[name], "--json").stdout)
    top, *nested = re.split(r"^Each object of `(\w+)`:$", read_section(name), flags=re.MULTILINE)
    assert document.pop("version") == VERSIONS.get(name, 2)
    assert set(document) == read_keys(top)
    for key, table in zip(nested[::2], nested[1::2], strict=True):
        assert document[key], f"nothing to compare in {key}"
        assert {frozenset(each) for each in document[key]} == {frozenset(read_keys(table))}


@pytest.mark.parametrize(("task", "kind"), [("bench", Row), ("warmup", StepResult)])
def test_a_result_has_the_keys_of_the_page(task: str, kind: type) -> None:
    """These tasks take too long for a look at their keys."""
    assert read_keys(read_section(task).partition("Each object of ")[2]) == {field.name for field in fields(kind)}
    assert {field.name for field in fields(Step)} <= set(re.findall(r"`(\w+)`", read_section("warmup")))


def test_every_task_with_json_stands_on_the_page() -> None:
    """A document that nobody describes cannot be relied on."""
    tasks = re.findall(r"^  ([a-z][\w-]+)", run_task("--list").stdout, re.MULTILINE)
    described = set(re.findall(r"^## ([\w-]+)$", PAGE, re.MULTILINE))
    assert len(tasks) > 10
    assert {task for task in tasks if "--json" in run_task(task, "--help").stdout} == described
