"""`invoke` in an activated .venv: what is set for other Pythons ends where the tasks begin."""

import json
import os
import subprocess
import sys
from pathlib import Path

from interview_prep.paths import ROOT

# As invoke does it: the tasks are imported first, then what they need.
TASKS = """
import json, os, sys
sys.path.append(sys.argv[1])
import tasks, numpy
print(json.dumps([numpy.__file__, sorted(name for name in os.environ if name.startswith("PYTHON"))]))
"""


def test_a_foreign_numpy_on_pythonpath_is_not_imported(tmp_path: Path) -> None:
    """Neither the task nor the processes that it starts see PYTHONPATH."""
    (tmp_path / "numpy.py").write_text("raise SystemExit('the wrong numpy')\n")
    foreign = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{tmp_path}", "PYTHONHASHSEED": "1", "PYTHONUTF8": "1"}
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, "-c", TASKS, str(ROOT)]
    done = subprocess.run(
        command, cwd=tmp_path.parent, env={**environment, **foreign}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    file, variables = json.loads(done.stdout)
    assert str(tmp_path) not in file
    assert variables == ["PYTHONUTF8"]
