"""Which weights a task is done with: the pretrained ones where they are whole, else the small ones that ship."""

from dataclasses import replace
from pathlib import Path

import pytest

from interview_prep.environment.models.fetch import fetch
from interview_prep.environment.models.lock import read
from interview_prep.ml.huggingface.model_for_task import SMALL, model_for_task
from tests.models.conftest import locked, watch
from tests.models.hub import Hub, Repository

SENTIMENT = next(model for model in read() if model.name == "sentiment")


@pytest.fixture(scope="module")
def repositories() -> dict[str, Repository]:
    """The locked sentiment model's name and commit, with the small one's files."""
    small = {path.name: path.read_bytes() for path in (SMALL / "sentiment").iterdir() if path.suffix != ".md"}
    files = {**{file.path: b"{}" for file in SENTIMENT.files}, **small}
    return {SENTIMENT.repo: Repository(SENTIMENT.commit, files)}


@pytest.mark.usefixtures("cache")
def test_the_model_for_a_task_is_the_pretrained_one_once_it_is_whole(
    hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before, and while a file is missing, it is the small one; one line says which."""
    assert model_for_task("sentiment") == str(SMALL / "sentiment")
    assert capsys.readouterr().out == f"sentiment: a small stand-in (`invoke models --fetch` brings {SENTIMENT.repo})\n"
    served = replace(locked(SENTIMENT.repo, hub.repositories[SENTIMENT.repo]), name=SENTIMENT.name)
    assert fetch([served], watch) == []
    folder = model_for_task("sentiment")
    assert folder.endswith(f"/snapshots/{SENTIMENT.commit}")
    assert capsys.readouterr().out == f"sentiment: {SENTIMENT.repo} at {SENTIMENT.commit[:7]}\n"
    (Path(folder) / "vocab.txt").unlink()
    assert model_for_task("sentiment") == str(SMALL / "sentiment")


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("task", ["zero-shot", "audio"])
def test_a_task_without_weights_says_what_brings_them(task: str) -> None:
    """There is no small model of every kind."""
    with pytest.raises(LookupError, match="No weights for '" + task + "' here: `invoke models --set full --fetch`"):
        model_for_task(task)


def test_a_task_that_nothing_serves_is_refused() -> None:
    """With the names that are served."""
    with pytest.raises(
        LookupError, match=r"no pretrained one is locked for it\. Small ones serve embeddings, entities"
    ):
        model_for_task("translation")
