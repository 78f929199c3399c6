"""A pytest plugin that runs each test file in a fork of this process, as many at once as there are processors.

What pytest imports while it collects, torch above all, is imported only once. Left out: --pdb, -s and whatever else
needs all tests in one process; plain `pytest` does that.
"""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, groupby, pairwise
from typing import Any

import pytest
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no types

from interview_prep.machine.resources import count_processors

_files: list[list[pytest.Item]] = []  # forks find the tests here, because pytest's items can't be sent to them


class ReportCollector:
    """Collects the reports that a fork would otherwise print."""

    def __init__(self) -> None:
        self.reports: list[pytest.TestReport] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.reports.append(report)


def run_file(number: int) -> list[dict[str, Any]]:
    """Run one file's tests, in a fork; return their reports as plain data."""
    items, collector = _files[number], ReportCollector()
    config = items[0].config
    terminal_reporter = config.pluginmanager.unregister(name="terminalreporter")
    config.pluginmanager.register(collector)
    for item, following in pairwise([*items, None]):
        assert item
        config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    config.pluginmanager.unregister(collector)
    config.pluginmanager.register(terminal_reporter, "terminalreporter")
    return [config.hook.pytest_report_to_serializable(config=config, report=report) for report in collector.reports]


def replay_report(config: pytest.Config, data: dict[str, Any]) -> None:
    """Report one phase of one test to pytest, as if it had run here."""
    report: pytest.TestReport = config.hook.pytest_report_from_serializable(config=config, data=data)
    test = {"nodeid": report.nodeid, "location": report.location}
    if report.when == "setup":
        config.hook.pytest_runtest_logstart(**test)
    config.hook.pytest_runtest_logreport(report=report)
    if report.when == "teardown":
        config.hook.pytest_runtest_logfinish(**test)


def pytest_configure() -> None:
    """Use one thread: there is a fork for each processor, and a fork hangs in a thread pool that was started here."""
    os.environ["OMP_NUM_THREADS"] = "1"  # for libraries that are imported later
    threadpool_limits(1)  # for libraries that are already imported


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run Markdown pages last: they are the quickest, so no processor is idle for long at the end."""
    items.sort(key=lambda item: item.path.suffix == ".md")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Replace pytest's own loop, unless there is only one file, or nothing to run."""
    _files[:] = [list(group) for _, group in groupby(session.items, key=lambda item: item.path)]
    forks = min(len(_files), count_processors())
    if session.testsfailed or session.config.option.collectonly or forks < 2:
        return None
    session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined] # noqa: SLF001 - one for all forks
    with ProcessPoolExecutor(forks, multiprocessing.get_context("fork")) as pool:
        for data in chain.from_iterable(pool.map(run_file, range(len(_files)))):
            replay_report(session.config, data)
            if session.shouldfail:
                pool.shutdown(cancel_futures=True)
                raise session.Failed(session.shouldfail)
    return True
