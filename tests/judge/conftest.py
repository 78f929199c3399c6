"""One warm worker for all tests of the judge, as a person's session has one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interview_prep.catalog import drill as drills
from interview_prep.judge.client import Worker

collect_ignore = ["drills", "answers"]  # their checks are for the judge


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    with Worker() as worker:
        worker.prepare(drills.read(Path(__file__).parent / "drills/golden/double"))
        yield worker
