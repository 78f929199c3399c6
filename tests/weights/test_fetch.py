"""What a fetch leaves behind, whatever the Hub does: whole files, or one line that says what is missing and why."""

import os
from collections.abc import Sequence
from dataclasses import replace
from itertools import repeat
from pathlib import Path

import pytest
from huggingface_hub import constants, snapshot_download, try_to_load_from_cache

from interview_prep.machine import checks
from interview_prep.weights import models_lock
from interview_prep.weights.cache import Problem, repository_folder, snapshot_folder, verify_models
from interview_prep.weights.download import PERMANENT_ERRORS, Download
from interview_prep.weights.fetch import fetch_models
from interview_prep.weights.models_lock import File, Model
from interview_prep.weights.reach import FetchError
from tests.support.hub import Fault, Hub, Repository
from tests.support.weights import format_lock, ignore_progress, make_model

pytestmark = pytest.mark.usefixtures("cache")
LARGE = "model.safetensors"


def count_locked_bytes(models: Sequence[Model]) -> int:
    """The bytes of all files, by the lock."""
    return sum(file.size or 0 for model in models for file in model.files)


def flip_byte(path: Path) -> None:
    """Change one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_fetch_brings_every_byte_once(hub: Hub, models: list[Model]) -> None:
    """Afterwards all files are as locked, and nothing lies beside them."""
    assert fetch_models(models, ignore_progress) == []
    assert verify_models(models) == []
    assert hub.sent == count_locked_bytes(models)
    assert [path for model in models for path in repository_folder(model).glob("incoming/**/*")] == []


def test_second_fetch_asks_the_hub_for_nothing(hub: Hub, models: list[Model]) -> None:
    """Files that are there are recognized by their bytes, not by what a server says."""
    fetch_models(models, ignore_progress)
    hub.requests.clear()
    assert fetch_models(models, ignore_progress) == []
    assert hub.requests == []


def test_huggingface_hub_finds_what_was_fetched(models: list[Model]) -> None:
    """It finds a file by the default revision, by the commit and by its first seven characters."""
    fetch_models(models, ignore_progress)
    for model in models:
        for revision in ("main", model.commit, model.commit[:7]):
            found = try_to_load_from_cache(model.repo, LARGE, revision=revision)
            assert found == str(snapshot_folder(model) / LARGE)


def test_files_fetched_by_huggingface_hub_are_accepted(hub: Hub, models: list[Model]) -> None:
    """Its links count as files, and only the files that name the commit are added."""
    for model in models:
        snapshot_download(model.repo, revision=model.commit)
    assert {problem.file for problem in verify_models(models)} == {
        *("refs/main", *(f"refs/{m.commit[:7]}" for m in models)),
    }
    hub.requests.clear()
    assert fetch_models(models, ignore_progress) == []
    assert (hub.requests, verify_models(models)) == ([], [])


def test_flipped_byte_is_found_and_only_that_file_is_fetched_again(hub: Hub, models: list[Model]) -> None:
    """This holds for each file of each model."""
    fetch_models(models, ignore_progress)
    for model in models:
        for file in model.files:
            flip_byte(snapshot_folder(model) / file.path)
            (problem,) = verify_models(models)
            assert (problem.model, problem.file) == (model.name, file.path)
            assert "hash" in problem.cause
            hub.sent = 0
            assert fetch_models(models, ignore_progress) == []
            assert (hub.sent, verify_models(models)) == (file.size, [])


def test_wrong_length_is_found_without_hashing(models: list[Model]) -> None:
    """`invoke models` sees it without reading the file."""
    fetch_models(models, ignore_progress)
    with (snapshot_folder(models[0]) / LARGE).open("ab") as file:
        file.write(b"!")
    assert verify_models(models, hashes=False) == [
        Problem("first", LARGE, "700,001 bytes, but the lock says 700,000"),
    ]


STALL = 0.6  # seconds
STUMBLES = {
    "cut off at once": Fault(cut_after=0),
    "cut off in the middle": Fault(cut_after=150_000),
    "stalled": Fault(stall=STALL),
    "another byte": Fault(flip=True),
    "fewer bytes": Fault(shorten=10),
    "429": Fault(429, {"Retry-After": "0"}),
    "500": Fault(500),
    "503": Fault(503),
}


@pytest.mark.parametrize("fault", STUMBLES.values(), ids=STUMBLES)
@pytest.mark.parametrize("path", [LARGE, "vocab.txt"])
def test_file_that_fails_once_is_fetched_again(
    hub: Hub, models: list[Model], monkeypatch: pytest.MonkeyPatch, fault: Fault, path: str
) -> None:
    """After one fault of any kind the result is the same as without it."""
    if fault.stall:
        monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", STALL / 3)
    hub.faults[path] = iter([fault])
    assert fetch_models(models, ignore_progress) == []
    assert verify_models(models) == []
    assert next(hub.faults[path], None) is None  # it did stumble


FALLS = {
    "cut off at once": (Fault(cut_after=0), "peer closed connection"),
    "stalled": (Fault(stall=STALL), "timed out"),
    "another byte": (Fault(flip=True), "hash "),
    "fewer bytes": (Fault(shorten=10), "19,990 bytes arrived, which is not the file's size"),
    "401": (Fault(401), "401, the Hub wants a token: set HF_TOKEN"),
    "403": (Fault(403), "403, this token isn't allowed to read it"),
    "404": (Fault(404), "404, the Hub has no such file at this commit"),
    "429": (Fault(429, {"Retry-After": "0"}), "429, the Hub is limiting requests"),
    "500": (Fault(500), "500, Internal Server Error"),
}


@pytest.mark.parametrize(("fault", "cause"), FALLS.values(), ids=FALLS)
def test_file_that_always_fails_is_the_only_one_missing(
    hub: Hub, models: list[Model], monkeypatch: pytest.MonkeyPatch, fault: Fault, cause: str
) -> None:
    """One line names model, file and cause; every other file of every model is in place."""
    if fault.stall:
        monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", STALL / 3)
    hub.faults["vocab.txt"] = repeat(fault)
    (problem,) = fetch_models(models, ignore_progress)
    assert (problem.model, problem.file) == ("first", "vocab.txt")
    assert cause in problem.cause
    assert "\n" not in str(problem)
    assert [(wrong.file, wrong.cause) for wrong in verify_models(models)] == [("vocab.txt", "missing")]


def test_bytes_with_a_wrong_hash_are_not_kept(hub: Hub, models: list[Model]) -> None:
    """They lie neither in place nor where the next try would continue."""
    hub.faults[LARGE] = repeat(Fault(flip=True))
    fetch_models(models[:1], ignore_progress)
    assert list(repository_folder(models[0]).glob(f"**/{LARGE}")) == []


def test_interrupted_download_continues_where_it_ended(hub: Hub, models: list[Model]) -> None:
    """The next fetch asks only for the rest of the file."""
    download = Download(models[0], next(file for file in models[0].files if file.path == LARGE))
    download.partial_path.parent.mkdir(parents=True)
    download.partial_path.write_bytes(hub.repositories["prep/first"].files[LARGE][:400_000])
    assert fetch_models(models[:1], ignore_progress) == []
    assert [request.range for request in hub.requests if request.path.startswith("/storage")] == ["bytes=400000-"]
    assert hub.sent == count_locked_bytes(models[:1]) - 400_000


def test_damaged_partial_file_is_downloaded_again(hub: Hub, models: list[Model]) -> None:
    """It costs one more download, and the result is as locked."""
    download = Download(models[0], next(file for file in models[0].files if file.path == LARGE))
    download.partial_path.parent.mkdir(parents=True)
    download.partial_path.write_bytes(b"x" * 400_000)
    assert fetch_models(models[:1], ignore_progress) == []
    assert verify_models(models[:1]) == []
    assert hub.sent == count_locked_bytes(models[:1]) - 400_000 + 700_000


def test_token_goes_to_the_hub_and_not_to_its_storage(
    hub: Hub, repositories: dict[str, Repository], models: list[Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    """HF_TOKEN opens a gated repository, and the host that large files are redirected to never sees it."""
    hub.repositories["prep/first"] = replace(repositories["prep/first"], token="hf_secret")
    assert {problem.cause for problem in fetch_models(models[:1], ignore_progress)} == {f"401, {PERMANENT_ERRORS[401]}"}
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert fetch_models(models[:1], ignore_progress) == []
    seen = {request.authorization for request in hub.requests if request.path.startswith("/storage")}
    assert seen == {""}


def test_files_without_a_locked_hash_are_checked_against_the_hub(hub: Hub, repositories: dict[str, Repository]) -> None:
    """Large files are compared by sha256, the others by git's own hash."""
    model = make_model("prep/first", repositories["prep/first"], hashes=False)
    hub.faults[LARGE] = iter([Fault(flip=True)])
    hub.faults["vocab.txt"] = iter([Fault(flip=True)])
    assert fetch_models([model], ignore_progress) == []
    for path, content in repositories["prep/first"].files.items():
        assert (snapshot_folder(model) / path).read_bytes() == content


def test_unwritable_cache_is_an_error_with_the_fix(cache: Path, models: list[Model]) -> None:
    """A file in place of the cache folder ends the fetch with one line that names HF_HOME."""
    cache.write_text("a file in its place")
    with pytest.raises(FetchError, match=r"Cannot write to .* \(File exists\). Set HF_HOME to a folder of your own."):
        fetch_models(models, ignore_progress)


def test_full_disk_is_noticed_before_anything_is_fetched(hub: Hub, models: list[Model]) -> None:
    """The sizes in the lock are compared with the free space."""
    vast = replace(models[0], files=(File(LARGE, 10**18, "0" * 64),))
    with pytest.raises(
        FetchError, match=r"Need 1000000000.0 GB in .* free. Make room, or set HF_HOME to another disk."
    ):
        fetch_models([vast], ignore_progress)
    assert hub.requests == []


def test_two_fetches_at_once_bring_every_byte_once(hub: Hub, models: list[Model]) -> None:
    """The second waits for the first, and finds what it has brought."""
    hub.speed = 2_000_000
    child = os.fork()
    if child == 0:
        os._exit(len(fetch_models(models, ignore_progress)))
    problems = fetch_models(models, ignore_progress)
    assert (problems, os.waitpid(child, 0)[1]) == ([], 0)
    assert hub.sent == count_locked_bytes(models)
    assert verify_models(models) == []


def test_watcher_sees_the_bytes_arrive(hub: Hub, models: list[Model]) -> None:
    """Progress grows in several steps, from some bytes to all of them."""
    hub.speed = 1_000_000
    seen: list[int] = []
    fetch_models(models, lambda downloads: seen.append(sum(download.received_bytes() for download in downloads)))
    assert seen == sorted(seen)
    assert len(set(seen)) > 3
    assert seen[-1] == count_locked_bytes(models)


def test_doctor_reports_a_flipped_byte(models: list[Model], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Weights that are here must be as locked; weights that were never fetched are no fault."""
    monkeypatch.setattr(models_lock, "LOCK", tmp_path / "models.lock")
    models_lock.LOCK.write_text(format_lock(models))
    assert (checks.check_weights().blocking, checks.check_weights().evidence[:21]) == (False, "no pretrained weights")
    fetch_models(models[1:], ignore_progress)
    assert (checks.check_weights().blocking, checks.check_weights().evidence) == (False, "as locked: second, third")
    flip_byte(snapshot_folder(models[1]) / LARGE)
    check = checks.check_weights()
    assert (check.blocking, check.fix) == (
        True,
        "`invoke models --set core --fetch` downloads what is missing or damaged.",
    )
    assert check.evidence.startswith("second: model.safetensors: hash ")
