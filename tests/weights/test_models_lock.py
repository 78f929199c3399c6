"""The lock is read strictly: what is refused, in which words, and what a new commit changes in it."""

import pytest

from interview_prep.weights import models_lock
from interview_prep.weights.edit_lock import replace_model
from interview_prep.weights.models_lock import File, ModelsLockError, load_models, parse_lock

ENTRY = f"""
[sentiment]  # why it is here
repo = "prep/small"
commit = "{"a" * 40}"
license = "MIT"
set = "core"
files = [  # all it needs
    {{path = "config.json", size = 3, sha256 = "{"b" * 64}"}},
    {{path = "model.safetensors"}},
]
"""


def test_entry_is_read_as_written() -> None:
    """Size and hash are None where the lock does not have them."""
    (model,) = parse_lock(ENTRY)
    assert (model.name, model.repo, model.commit, model.set) == ("sentiment", "prep/small", "a" * 40, "core")
    assert model.files == (File("config.json", 3, "b" * 64), File("model.safetensors", None, None))


@pytest.mark.parametrize(
    ("there", "instead", "says"),
    [
        ("model.safetensors", "pytorch_model.bin", r"sentiment: pytorch_model.bin is not one of \*.safetensors"),
        ("model.safetensors", "model.pkl", "sentiment: model.pkl is not one of"),
        ("model.safetensors", "modeling_own.py", "sentiment: modeling_own.py is not one of"),
        ("model.safetensors", "../model.safetensors", r"sentiment: ../model.safetensors is not one of"),
        ("model.safetensors", "/model.safetensors", "sentiment: path is '/model.safetensors'"),
        ("a" * 40, "main", "sentiment: commit is 'main'"),
        ("b" * 64, "b" * 63, "sentiment: config.json: sha256 is"),
        ("size = 3", "size = 0", "sentiment: config.json: size is 0"),
        ("size = 3", 'size = "3"', "sentiment: config.json: size is '3'"),
        ("size = 3", "bytes = 3", "sentiment: unknown keys: bytes"),
        ('license = "MIT"', "", "sentiment: license is None"),
        ('set = "core"', 'set = "all"', r"sentiment: set is 'all', not core\|full"),
        ("prep/small", "small", "sentiment: repo is 'small'"),
        ("files = [", "file = [", "sentiment: unknown keys: file|sentiment: files is not a list"),
        ("[sentiment]", "[sentiment", "line 2"),
    ],
)
def test_mistake_in_the_lock_is_refused_by_name(there: str, instead: str, says: str) -> None:
    """One line names model, file and key; above all, a pickle is refused."""
    with pytest.raises(ModelsLockError, match=says) as refused:
        parse_lock(ENTRY.replace(there, instead))
    assert "\n" not in str(refused.value)


def test_lock_of_the_kit_is_valid() -> None:
    """The full set includes the core set, and every model has its weights as safetensors."""
    core, full = load_models("core"), load_models()
    assert [model.name for model in core] == ["sentiment", "embeddings", "generation"]
    assert full[: len(core)] == core
    assert {model.name for model in full} >= {"zero-shot", "vision", "audio", "entities"}
    assert [model.name for model in full if "model.safetensors" not in {file.path for file in model.files}] == []


def test_every_byte_of_the_core_set_is_locked() -> None:
    """Each file that images have by default has a hash."""
    assert [file.path for model in load_models("core") for file in model.files if not file.sha256] == []


def test_new_commit_changes_only_its_entry() -> None:
    """Comments and the other models stay."""
    text = ENTRY + ENTRY.replace("sentiment", "other")
    changed = replace_model(text, "sentiment", "c" * 40, [File("config.json", 5, "d" * 64)])
    assert changed.endswith(ENTRY.replace("sentiment", "other"))
    assert "# why it is here" in changed
    assert "# all it needs" in changed
    assert parse_lock(changed)[0].commit == "c" * 40
    assert parse_lock(changed)[0].files == (File("config.json", 5, "d" * 64),)


def test_unchanged_entry_is_written_the_same() -> None:
    """So a relock shows only what has changed."""
    text = models_lock.LOCK.read_text()
    for model in load_models():
        lines = text.partition(f"[{model.name}]")[2].partition("files = [")[2].partition("\n")[0]
        assert replace_model(text, model.name, model.commit, model.files) == text, lines
