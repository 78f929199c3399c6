"""What pip is told is read as pip reads it, and reaches uv under uv's names: the part that needs no network."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from interview_prep.bootstrap.pip_settings import (
    PIP_ONLY_OPTIONS,
    UV_NAMES,
    SettingsError,
    make_pip_environment,
    make_uv_environment,
    read_settings,
)

ASK_PIP = """
import json
from pip._internal.cli.parser import ConfigOptionParser
parser = ConfigOptionParser(name="install")
parser.config.load()
print(json.dumps(list(parser._get_ordered_configuration_items())))
"""


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """This machine's own settings are not the test's."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_", "XDG_")) or name in {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}:
            monkeypatch.delenv(name)
    for name in {variable for variables in UV_NAMES.values() for variable in variables}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def write_file(path: Path, text: str) -> str:
    """Write a file and the folders above it; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def ask_pip() -> dict[str, str]:
    """What `pip install` would use. (`pip config list` sorts by file name, not by precedence.)"""
    said = subprocess.run([sys.executable, "-Ic", ASK_PIP], capture_output=True, text=True, check=True).stdout
    return {name.replace("default-timeout", "timeout"): text for name, text in json.loads(said)}


@pytest.mark.skipif(not find_spec("pip"), reason="no pip beside this Python, as in the images")
@pytest.mark.parametrize("chosen", ["", "chosen", "missing", os.devnull])
def test_settings_equal_what_pip_reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, chosen: str) -> None:
    """Global files, old and new user files, a chosen file, sections and variables are read in pip's own order."""
    shared, home = tmp_path / "xdg", tmp_path / "home"
    write_file(shared / "pip" / "pip.conf", "[global]\nindex-url = a\nretries = 1\ntimeout = 1\nproxy = a\n")
    write_file(
        home / ".pip" / "pip.conf", "[global]\nretries = 2\ncert = old\n[install]\ntimeout = 2\n[freeze]\nproxy = f\n"
    )
    write_file(
        home / ".config" / "pip" / "pip.conf", "[global]\ncert = new\nfind_links =\n  /a\n  /b\ntrusted-host =\n"
    )
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(shared))
    monkeypatch.setenv("PIP_TIMEOUT", "3")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "b c")
    monkeypatch.setenv("PIP_CLIENT_CERT", "")
    if chosen:
        write_file(tmp_path / "chosen", "[global]\nindex-url = chosen\ntimeout = 9\n")
        monkeypatch.setenv("PIP_CONFIG_FILE", chosen if chosen == os.devnull else str(tmp_path / chosen))
    said = ask_pip()
    said.pop("config-file", None)
    assert {name: text for name, text in read_settings().items() if name != "config-file"} == said
    assert read_settings()["timeout"] == "3"


def test_a_file_that_pip_cannot_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A broken pip.conf is an error that names the file."""
    file = write_file(tmp_path / "pip.conf", "index-url = x\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", file)
    with pytest.raises(SettingsError, match=re.escape(f"{file} cannot be read")):
        read_settings()


def test_pip_gets_only_the_settings_about_where_packages_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings about where pip installs, or what it refuses, are meant for other installations."""
    foreign = {"TARGET": "/a", "PREFIX": "/a", "ROOT": "/a", "USER": "1", "REQUIRE_VIRTUALENV": "1", "CONSTRAINT": "/a"}
    foreign |= {"NO_BINARY": ":all:", "PLATFORM": "any", "QUIET": "3", "DRY_RUN": "1"}
    for name, text in {**foreign, "INDEX_URL": "https://a", "CERT": "/c"}.items():
        monkeypatch.setenv(f"PIP_{name}", text)
    given = make_pip_environment(read_settings())
    own = {name for name in given if name.startswith("PIP_")}
    assert own == {"PIP_INDEX_URL", "PIP_CERT", "PIP_CONFIG_FILE", "PIP_DISABLE_PIP_VERSION_CHECK"}
    assert not {name.lower().replace("_", "-") for name in foreign} & {*UV_NAMES, *PIP_ONLY_OPTIONS}


@pytest.mark.parametrize("name", ["UV_PYTHON", "UV_EXCLUDE_NEWER", "UV_CONSTRAINT", "UV_NO_BINARY", "UV_CONFIG_FILE"])
def test_uv_takes_no_setting_of_other_projects(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Variables that change which files or which Python uv takes do not reach it."""
    monkeypatch.setenv(name, "x")
    assert name not in make_uv_environment({})


@pytest.mark.parametrize(
    ("option", "value", "variables"),
    [
        ("index-url", "https://a.example/simple", {"UV_DEFAULT_INDEX": "https://a.example/simple"}),
        ("extra-index-url", "\nhttps://a\nhttps://b", {"UV_INDEX": "https://a https://b"}),
        ("find-links", "/a  /b", {"UV_FIND_LINKS": "/a,/b"}),
        ("cert", "/My Certificates/ca.pem", {"SSL_CERT_FILE": "/My Certificates/ca.pem"}),
        ("client-cert", "/me.pem", {"SSL_CLIENT_CERT": "/me.pem"}),
        ("proxy", "http://me:secret@a:3128", dict.fromkeys(["HTTP_PROXY", "HTTPS_PROXY"], "http://me:secret@a:3128")),
        ("timeout", "60", {"UV_HTTP_TIMEOUT": "60"}),
        ("retries", "0", {"UV_HTTP_RETRIES": "0"}),
    ],
)
def test_each_pip_option_becomes_a_uv_variable(option: str, value: str, variables: dict[str, str]) -> None:
    """Lists get uv's separator, and single values stay as they are."""
    given = make_uv_environment({option: value})
    assert {name: given[name] for name in variables} == variables


@pytest.mark.parametrize(("option", "variable"), [("cert", "SSL_CERT_FILE"), ("find-links", "UV_FIND_LINKS")])
def test_tilde_becomes_the_home_folder(monkeypatch: pytest.MonkeyPatch, option: str, variable: str) -> None:
    """pip expands it, and uv would not."""
    monkeypatch.setenv("HOME", "/home/me")
    assert make_uv_environment({option: "~/kit"})[variable] == "/home/me/kit"


def test_option_unknown_to_uv_changes_nothing() -> None:
    """Above all, where pip installs to."""
    assert make_uv_environment({"target": "/elsewhere", "user": "1", "trusted-host": "a"}) == make_uv_environment({})


def test_uv_variable_wins_over_pip_option(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that was set for uv itself counts more than an option for pip."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example/simple")
    monkeypatch.setenv("UV_INDEX_STRATEGY", "first-index")
    given = make_uv_environment({"index-url": "https://pip.example/simple"})
    assert (given["UV_DEFAULT_INDEX"], given["UV_INDEX_STRATEGY"]) == ("https://uv.example/simple", "first-index")


@pytest.mark.parametrize(("option", "variable"), [("cert", "SSL_CERT_FILE"), ("proxy", "HTTPS_PROXY")])
def test_pip_option_wins_over_variable_for_every_program(
    monkeypatch: pytest.MonkeyPatch, option: str, variable: str
) -> None:
    """pip's certificate and proxy count more than SSL_CERT_FILE and HTTPS_PROXY, as they do in pip."""
    monkeypatch.setenv(variable, "everyone's")
    assert make_uv_environment({option: "pip's"})[variable] == "pip's"


def test_uv_uses_the_certificates_that_pip_falls_back_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """REQUESTS_CA_BUNDLE comes before CURL_CA_BUNDLE, and both count only where pip is given no certificate."""
    monkeypatch.setenv("CURL_CA_BUNDLE", "/curl.pem")
    assert make_uv_environment({})["SSL_CERT_FILE"] == "/curl.pem"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/requests.pem")
    assert make_uv_environment({})["SSL_CERT_FILE"] == "/requests.pem"
    assert make_uv_environment({"cert": "/pip.pem"})["SSL_CERT_FILE"] == "/pip.pem"


def test_any_index_may_provide_a_locked_package() -> None:
    """Version and hash decide; by default uv would stop at the first index that knows the name."""
    assert make_uv_environment({})["UV_INDEX_STRATEGY"] == "unsafe-best-match"


def test_rest_of_the_environment_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Other variables, such as the cache's folder, reach uv as they are."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path))
    assert make_uv_environment({})["UV_CACHE_DIR"] == str(tmp_path)
