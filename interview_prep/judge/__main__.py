"""Starts the judge server: python -m interview_prep.judge DESCRIPTOR FOLDER IDLE_SECONDS, as client.py does.

Here pandas keeps strings without pyarrow, which costs 70 MB and which no drill needs. Left out: the server itself.
"""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import cast

sys.modules["pyarrow"] = cast(ModuleType, None)  # noqa: TC006 - a missing module, for pandas
importlib.import_module("pandas")
del sys.modules["pyarrow"]  # an answer can import it, or datasets, which needs it
server = importlib.import_module("interview_prep.judge.server")
server.run_server(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
