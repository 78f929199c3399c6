"""`invoke test`."""

from invoke.exceptions import Exit

from interview_prep.selftest import run_pytest


def run_tests(path: str) -> None:
    """Run the tests; raises Exit with pytest's own code unless all of them passed."""
    if code := run_pytest.run_tests(path):
        raise Exit(code=code)
