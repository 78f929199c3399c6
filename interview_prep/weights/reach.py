"""Does a Hub answer at HF_ENDPOINT at all? This is known within seconds, before any file is requested.

It tells a refused connection, a name that doesn't resolve, packets that vanish, and a proxy or login page that answers
instead from real answers of a Hub, including its refusals. Left out: a Hub that goes away later.
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

from interview_prep.errors import KitError, one_line

TRIES = 2
PAUSE_SECONDS = 1.0  # between tries
CONNECT_SECONDS, READ_SECONDS = 5.0, 8.0  # for one connection, and until the next byte comes
TRY_SECONDS = 10.0  # for a whole try: looking up a name has no limit of its own


class FetchError(KitError):
    """Why nothing at all can be fetched, in one line."""


class UnreachableError(FetchError):
    """No Hub answers at HF_ENDPOINT. `problem` says which and why; the whole text also says what to do about it."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"{problem}. Set HF_ENDPOINT to a mirror, or go without: small models are used instead.")


def require_hub(repo: str, revision: str, paths: Sequence[str]) -> None:
    """Ask for the headers of a small file of a repository. Raises UnreachableError if no Hub answers."""
    try:
        route = describe_route(constants.ENDPOINT)
    except ValueError as error:
        raise FetchError(f"HF_ENDPOINT={constants.ENDPOINT} is not the address of a Hub: {error}.") from None
    small_file = min(paths, key=lambda path: path.endswith(".safetensors"))
    cause = explain_unreachable(hf_hub_url(repo, small_file, revision=revision))
    if cause:
        raise UnreachableError(f"{constants.ENDPOINT} cannot be reached{route} ({cause})")


def describe_route(endpoint: str) -> str:
    """Words that mention the proxy if requests go through one, else "". Raises ValueError if it isn't an address."""
    address = urlsplit(endpoint)
    if address.scheme not in {"http", "https"} or not address.hostname or address.port == 0:
        raise ValueError("it does not begin with https://HOST or http://HOST")
    proxies = getproxies()
    proxied = (proxies.get(address.scheme) or proxies.get("all")) and not proxy_bypass(address.hostname)
    return " through the proxy that is set" if proxied else ""


def explain_unreachable(url: str) -> str:
    """Why no Hub answers a request for this file, in a few words, or "" if one does."""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(PAUSE_SECONDS)
        cause = ask_within_limit(url)
        if not cause:
            return ""
    return cause


def ask_within_limit(url: str) -> str:
    """Ask once, in a thread that is abandoned after TRY_SECONDS."""
    answer: Future[str] = Future()

    def run() -> None:
        try:
            answer.set_result(ask_hub(url))
        except Exception as error:  # noqa: BLE001 - it is raised again where somebody waits
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return answer.result(timeout=TRY_SECONDS)
    except TimeoutError:
        return f"no answer within {TRY_SECONDS:.0f} s"


def ask_hub(url: str) -> str:
    """Ask once. Returns why no Hub answered, or ""."""
    timeout = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    try:
        answer = get_session().head(url, headers=build_hf_headers(), timeout=timeout, follow_redirects=True)
    except (httpx2.RequestError, ValueError, ImportError) as error:  # the last two: a proxy's address is wrong
        return one_line(error) or type(error).__name__
    return explain_answer(answer)


def explain_answer(answer: httpx2.Response) -> str:
    """Why this answer is not a Hub's, or ""."""
    status, web_page = answer.status_code, answer.headers.get("Content-Type", "").startswith("text/html")
    if status >= 500 or status == 407:  # 407: a proxy wants a password
        return f"{status} {answer.reason_phrase}"
    refused = status in {401, 404} or any(name.startswith("x-error-") for name in answer.headers)
    return f"got a web page instead, with status {status}: a proxy or a login" if web_page and not refused else ""
