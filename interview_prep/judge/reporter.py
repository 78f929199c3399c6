"""The pytest plugin that runs each check and reports it as a CheckResult.

Left out: pytest's own reports, which nobody reads here and which take longer than most checks.
"""

import traceback
from dataclasses import replace
from typing import Any

import pytest
from _pytest.assertion import util

from interview_prep.judge.diagnose import describe_failure
from interview_prep.judge.guard import Guard
from interview_prep.judge.messages import Send
from interview_prep.judge.verdict import CheckResult


class Reporter:
    """Takes the place of pytest's protocol for one test."""

    def __init__(self, send: Send, guard: Guard) -> None:
        self.send, self.guard = send, guard
        self.compared: tuple[str, Any, Any] | None = None

    def record_comparison(self, op: str, left: object, right: object) -> None:
        """Keep operator and sides of an assert that fails; pytest would make a text of them."""
        self.compared = (op, left, right)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Function, nextitem: pytest.Item | None) -> bool:
        """Run one check and send its result."""
        state, raised = item.session._setupstate, None  # noqa: SLF001 - as pytest itself does
        util._reprcompare = self.record_comparison  # noqa: SLF001 - as pytest itself does
        try:
            try:
                state.setup(item)
                item.runtest()
            finally:
                state.teardown_exact(nextitem)
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, the check has failed
            raised = error
        self.send({"check": vars(self.build_check_result(item, raised))})
        return True

    def build_check_result(self, item: pytest.Function, raised: BaseException | None) -> CheckResult:
        """The result of a check that raised something, or nothing."""
        description = (item.obj.__doc__ or item.name).strip().partition("\n")[0]
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        cases = find_cases(item) if parameters and raised else {}
        shown = ", ".join(f"{name}={value!r}" for name, value in parameters.items())
        result = CheckResult(item.name, description, passed=not raised, parameters=shown, cases=cases)
        compared, self.compared = self.compared, None
        if self.guard.refused:
            return replace(result, passed=False, kind="refused", got=self.guard.refused)
        if not raised:
            return result
        if isinstance(raised, MemoryError):
            traceback.clear_frames(raised.__traceback__)  # frees memory to report it with
        return describe_failure(result, raised, compared, self.guard.answer)


def find_cases(item: pytest.Function) -> dict[str, int]:
    """Which of its values each parametrize gave, by its first parameter; pytest only counts their combinations."""
    combination, cases = max(item.callspec.indices.values()), {}
    for mark in reversed(list(item.iter_markers("parametrize"))):
        names, values = mark.args[:2]
        first = names.split(",")[0].strip() if isinstance(names, str) else names[0]
        combination, cases[first] = divmod(combination, len(values))
    return cases
