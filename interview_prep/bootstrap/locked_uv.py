"""Bring the locked uv: one wheel with one program in it, named by hash in the lock.

pip fetches it where the running Python has one or bundles one, as pip knows every way to sign in. Elsewhere (Debian's
python3 comes without) the standard library does, from the index, extra indexes and folders that pip's settings name.
Where they name no index, another uv on PATH does, as uv knows one by itself. Left out without pip: keyrings, netrc, and
client certificates with a password.
"""

import base64
import hashlib
import http.client
import os
import platform
import re
import shutil
import ssl
import sys
import sysconfig
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from interview_prep.bootstrap import pip_settings
from interview_prep.bootstrap.messages import DOCKER, UnpreparedError
from interview_prep.bootstrap.steps import FIXES, run_step

NOT_LOCKED = FIXES["hash mismatch|do not match the hashes"]
NO_INDEX = (
    "this Python has no pip and no package index is set; install pip (`apt install python3-pip` on Debian and Ubuntu) "
    f"or uv, or set PIP_INDEX_URL, or {DOCKER}."
)
EXACTLY = ("--no-deps", "--require-hashes", "--only-binary=:all:")


def fetch_uv(lock: Path, folder: Path, options: Mapping[str, str]) -> Path:
    """Return `folder`/uv-VERSION, fetched if it is not there. It appears whole or not at all."""
    version, hashes = read_lock(lock)
    uv = folder / f"uv-{version}"
    if not uv.exists():
        fetching = folder / "fetching"
        shutil.rmtree(fetching, ignore_errors=True)  # of a start that was killed
        fetching.mkdir(parents=True)
        wanted = fetching / "uv.txt"
        wanted.write_text(" ".join([f"uv=={version}", *(f"--hash=sha256:{digest}" for digest in hashes)]))
        pip, other_uv = pip_command(), shutil.which("uv")
        if pip:
            program = unpack_uv(fetch_with_pip(pip, wanted, options), hashes)
        elif other_uv and not options.get("index-url"):
            program = install_with_uv(other_uv, wanted, options)
        else:
            program = unpack_uv(fetch_alone(version, fetching, options), hashes)
        program.chmod(0o755)
        program.replace(uv)
        shutil.rmtree(fetching)
    for other in folder.glob("uv-*"):
        if other != uv:
            other.unlink()
    return uv


def read_lock(lock: Path) -> tuple[str, list[str]]:
    """Return uv's version and the sha256 of each of its files."""
    entry = re.search(r"^uv==([\w.]+)(.*(?:\n[^\w\n].*)*)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    if not entry:
        raise UnpreparedError(f"{lock} does not name uv; `git checkout docker/locks` restores it.")
    return entry[1], re.findall(r"sha256:([0-9a-f]{64})\b", entry[2])


def pip_command() -> list[str]:
    """Return how to start the running Python's pip: installed, or as the wheel that ensurepip would install."""
    if find_spec("pip"):
        return [sys.executable, "-Im", "pip"]
    shared = sysconfig.get_config_var("WHEEL_PKG_DIR")
    folders = [Path(sysconfig.get_path("stdlib"), "ensurepip", "_bundled"), *([Path(shared)] if shared else [])]
    wheels = [wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))]
    return [sys.executable, "-I", str(wheels[-1] / "pip")] if wheels else []


def fetch_with_pip(pip: Sequence[str], wanted: Path, options: Mapping[str, str]) -> Path:
    """Let pip download the wheel for this machine."""
    command = [*pip, "download", "-q", "--no-input", *EXACTLY, "-r", wanted, "-d", wanted.parent]
    run_step(command, pip_settings.for_pip(options), show=False)
    return next(wanted.parent.glob("*.whl"))


def install_with_uv(uv: str, wanted: Path, options: Mapping[str, str]) -> Path:
    """Let another uv, which knows a package index where no setting names one, install the locked uv in a folder."""
    target = wanted.with_name("target")
    command = [uv, "pip", "install", "-q", "--python", sys.executable, *EXACTLY, "-r", wanted, "--target", target]
    run_step(command, {**pip_settings.uv_environment(options), "UV_NO_CONFIG": "1"}, show=False)
    return target / "bin" / "uv"


def fetch_alone(version: str, folder: Path, options: Mapping[str, str]) -> Path:
    """Find the wheel for this machine in the places that pip's settings name, and download it."""
    system = "macosx" if sys.platform == "darwin" else "manylinux"
    name = re.compile(rf"uv-{re.escape(version)}-py3-none-\S*{system}\S*_{platform.machine()}\.whl")
    opener = make_opener(options)
    failure = "no such wheel there"
    for place in find_places(options):
        try:
            for address in find_links(opener, place):
                if name.fullmatch(unquote(urlsplit(address).path).rpartition("/")[2]):
                    wheel = folder / "uv.whl"
                    wheel.write_bytes(read_address(opener, address))
                    return wheel
        except (OSError, ValueError, http.client.HTTPException) as error:
            failure = f"{without_password(place)}: {getattr(error, 'reason', None) or error}"
    if not options.get("index-url") and failure == "no such wheel there":
        raise UnpreparedError(NO_INDEX)
    raise UnpreparedError(f"fetching uv {version} failed ({failure}): {FIXES['']}.")


def find_places(options: Mapping[str, str]) -> Iterator[str]:
    """Yield where pip would look for uv, folders first, each as an address."""
    for found in options.get("find-links", "").split():
        path = Path(found).expanduser()
        yield f"{path.resolve().as_uri()}/" if "://" not in found else found
    if not pip_settings.is_true(options.get("no-index", "")):
        for index in f"{options.get('index-url', '')} {options.get('extra-index-url', '')}".split():
            yield f"{index.rstrip('/')}/uv/"


def find_links(opener: urllib.request.OpenerDirector, place: str) -> list[str]:
    """Return the files that a page or a local folder offers."""
    folder = Path(unquote(urlsplit(place).path))
    if place.startswith("file:") and folder.is_dir() and not (folder / "index.html").exists():
        return [path.as_uri() for path in folder.glob("*.whl")]
    page = f"{place}index.html" if place.startswith("file:") else place
    text = read_address(opener, page).decode(errors="replace")
    return [urljoin(place, link) for link in re.findall(r"""<a\s[^>]*?href=["']([^"']+)""", text, re.IGNORECASE)]


def make_opener(options: Mapping[str, str]) -> urllib.request.OpenerDirector:
    """Return what opens addresses through pip's proxy and trusts pip's certificate."""
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
    """Return what is there; a name and password in the address are sent as HTTP has it."""
    request = urllib.request.Request(without_password(address))  # noqa: S310 - file: is meant, as pip takes it
    user, at, _ = urlsplit(address).netloc.rpartition("@")
    if at:
        request.add_header("Authorization", f"Basic {base64.b64encode(unquote(user).encode()).decode()}")
    with opener.open(request, timeout=60) as answer:
        content: bytes = answer.read()
    return content


def without_password(address: str) -> str:
    """Return the address as it may be shown."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def unpack_uv(wheel: Path, hashes: list[str]) -> Path:
    """Take the program out of the wheel, if that is one of the locked files."""
    if hashlib.sha256(wheel.read_bytes()).hexdigest() not in hashes:
        raise UnpreparedError(f"the uv wheel that was fetched has another hash than the lock: {NOT_LOCKED}.")
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        program = wheel.with_name("uv")
        program.write_bytes(archive.read(name))
    return program
