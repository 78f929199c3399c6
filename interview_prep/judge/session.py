"""A pytest session that has started and never collects, with everything imported that a drill may use.

Runs inside the judge server, which forks it for each answer. Left out: collecting and running checks.
"""

import contextlib
import gc
import importlib
import os
import sys
from collections.abc import Callable
from typing import NoReturn

import pytest
from _pytest.assertion import rewrite

IMPORTS = (
    *("torch.testing", "torch.nn.functional", "torch._dynamo", "numpy.testing", "pandas.testing"),
    *("sklearn.pipeline", "sklearn.compose", "sklearn.linear_model", "sklearn.ensemble", "sklearn.impute"),
    *("torch._subclasses.schema_check_mode", "pandas.core.methods.to_dict", "pandas.io.formats.string"),
    *("narwhals._pandas_like.namespace", "narwhals.stable.v2._namespace", "narwhals._interchange.dataframe"),
)
DISABLED_PLUGINS = (
    *("cacheprovider", "junitxml", "pastebin", "doctest", "unittest", "stepwise", "faulthandler", "logging"),
    *("debugging", "threadexception", "unraisableexception", "warnings", "setuponly", "setupplan", "subtests"),
)
PYTEST_OPTIONS = (
    *("-q", "-s", "--tb=no", "--noconftest", "--import-mode=importlib", "-c", os.devnull),
    "--rootdir=.",  # pytest expands $ in an absolute path
    *(f"-pno:{name}" for name in DISABLED_PLUGINS),
)


class SessionHook:
    """The pytest plugin that takes over where the session would collect."""

    def __init__(self, serve: Callable[[pytest.Session], None]) -> None:
        self.serve = serve

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> NoReturn:
        """Hand the session over, and end the process afterwards."""
        session.config.pluginmanager.unregister(name="terminalreporter")  # reporter.py takes its place
        session.config.addinivalue_line("markers", "edge: only a strict reviewer asks for it")
        session.config.addinivalue_line("markers", "filterwarnings(action): of the disabled plugin warnings")
        gc.collect()
        gc.freeze()  # forks share these pages as long as nothing writes to them
        self.serve(session)
        os._exit(0)


def begin_session(serve: Callable[[pytest.Session], None]) -> None:
    """Import the libraries, start a session in the current folder, pass it to `serve`, and end this process."""
    import_libraries()
    speed_up_torch()
    shorten_assert_texts()
    null = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - pytest reports there until the end
    with contextlib.redirect_stdout(null):
        pytest.main([*PYTEST_OPTIONS], plugins=[SessionHook(serve)])


def import_libraries() -> None:
    for name in IMPORTS:
        importlib.import_module(name)


def speed_up_torch() -> None:
    """Use one thread, because more don't survive a fork, and skip what costs time on each call without a GPU."""
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    for accelerator in (torch.cuda, torch.xpu, torch.mtia):  # there is none; asked for one, each manual_seed costs 3 ms
        accelerator._is_in_bad_fork = lambda: True  # noqa: SLF001 - nothing public does this
    torch.autograd.profiler.record_function = (
        contextlib.nullcontext
    )  # labels for profiles: a sixth of an optimizer step


def shorten_assert_texts() -> None:
    """Keep pytest from printing large arrays for its assert texts: a millisecond each, and nobody reads them."""
    modules = sys.modules
    large = modules["torch"].Tensor, modules["numpy"].ndarray, modules["pandas"].DataFrame, modules["pandas"].Series
    original = rewrite._saferepr  # noqa: SLF001 - nothing public does this

    def short_repr(obj: object) -> str:
        return type(obj).__name__ if isinstance(obj, large) and obj.ndim else original(obj)

    rewrite._saferepr = short_repr  # noqa: SLF001 - as above
