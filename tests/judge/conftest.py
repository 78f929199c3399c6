"""One warm worker for all tests of the judge, as a person's session has one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interview_prep.catalog import drill as drills
from interview_prep.judge.client import JudgeClient

collect_ignore = ["drills", "answers"]  # their checks are for the judge


@pytest.fixture(scope="session")
def worker() -> Iterator[JudgeClient]:
    with JudgeClient() as worker:
        worker.preload_drill(drills.load_drill(Path(__file__).parent / "drills/golden/double"))
        yield worker
