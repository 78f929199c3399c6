"""Each script is a notebook too: Lab opens it as one through jupytext, and its cells run from the top."""

from pathlib import Path

import jupytext  # type: ignore[import-untyped]  # it has no types
import pytest
from nbclient import NotebookClient

from interview_prep.paths import ROOT
from tests.support.readme import SCRIPTS


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_runs_as_a_notebook(script: str) -> None:
    """In its folder, as Lab starts a kernel; more than one cell, and the last prints what the script prints."""
    path = ROOT / script
    notebook = jupytext.read(path)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute(cwd=str(path.parent))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    printed = [output.text for output in code[-1].outputs if output.get("name") == "stdout"]
    assert len(code) > 3
    assert "".join(printed).count("\n") > 3


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_notebook_is_saved_back_as_the_same_script(script: str, tmp_path: Path) -> None:
    """Opening and saving in Lab changes no line of code."""
    copy = tmp_path / "copy.py"
    jupytext.write(jupytext.read(ROOT / script), copy)
    code = [line for line in copy.read_text().splitlines() if line and not line.startswith("#")]
    assert code == [line for line in (ROOT / script).read_text().splitlines() if line and not line.startswith("#")]
