"""No Hub in reach is known within seconds and said in one line; a Hub that refuses is another matter."""

import errno
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import pytest
from huggingface_hub import constants

from interview_prep.weights import reach
from interview_prep.weights.fetch import fetch_models
from interview_prep.weights.models_lock import Model
from interview_prep.weights.reach import FetchError, UnreachableError, explain_unreachable
from tests.support.hub import Hub
from tests.support.impostor import PAGE, Answer, Impostor, black_hole, closed_port, slow_talker
from tests.support.models_checkout import Checkout
from tests.support.weights import ignore_progress, set_endpoint

REFUSED = f"[Errno {errno.ECONNREFUSED}] Connection refused"
ADVICE = "Set HF_ENDPOINT to a mirror, or go without: small models are used instead."


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """The address of an impostor."""
    with Impostor(forever=answer).serving() as impostor:
        yield impostor.address


NO_HUB = {
    "nothing listens": (closed_port(), REFUSED),
    "no such name": (nullcontext("http://no-such-hub.invalid"), ""),  # each system says it in its own words
    "packets vanish": (black_hole(), "timed out"),
    "says no more": (slow_talker(3600), "timed out"),
    "says a byte now and then": (slow_talker(0.05), "no answer within 1 s"),
    "a login": (answering(PAGE), "got a web page instead, with status 200: a proxy or a login"),
    "a redirect to a login": (
        answering(Answer(302, {"Location": "/login"})),
        "got a web page instead, with status 200",
    ),
    "a page that says it is blocked": (
        answering(Answer(403, PAGE.headers)),
        "got a web page instead, with status 403",
    ),
    "407": (answering(Answer(407)), "407 Proxy Authentication Required"),
    "502": (answering(Answer(502)), "502 Bad Gateway"),
    "503": (answering(Answer(503, PAGE.headers)), "503 Service Unavailable"),
    "511": (answering(Answer(511)), "511 Network Authentication Required"),
}
REFUSALS = {
    "401": Answer(401, {"X-Error-Code": "RepoNotFound"}),
    "403": Answer(403, {"X-Error-Code": "GatedRepo", **PAGE.headers}),
    "404": Answer(404, PAGE.headers),  # a mirror that is a plain web server
    "429": Answer(429),
}


@pytest.fixture(autouse=True)
def _short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits are fractions of a second, and the Hub may be asked, as in a fetch."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(reach, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(reach, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(reach, "READ_SECONDS", 0.5)
    monkeypatch.setattr(reach, "TRY_SECONDS", 1.0)


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize(("place", "cause"), NO_HUB.values(), ids=NO_HUB)
def test_unreachable_hub_is_one_line(
    place: AbstractContextManager[str], cause: str, models: list[Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the address, the cause and what to do; nothing else is tried, however many files are missing."""
    with place as address:
        set_endpoint(address, monkeypatch)
        start = time.monotonic()
        with pytest.raises(UnreachableError) as caught:
            fetch_models(models, ignore_progress)
        assert time.monotonic() - start < 20  # with this test's patience it takes two
    text = str(caught.value)
    assert text.startswith(f"{address} cannot be reached ({cause}")
    assert text.endswith(f"). {ADVICE}")
    assert "\n" not in text


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_refusal_counts_as_a_hub(refusal: Answer) -> None:
    """A Hub that refuses is reachable; the fetch says what it refuses."""
    with answering(refusal) as address:
        assert explain_unreachable(f"{address}/org/name/resolve/main/config.json") == ""


def test_hub_is_asked_twice_at_most() -> None:
    """One bad answer is forgiven, a second one is not."""
    stumble, file = Answer(503), Answer(200, {"Content-Type": "application/json"})
    with Impostor(stumble, file, stumble, stumble, file).serving() as impostor:
        assert explain_unreachable(impostor.address) == ""
        assert explain_unreachable(impostor.address) == "503 Service Unavailable"
        assert impostor.count == 4


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("endpoint", ["hub.example", "hub.example:443", "ftp://hub.example", "http://:80", "http://[x"])
def test_endpoint_that_is_no_address_is_named(
    endpoint: str, models: list[Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not reported as a Hub out of reach: the line names the variable and its value."""
    set_endpoint(endpoint, monkeypatch)
    with pytest.raises(
        FetchError, match=f"^HF_ENDPOINT={endpoint.replace('[', '.')} is not the address of a Hub: "
    ) as caught:
        fetch_models(models, ignore_progress)
    assert not isinstance(caught.value, UnreachableError)


@pytest.mark.usefixtures("cache")
def test_hub_is_probed_once_before_the_files(hub: Hub, models: list[Model]) -> None:
    """One request asks for a small file's headers before anything is downloaded."""
    assert fetch_models(models, ignore_progress) == []
    heads = [request.path.rpartition("/")[2] for request in hub.requests if request.method == "HEAD"]
    assert (hub.requests[0].method, heads) == ("HEAD", ["config.json"])


@pytest.mark.parametrize(("options", "code"), [("--fetch --json", 2), ("--relock first", 1)])
def test_task_without_a_hub_is_one_line(checkout: Checkout, options: str, code: int) -> None:
    """It goes to standard error and names the variable for another Hub."""
    with closed_port() as address:
        done = checkout.models(*options.split(), HF_ENDPOINT=address, NO_PROXY="*")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    assert f"{address} cannot be reached ({REFUSED}). {ADVICE}" in done.stderr


@pytest.mark.parametrize(
    ("proxy", "cause"), [("http", "403 Forbidden"), ("socks5", "Using SOCKS proxy, but the 'socksio' package")]
)
def test_proxy_that_refuses_is_named(checkout: Checkout, proxy: str, cause: str) -> None:
    """The line says that a proxy is set, and what it answered."""
    with answering(Answer(403)) as address:
        variables = {"HTTPS_PROXY": address.replace("http", proxy), "NO_PROXY": "", "no_proxy": ""}
        done = checkout.models("--fetch", HF_ENDPOINT="https://hub.example", **variables)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith(f"https://hub.example cannot be reached through the proxy that is set ({cause}")
