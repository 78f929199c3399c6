"""What a fetched set is good for: found offline by every name, and taken for its task where it is whole."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from interview_prep.ml.huggingface.model_for_task import SMALL, model_for_task
from interview_prep.weights.fetch import fetch_models
from interview_prep.weights.models_lock import Model, load_models
from tests.support.hub import Repository
from tests.support.listing import list_files
from tests.support.weights import ignore_progress, make_model

CORE = load_models("core")
SENTIMENT = CORE[0]
LOAD = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise SystemExit(f"{event} {arguments}")
sys.addaudithook(refuse)
from transformers import AutoModel, AutoTokenizer, pipeline
for repo, commit in zip(sys.argv[1::2], sys.argv[2::2]):
    weights = set()
    for revision in ("main", commit, commit[:7]):
        AutoTokenizer.from_pretrained(repo, revision=revision)
        model = AutoModel.from_pretrained(repo, revision=revision)
        weights.add(sum(weight.double().sum().item() for weight in model.parameters()))
    print(repo, len(weights))
print(pipeline("sentiment-analysis")("What a wonderful film!")[0]["label"])
"""


@pytest.fixture(scope="module")
def repositories() -> dict[str, Repository]:
    """The core set's names, commits and files; what the small models have of these is theirs."""
    small = {model.repo: [path for path in list_files(SMALL / model.name) if path.suffix != ".md"] for model in CORE}
    return {
        model.repo: Repository(
            model.commit,
            {file.path: b"{}" for file in model.files} | {path.name: path.read_bytes() for path in small[model.repo]},
        )
        for model in CORE
    }


@pytest.fixture(scope="module")
def models(repositories: dict[str, Repository]) -> list[Model]:
    """The lock that fits them, under the names of the tasks."""
    return [replace(make_model(model.repo, repositories[model.repo]), name=model.name) for model in CORE]


def test_fresh_offline_process_loads_each_model_three_ways(cache: Path, models: list[Model]) -> None:
    """By name, by commit and by short commit; and a pipeline without a model finds the one that transformers pins."""
    assert fetch_models(models, ignore_progress) == []
    offline = {"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(cache)}
    names = [text for model in models for text in (model.repo, model.commit)]
    run = subprocess.run(
        [sys.executable, "-c", LOAD, *names], env={**os.environ, **offline}, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines() == [*(f"{model.repo} 1" for model in models), "POSITIVE"]


@pytest.mark.usefixtures("cache")
def test_complete_pretrained_model_is_preferred(models: list[Model], capsys: pytest.CaptureFixture[str]) -> None:
    """Before, and while a file is missing, the small one is used; one line says which."""
    assert model_for_task("sentiment") == str(SMALL / "sentiment")
    assert capsys.readouterr().out == f"sentiment: a small stand-in (`invoke models --fetch` gets {SENTIMENT.repo})\n"
    assert fetch_models(models[:1], ignore_progress) == []
    folder = model_for_task("sentiment")
    assert folder.endswith(f"/snapshots/{SENTIMENT.commit}")
    assert capsys.readouterr().out == f"sentiment: {SENTIMENT.repo} at {SENTIMENT.commit[:7]}\n"
    (Path(folder) / "vocab.txt").unlink()
    assert model_for_task("sentiment") == str(SMALL / "sentiment")


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("task", ["zero-shot", "audio"])
def test_task_without_weights_names_the_command(task: str) -> None:
    """Some tasks have no small model, so the error says how to fetch the pretrained one."""
    with pytest.raises(LookupError, match="No weights for '" + task + "' here: `invoke models --set full --fetch`"):
        model_for_task(task)


def test_unknown_task_is_refused() -> None:
    """The error lists the tasks that have a model."""
    says = r"models\.lock has no pretrained model for it\. There are small models for embeddings, entities"
    with pytest.raises(LookupError, match=says):
        model_for_task("translation")
