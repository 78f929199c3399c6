"""A pytest session that has begun and not yet collected, with all imported that a drill may use.

What is begun so is warm.py's process or, where there is no fork, each attempt's own.
"""

import contextlib
import gc
import importlib
import os
import sys
from collections.abc import Callable

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
PYTEST = (
    *("-q", "-s", "--tb=no", "--noconftest", "--import-mode=importlib", "-c", os.devnull),
    "--rootdir=.",  # pytest expands $ in an absolute path
    *(f"-pno:{name}" for name in DISABLED_PLUGINS),
)


class SessionHook:
    """The pytest plugin that takes over where the session would collect."""

    def __init__(self, then: Callable[[pytest.Session], None]) -> None:
        self.then = then

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        session.config.pluginmanager.unregister(name="terminalreporter")  # the judge reports by itself
        session.config.addinivalue_line("markers", "filterwarnings(action): of the plugin that is left out, warnings")
        gc.collect()
        gc.freeze()  # forks share these pages as long as nothing writes to them
        self.then(session)
        os._exit(0)


def begin_session(then: Callable[[pytest.Session], None]) -> None:
    """Begin one in the checkout, hand it to `then`, and end this process."""
    for name in IMPORTS:
        importlib.import_module(name)
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    for accelerator in (torch.cuda, torch.xpu, torch.mtia):  # the judge has none; asked for one, each seed costs 3 ms
        accelerator._is_in_bad_fork = lambda: True  # noqa: SLF001 - it has no public name
    torch.autograd.profiler.record_function = contextlib.nullcontext  # they label no profile, and are a sixth of a step
    large = torch.Tensor, sys.modules["numpy"].ndarray, sys.modules["pandas"].DataFrame, sys.modules["pandas"].Series
    full = rewrite._saferepr  # noqa: SLF001 - as above

    def brief(obj: object) -> str:
        """Of a tensor with more than one number nobody reads the print, which takes a millisecond."""
        return type(obj).__name__ if isinstance(obj, large) and obj.ndim else full(obj)

    rewrite._saferepr = brief  # noqa: SLF001 - as above
    nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - pytest reports there until the end
    with contextlib.redirect_stdout(nowhere):
        pytest.main([*PYTEST], plugins=[SessionHook(then)])
