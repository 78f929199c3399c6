"""Lets plain pytest, and so an editor's test panel, run a drill's checks against work/NAME.py, or another ANSWER=FILE.

Where there is no answer yet the checks run against the start, and fail. Left out: all limits; those are the judge's.
"""

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / Path(os.environ.get("PREP_WORK") or "work").expanduser()
collect_ignore_glob = ["*/*/prompt.md"]


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark of the checks that only a strict reviewer asks for. Both tiers run here."""
    config.addinivalue_line("markers", "edge: only a strict reviewer asks for it")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A warning fails a check where its drill is about warnings, as in the judge, and not elsewhere."""
    for item in items:
        if item.path.name == "test_answer.py" and not item.get_closest_marker("filterwarnings"):
            item.add_marker(pytest.mark.filterwarnings("ignore"))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Before a module of checks is imported, make `answer` the file that it is about."""
    if isinstance(collector, pytest.Module) and collector.path.name == "test_answer.py":
        folder = collector.path.parent
        here = [Path(os.environ.get("ANSWER", "")), WORK / f"{folder.name}.py", folder / "start.py"]
        file = next(path for path in here if path.is_file())
        import_answer(file)
    return (yield)


def import_answer(file: str | Path) -> None:
    """Run a file as the module `answer`, which the checks import from."""
    spec = importlib.util.spec_from_file_location("answer", file)
    assert spec
    assert spec.loader
    sys.modules["answer"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["answer"])
