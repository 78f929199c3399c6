"""`invoke models` as a person meets it, in a checkout whose lock names the test's repositories."""

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from interview_prep.weights.models_lock import parse_lock
from tests.support.hub import Repository
from tests.support.models_checkout import Checkout
from tests.support.waiting import wait_until
from tests.support.weights import format_lock, make_model, make_repository


def test_list_names_missing_models_and_the_command(checkout: Checkout) -> None:
    """No request is made, although huggingface_hub could make one."""
    done = checkout.models()
    assert done.returncode == 1
    assert [text.split()[0::4][:1] + text.split()[-1:] for text in done.stdout.splitlines()[:2]] == [
        ["first", "missing"],
        ["second", "missing"],
    ]
    assert "`invoke models --set core --fetch` downloads what is missing" in done.stdout
    assert checkout.hub.requests == []


def test_fetched_set_is_there(checkout: Checkout) -> None:
    """--fetch uses the network although tasks are offline by default."""
    done = checkout.models("--fetch", HF_HUB_OFFLINE="1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "first: model.safetensors" in done.stdout.splitlines()
    assert checkout.models("--verify").returncode == 0
    assert checkout.models("--set", "full").returncode == 1


def test_json_is_one_document_with_every_problem(checkout: Checkout) -> None:
    """It has the problems by file and the folder of each model; bars and sentences go to standard error."""
    fetched = json.loads(checkout.models("--fetch", "--json").stdout)
    assert (fetched["version"], fetched["complete"]) == (2, True)
    first = fetched["models"][0]
    assert (first["name"], first["repo"], first["problems"]) == ("first", "prep/first", {})
    Path(first["folder"], "vocab.txt").write_bytes(b"x" * 20_000)
    verified = json.loads(checkout.models("--verify", "--json").stdout)
    assert verified["complete"] is False
    assert list(verified["models"][0]["problems"]) == ["vocab.txt"]


def test_missing_file_on_the_hub_is_one_line_and_exit_1(checkout: Checkout) -> None:
    """The line names model, file and cause, and the other model is there."""
    missing = dict(checkout.hub.repositories["prep/first"].files)
    del missing["vocab.txt"]
    checkout.hub.repositories["prep/first"] = replace(checkout.hub.repositories["prep/first"], files=missing)
    done = checkout.models("--fetch")
    assert done.returncode == 1
    assert "first: vocab.txt: 404, the Hub has no such file at this commit" in done.stdout.splitlines()
    assert [text.split()[-1] for text in done.stdout.splitlines() if text[:7].strip() in ("first", "second")] == [
        "incomplete",
        "there",
    ]


def test_interrupt_exits_130_and_the_next_fetch_continues(checkout: Checkout) -> None:
    """Ctrl-C ends the fetch at once with one line; the same command brings the rest."""
    large = make_repository({"model.safetensors": 30_000_000})
    checkout.hub.repositories["prep/large"] = large
    checkout.lock.write_text(format_lock([make_model("prep/large", large)]))
    checkout.hub.hold_at = 22_000_000
    process = checkout.start("--fetch")
    folder = checkout.folder / "home" / "hub" / "models--prep--large" / "incoming"
    partial = folder / large.commit / "model.safetensors"
    written = 20 * 1024**2  # huggingface_hub writes 10 MiB at a time
    wait_until(lambda: partial.exists() and partial.stat().st_size == written, "two thirds of the file")
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=60)  # at once, or never: the Hub holds its answers
    assert process.returncode == 130
    assert "Traceback" not in output + errors
    assert "Interrupted. Run the same command again to continue from here." in output
    checkout.hub.hold_at = 0
    assert checkout.models("--fetch").returncode == 0
    assert checkout.hub.requests[-1].range == f"bytes={written}-"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "docker/locks/models.lock: cannot be read (No such file or directory). `git checkout docker/locks"),
        ("[first]\nrepo = 1\n", "docker/locks/models.lock: first: set is None"),
        ("[first\n", "docker/locks/models.lock: "),
    ],
)
def test_broken_lock_is_one_line_and_exit_2(checkout: Checkout, text: str | None, says: str) -> None:
    """The line says where and what to do, and nothing is fetched."""
    checkout.lock.unlink()
    if text is not None:
        checkout.lock.write_text(text)
    done = checkout.models("--fetch")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(says)
    assert checkout.hub.requests == []


def test_unknown_set_is_one_line_and_exit_2(checkout: Checkout) -> None:
    """The line names the two sets that exist."""
    done = checkout.models("--set", "all")
    assert (done.returncode, done.stderr) == (
        2,
        "docker/locks/models.lock: there is no set 'all', only core and full.\n",
    )


def test_relock_shows_the_difference_and_writes_only_with_yes(
    checkout: Checkout, repositories: dict[str, Repository]
) -> None:
    """A new commit on the Hub changes commit, sizes and hashes of that one entry."""
    before = checkout.lock.read_text()
    newer = {**repositories["prep/first"].files, "vocab.txt": b"new words", "model.safetensors": b"new weights"}
    checkout.hub.repositories["prep/first"] = Repository("f" * 40, newer)
    done = checkout.models("--relock", "first")
    assert (done.returncode, checkout.lock.read_text()) == (1, before)
    assert '+commit = "ffffffff' in done.stdout
    assert '+    {path = "vocab.txt", size = 9, ' in done.stdout
    assert "config.json" not in "".join(text for text in done.stdout.splitlines() if text.startswith("+"))
    assert checkout.models("--relock", "first", "--yes").returncode == 0
    first, *others = parse_lock(checkout.lock.read_text())
    assert others == parse_lock(before)[1:]
    assert first == make_model("prep/first", checkout.hub.repositories["prep/first"])
    assert "is already locked at the Hub's newest commit" in checkout.models("--relock", "first").stdout


def test_relock_of_a_missing_model_is_one_line(checkout: Checkout) -> None:
    """Whether the lock or the Hub lacks it."""
    done = checkout.models("--relock", "fifth")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "no model 'fifth'. `invoke models` lists them all." in done.stderr
    del checkout.hub.repositories["prep/second"]
    done = checkout.models("--relock", "second")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("second: 401 Client Error")
