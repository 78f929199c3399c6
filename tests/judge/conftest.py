"""One warm worker for all tests of the judge, as a person's session has one."""

from collections.abc import Iterator

import pytest

from interview_prep.judge.worker import Worker

collect_ignore = ["drills", "answers"]  # their checks are for the judge


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    with Worker() as worker:
        yield worker
