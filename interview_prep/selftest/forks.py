"""A pytest plugin: the tests of each file run in a fork of this process, as many files at once as it has processors.

What collecting has imported, torch above all, is imported once for all of them. Left out: --pdb, -s and whatever
else wants every test in one process; plain `pytest` does that.
"""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, groupby, pairwise
from typing import Any

import pytest
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no types

from interview_prep.machine import resources

_files: list[list[pytest.Item]] = []  # what a fork finds, as items cannot be sent to it


class ReportCollector:
    """Keeps what a fork would otherwise print."""

    def __init__(self) -> None:
        self.reports: list[pytest.TestReport] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.reports.append(report)


def run_file(number: int) -> list[dict[str, Any]]:
    """In a fork: run one file's tests and return their reports as plain data."""
    items, reports = _files[number], ReportCollector()
    config = items[0].config
    printer = config.pluginmanager.unregister(name="terminalreporter")
    config.pluginmanager.register(reports)
    for item, following in pairwise([*items, None]):
        assert item
        config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    config.pluginmanager.unregister(reports)
    config.pluginmanager.register(printer, "terminalreporter")
    return [config.hook.pytest_report_to_serializable(config=config, report=report) for report in reports.reports]


def replay_report(config: pytest.Config, data: dict[str, Any]) -> None:
    """Report one phase of one test as if it had run here."""
    report: pytest.TestReport = config.hook.pytest_report_from_serializable(config=config, data=data)
    about = {"nodeid": report.nodeid, "location": report.location}
    if report.when == "setup":
        config.hook.pytest_runtest_logstart(**about)
    config.hook.pytest_runtest_logreport(report=report)
    if report.when == "teardown":
        config.hook.pytest_runtest_logfinish(**about)


def pytest_configure() -> None:
    """One thread each: the forks are as many as the processors, and one of them would hang in a pool started here."""
    os.environ["OMP_NUM_THREADS"] = "1"  # for libraries that collecting imports
    threadpool_limits(1)  # for those that are there


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pages last: they take least, and so leave no processor idle at the end."""
    items.sort(key=lambda item: item.path.suffix == ".md")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Instead of pytest's own loop, unless there is one file, or nothing to run."""
    _files[:] = [list(group) for _, group in groupby(session.items, key=lambda item: item.path)]
    forks = min(len(_files), resources.count_processors())
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
