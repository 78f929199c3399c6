"""Fetch the wheel of the locked uv with the standard library alone, from where pip's settings say packages come from.

Left out: keyrings, netrc, and client certificates with a password, which pip knows.
"""

import base64
import http.client
import os
import platform
import re
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from interview_prep.bootstrap import pip_settings
from interview_prep.bootstrap.messages import DOCKER_ADVICE, UnpreparedError
from interview_prep.bootstrap.steps import FIXES

NO_INDEX = (
    "this Python has no pip, and no package index is set; install pip (`apt install python3-pip` on Debian and Ubuntu) "
    f"or uv, or set PIP_INDEX_URL, or {DOCKER_ADVICE}."
)


def fetch_without_pip(version: str, folder: Path, options: Mapping[str, str]) -> Path:
    """Find uv's wheel for this machine in the places that pip's settings name, and download it into `folder`.

    Raises UnpreparedError, with the last failure, if no place has it. The caller compares the hash.
    """
    system = "macosx" if sys.platform == "darwin" else "manylinux"
    name = re.compile(rf"uv-{re.escape(version)}-py3-none-\S*{system}\S*_{platform.machine()}\.whl")
    opener = make_opener(options)
    failure = "no such wheel there"
    for place in list_places(options):
        try:
            for address in list_links(opener, place):
                if name.fullmatch(unquote(urlsplit(address).path).rpartition("/")[2]):
                    wheel = folder / "uv.whl"
                    wheel.write_bytes(read_address(opener, address))
                    return wheel
        except (OSError, ValueError, http.client.HTTPException) as error:
            failure = f"{hide_password(place)}: {getattr(error, 'reason', None) or error}"
    if not options.get("index-url") and failure == "no such wheel there":
        raise UnpreparedError(NO_INDEX)
    raise UnpreparedError(f"fetching uv {version} failed ({failure}): {FIXES['']}.")


def list_places(options: Mapping[str, str]) -> Iterator[str]:
    """Where pip would look for uv, each as an address: folders first, then indexes."""
    for location in options.get("find-links", "").split():
        path = Path(location).expanduser()
        yield f"{path.resolve().as_uri()}/" if "://" not in location else location
    if not pip_settings.is_switched_on(options.get("no-index", "")):
        for index in f"{options.get('index-url', '')} {options.get('extra-index-url', '')}".split():
            yield f"{index.rstrip('/')}/uv/"


def list_links(opener: urllib.request.OpenerDirector, place: str) -> list[str]:
    """The addresses of the files that a page or a local folder offers."""
    folder = Path(unquote(urlsplit(place).path))
    if place.startswith("file:") and folder.is_dir() and not (folder / "index.html").exists():
        return [path.as_uri() for path in folder.glob("*.whl")]
    page = f"{place}index.html" if place.startswith("file:") else place
    text = read_address(opener, page).decode(errors="replace")
    return [urljoin(place, link) for link in re.findall(r"""<a\s[^>]*?href=["']([^"']+)""", text, re.IGNORECASE)]


def make_opener(options: Mapping[str, str]) -> urllib.request.OpenerDirector:
    """An opener that goes through pip's proxy and trusts pip's certificate."""
    trusted = options.get("cert") or pip_settings.find_certificates()
    context = ssl.create_default_context(cafile=os.path.expanduser(trusted) if trusted else None)  # noqa: PTH111 - None
    if options.get("client-cert"):
        context.load_cert_chain(Path(options["client-cert"]).expanduser())
    proxies = dict.fromkeys(["http", "https"], options["proxy"]) if options.get("proxy") else None
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler(proxies)
    )
    opener.addheaders = [("User-Agent", "prep"), ("Accept", "text/html")]
    return opener


def read_address(opener: urllib.request.OpenerDirector, address: str) -> bytes:
    """The bytes at an address; a name and password in it are sent in the header that HTTP has for them."""
    request = urllib.request.Request(hide_password(address))  # noqa: S310 - file: is meant, as pip takes it
    user, at, _ = urlsplit(address).netloc.rpartition("@")
    if at:
        request.add_header("Authorization", f"Basic {base64.b64encode(unquote(user).encode()).decode()}")
    with opener.open(request, timeout=60) as answer:
        content: bytes = answer.read()
    return content


def hide_password(address: str) -> str:
    """The address without its name and password, so that it can be shown."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
