"""./prep takes packages from where pip is told to take them, whether pip or uv fetches them."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from interview_prep.bootstrap.pip_settings import (
    PYTORCH_CPU_INDEX,
    add_torch_index,
    make_uv_arguments,
    make_uv_environment,
    read_settings,
    uv_finds_torch,
)
from tests.prep import checkout as small
from tests.prep.checkout import Checkout, only_error_line
from tests.prep.index import Index

UNREACHABLE = "http://127.0.0.1:9"
TORCH = "2.13.0+cpu"


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Checkout]:
    """A fresh checkout with an empty cache, for which an unreachable index is the default one."""
    yield small.make_checkout(
        tmp_path, UV_CACHE_DIR=str(tmp_path / "cache"), ALL_PROXY=UNREACHABLE, NO_PROXY="127.0.0.1"
    )
    shutil.rmtree(tmp_path, ignore_errors=True)


def assert_installs(checkout: Checkout, **settings: str) -> None:
    """Make the environment with these settings."""
    done = checkout.run("hello", program=None, cwd=None, **settings)
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    checkout.assert_whole()


def list_fetchers(index: Index) -> set[str]:
    """Who has fetched a wheel from the index."""
    return {program for program, address in index.requests if address.endswith(".whl")}


@pytest.fixture
def own(index: Index) -> Index:
    """The shared index, with nothing written down yet."""
    index.requests.clear()
    return index


def test_without_any_setting_there_is_no_index_here(bare: Checkout) -> None:
    """What follows proves something only where the public index is out of reach."""
    assert "No matching distribution found" in only_error_line(bare.run(), 2)


def test_a_folder_of_wheels_is_enough(bare: Checkout, wheels: Path) -> None:
    """A laptop without any network, prepared from a stick."""
    assert_installs(bare, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheels))


@pytest.mark.parametrize("section", ["global", "install"])
def test_a_folder_of_wheels_in_pips_file_is_enough(bare: Checkout, wheels: Path, section: str) -> None:
    """The settings of pip.conf count as those of the environment do; ~ is HOME in both."""
    Path(bare.environment["HOME"], "wheels").symlink_to(wheels)
    settings = bare.folder / "pip.conf"
    settings.write_text(f"[{section}]\nno-index = true\nfind-links = ~/wheels\n")
    assert_installs(bare, PIP_CONFIG_FILE=str(settings))


def test_no_index_means_no_index(bare: Checkout, wheels: Path, own: Index) -> None:
    """Where only a folder may be used, the index is not asked, by uv neither."""
    assert_installs(bare, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheels), PIP_INDEX_URL=own.url)
    assert own.requests == []


def test_a_wheel_that_the_folder_lacks_is_refused(bare: Checkout, wheels: Path, own: Index, tmp_path: Path) -> None:
    """With no index it cannot come from anywhere else, and uv says so in one line."""
    fewer = tmp_path / "fewer"
    shutil.copytree(wheels, fewer, ignore=shutil.ignore_patterns("six-*"))
    line = only_error_line(bare.run("hello", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(fewer), PIP_INDEX_URL=own.url), 2)
    assert "six was not found in the provided package locations" in line


def test_the_index_of_pip_is_used(bare: Checkout, own: Index) -> None:
    """By pip for the installer, and by uv for all else."""
    assert_installs(bare, PIP_INDEX_URL=own.url)
    assert list_fetchers(own) == {"pip", "uv"}


def test_the_extra_index_of_pip_is_used(bare: Checkout, own: Index) -> None:
    """Two extra indexes, of which the first is empty, beside a main one that is."""
    empty = f"{own.root}/nothing"
    assert_installs(bare, PIP_INDEX_URL=f"{own.root}/none", PIP_EXTRA_INDEX_URL=f"{empty} {own.url}")
    assert list_fetchers(own) == {"pip", "uv"}


def test_an_extra_index_with_another_build_is_no_obstacle(bare: Checkout, own: Index, site: Path) -> None:
    """uv would take a locked version from there and refuse its hash, where pip would look further."""
    [wheel] = (site / "simple" / "six").glob("*.whl")
    other = site / "other-build" / "six" / wheel.name
    other.parent.mkdir(parents=True)
    shutil.copy(wheel, other)
    with zipfile.ZipFile(other, "a") as archive:
        archive.comment = b"built elsewhere"
    assert_installs(bare, PIP_INDEX_URL=own.url, PIP_EXTRA_INDEX_URL=f"{own.root}/other-build")
    assert any("/other-build/six/six-" in address for _, address in own.requests)


def test_the_proxy_of_pip_is_used(bare: Checkout, own: Index) -> None:
    """The index has a name that only the proxy can resolve; the proxy of other programs is a wrong one."""
    index = "http://packages.invalid/simple"
    settings = {"PIP_INDEX_URL": index, "PIP_PROXY": own.root, "PIP_TRUSTED_HOST": "packages.invalid"}
    assert_installs(bare, **settings, http_proxy=UNREACHABLE, https_proxy=UNREACHABLE)
    assert list_fetchers(own) == {"pip", "uv"}
    assert all(address.startswith("http://packages.invalid/") for _, address in own.requests)


@pytest.fixture(scope="module")
def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that no system trusts, and its key, in one file."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("there is no openssl to make a certificate with")
    path = folder / "certificate.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subject += ["-addext", "basicConstraints=critical,CA:FALSE"]  # uv refuses a server that shows an authority's own
    key = ["-newkey", "rsa:2048", "-nodes", "-keyout", str(path), "-out", f"{path}.public"]
    subprocess.run([openssl, "req", "-x509", *key, *subject], check=True, capture_output=True)
    with path.open("ab") as both:
        both.write(Path(f"{path}.public").read_bytes())
    return path


@pytest.fixture(scope="module")
def secure(site: Path, certificate: Path) -> Iterator[Index]:
    """The index, over HTTPS."""
    with Index(site, certificate).serving() as serving:
        yield serving


@pytest.mark.parametrize("name", ["PIP_CERT", "REQUESTS_CA_BUNDLE"])
def test_the_certificate_of_pip_is_used(bare: Checkout, secure: Index, certificate: Path, name: str) -> None:
    """As behind a company's proxy that signs anew; a certificate that other programs are given does not count."""
    others = f"{certificate}.others"
    shutil.copy(certificate, others)
    Path(others).write_text("")
    secure.requests.clear()
    assert_installs(bare, PIP_INDEX_URL=secure.url, SSL_CERT_FILE=others, **{name: f"{certificate}.public"})
    assert list_fetchers(secure) == {"pip", "uv"}


def test_an_unknown_certificate_is_refused(bare: Checkout, secure: Index) -> None:
    """Without the setting nothing is taken from an index that cannot say who it is."""
    assert "check the network and pip's settings (index, proxy, certificate)" in only_error_line(
        bare.run(PIP_INDEX_URL=secure.url), 2
    )


def test_a_setting_for_uv_wins_over_one_for_pip(bare: Checkout, own: Index, site: Path) -> None:
    """Who has set uv up on purpose is not overruled; here both addresses lead to the same wheels."""
    (site / "for-uv").symlink_to("simple")
    assert_installs(bare, PIP_INDEX_URL=own.url, UV_DEFAULT_INDEX=f"{own.root}/for-uv")
    assert {(program, address.split("/")[1]) for program, address in own.requests} == {
        ("pip", "simple"),
        ("uv", "for-uv"),
    }


@pytest.fixture(scope="module")
def torch(folder: Path) -> Path:
    """A folder with a wheel that is called torch and holds next to nothing."""
    place = folder / "torch"
    place.mkdir()
    about = f"torch-{TORCH}.dist-info"
    files = {
        "torch/__init__.py": "",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: torch\nVersion: {TORCH}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},{digest(text)},{len(text)}\n" for name, text in files.items())
    with zipfile.ZipFile(place / f"torch-{TORCH}-py3-none-any.whl", "w") as wheel:
        for name, text in {**files, f"{about}/RECORD": f"{record}{about}/RECORD,,\n"}.items():
            wheel.writestr(name, text)
    return place


def digest(text: str) -> str:
    """The hash of a file's content as a wheel records it."""
    return f"sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')}"


def want(checkout: Checkout, torch: Path) -> None:
    """Let the checkout's lock ask for that wheel on this system."""
    wheel = next(torch.glob("*.whl"))
    name = f'torch=={TORCH} ; sys_platform == "{sys.platform}"'
    with (checkout.folder / "docker" / "locks" / "cpu.txt").open("a") as lock:
        lock.write(f"{name} \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")


def test_torch_comes_from_a_folder_that_holds_it(bare: Checkout, own: Index, torch: Path) -> None:
    """The PyTorch index, which cannot be reached here, is not asked."""
    want(bare, torch)
    assert_installs(bare, PIP_INDEX_URL=own.url, PIP_FIND_LINKS=str(torch))


def test_torch_comes_from_an_index_that_holds_it(bare: Checkout, own: Index, torch: Path, site: Path) -> None:
    """A company's mirror is enough, without the PyTorch index that it mirrors."""
    shutil.copytree(torch, site / "mirror" / "torch")
    want(bare, torch)
    assert_installs(bare, PIP_INDEX_URL=own.url, PIP_EXTRA_INDEX_URL=f"{own.root}/mirror")


def test_torch_is_looked_for_in_the_pytorch_index_otherwise(bare: Checkout, own: Index, torch: Path) -> None:
    """Which here is out of reach, and is named."""
    want(bare, torch)
    assert PYTORCH_CPU_INDEX in only_error_line(bare.run(PIP_INDEX_URL=own.url, UV_HTTP_RETRIES="0"), 2)


def set_for_pip(monkeypatch: pytest.MonkeyPatch, **environment: str) -> None:
    """Give pip these settings, and none of this machine's."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    for name, value in {"PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0", **environment}.items():
        monkeypatch.setenv(name, value)


def settings(monkeypatch: pytest.MonkeyPatch, torch: str = "", **own: str) -> tuple[list[str], Mapping[str, str]]:
    """What uv is given where pip has these settings."""
    set_for_pip(monkeypatch, **own)
    options, python = read_settings(), Path(sys.executable)
    variables = add_torch_index(python.with_name("uv"), python, torch, options, make_uv_environment(options))
    return make_uv_arguments(options), variables


def test_the_environment_wins_over_pips_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And in the file [install] over [global], whatever comes first: pip's own order."""
    file = tmp_path / "pip.conf"
    file.write_text(
        "[install]\ntimeout = 20\nproxy = http://b\n[global]\ntimeout = 10\nproxy = http://a\nretries = 1\n"
    )
    monkeypatch.delenv("PIP_RETRIES", raising=False)
    _, given = settings(monkeypatch, PIP_CONFIG_FILE=str(file), PIP_RETRIES="3", PIP_TIMEOUT="30")
    names = ("UV_HTTP_TIMEOUT", "HTTPS_PROXY", "UV_HTTP_RETRIES")
    assert [given[name] for name in names] == ["30", "http://b", "3"]


def test_the_pytorch_index_comes_after_pips_extra_indexes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is added, and replaces nothing."""
    own = {"PIP_INDEX_URL": f"{UNREACHABLE}/simple", "PIP_EXTRA_INDEX_URL": f"{UNREACHABLE}/a {UNREACHABLE}/b"}
    _, given = settings(monkeypatch, TORCH, **own)
    assert given["UV_INDEX"].split() == [f"{UNREACHABLE}/a", f"{UNREACHABLE}/b", PYTORCH_CPU_INDEX]


def test_torch_is_found_in_a_folder(monkeypatch: pytest.MonkeyPatch, torch: Path, own: Index) -> None:
    """uv is asked, with the settings of pip that it will install with."""
    set_for_pip(monkeypatch)
    nothing = {"index-url": own.url}
    python = Path(sys.executable)
    uv, held = python.with_name("uv"), make_uv_environment({**nothing, "find-links": str(torch)})
    assert uv_finds_torch(uv, python, TORCH, held)
    assert not uv_finds_torch(uv, python, TORCH, make_uv_environment(nothing))
    assert not uv_finds_torch(uv, python, "2.12.0", held)
