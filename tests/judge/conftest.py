"""What the judge's tests ask for: the warm judge that all rooms share, and drills to spoil."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from interview_prep.catalog.drill import Drill, load_drill
from interview_prep.judge.client import JudgeClient
from tests.support.drills import DOUBLE


@pytest.fixture
def busy_client(judge_client: JudgeClient) -> Iterator[JudgeClient]:
    """The warm judge for a test that preloads other drills; the next test finds `double` preloaded again."""
    yield judge_client
    judge_client.preload_drill(DOUBLE)


@pytest.fixture
def copy_double(tmp_path: Path) -> Callable[..., Drill]:
    """Copy the drill `double`, with `old` replaced by `new` in its checks."""

    def copy(old: str = "", new: str = "") -> Drill:
        folder = Path(shutil.copytree(DOUBLE.folder, tmp_path / "golden" / "double"))
        checks = folder / "test_answer.py"
        assert old in checks.read_text()
        checks.write_text(checks.read_text().replace(old, new, 1))
        return load_drill(folder)

    return copy
