"""Does a Hub answer at HF_ENDPOINT at all? Known within seconds, before any file is asked for.

A refused connection, a name that does not resolve, packets that vanish, and a proxy or login page that answers instead
are told apart from answers of the Hub, its refusals among them. Left out: a Hub that goes away later.
"""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2
from huggingface_hub import constants, get_session, hf_hub_url
from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined] # it is there

TRIES = 2
PAUSE = 1.0  # seconds between them
CONNECT, SILENCE = 5.0, 8.0  # seconds: for one connection, and until something is said on it
PATIENCE = 10.0  # seconds for a whole try: looking up a name has no limit of its own


class FetchError(Exception):
    """Why nothing at all can be fetched: one line."""


class UnreachableError(FetchError):
    """No Hub answers at HF_ENDPOINT: what was found, and as one line what to do about it."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"{what}. Set HF_ENDPOINT to a mirror of it, or go without: small models serve instead.")


def require_hub(repo: str, revision: str, paths: Sequence[str]) -> None:
    """Ask for the headers of a small file of a repository. Raises UnreachableError where no Hub answers."""
    try:
        way = describe_way(constants.ENDPOINT)
    except ValueError as error:
        raise FetchError(f"HF_ENDPOINT={constants.ENDPOINT} is not an address of a Hub: {error}.") from None
    small = min(paths, key=lambda path: path.endswith(".safetensors"))
    cause = explain_unreachable(hf_hub_url(repo, small, revision=revision))
    if cause:
        raise UnreachableError(f"{constants.ENDPOINT} cannot be reached{way} ({cause})")


def describe_way(endpoint: str) -> str:
    """Whether requests to this address go through a proxy. Raises ValueError where it is no address."""
    address = urlsplit(endpoint)
    if address.scheme not in {"http", "https"} or not address.hostname or address.port == 0:
        raise ValueError("it does not begin with https://HOST or http://HOST")
    proxies = getproxies()
    proxied = (proxies.get(address.scheme) or proxies.get("all")) and not proxy_bypass(address.hostname)
    return " through the proxy that is set" if proxied else ""


def explain_unreachable(url: str) -> str:
    """Why no Hub answers a request for this file, in a few words, or "" where one does."""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(PAUSE)
        cause = ask_in_time(url)
        if not cause:
            return ""
    return cause


def ask_in_time(url: str) -> str:
    """Ask in a thread, which is left alone when its time is over."""
    answer: Future[str] = Future()

    def run() -> None:
        try:
            answer.set_result(ask_hub(url))
        except Exception as error:  # noqa: BLE001 - it is raised again where somebody waits
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return answer.result(timeout=PATIENCE)
    except TimeoutError:
        return f"no answer within {PATIENCE:.0f} s"


def ask_hub(url: str) -> str:
    """Ask once; why that brought no answer of a Hub, or ""."""
    patience = httpx2.Timeout(SILENCE, connect=CONNECT)
    try:
        answer = get_session().head(url, headers=build_hf_headers(), timeout=patience, follow_redirects=True)
    except (httpx2.RequestError, ValueError, ImportError) as error:  # the last two: the address of a proxy
        return next(iter(str(error).splitlines()), "") or type(error).__name__
    return explain_answer(answer)


def explain_answer(answer: httpx2.Response) -> str:
    """Why this is not the answer of a Hub, or ""."""
    status, web_page = answer.status_code, answer.headers.get("Content-Type", "").startswith("text/html")
    if status >= 500 or status == 407:  # 407: a proxy wants a password
        return f"{status} {answer.reason_phrase}"
    refused = status in {401, 404} or any(name.startswith("x-error-") for name in answer.headers)
    return f"a web page came instead, with status {status}: a proxy or a login" if web_page and not refused else ""
