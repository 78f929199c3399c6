"""What pip is told reaches uv under uv's names: the part that needs neither pip nor a network."""

from pathlib import Path

import pytest

from interview_prep.environment.pip_settings import UV_NAMES, environment, read_settings

LISTING = """\
:env:.index-url='https://env.example/simple'
:env:.default-timeout='180'
global.index-url='https://global.example/simple'
global.cert='/etc/company.pem'
global.find-links='\\n/wheels\\n/more-wheels'
install.index-url='https://install.example/simple'
install.cert='/home/me/company.pem'
download.find-links='/not-for-install'
freeze.timeout='10'
"""


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine's own settings are not the test's."""
    for name in {variable for variables in UV_NAMES.values() for variable in variables} | {"UV_INDEX_STRATEGY"}:
        monkeypatch.delenv(name, raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def test_a_variable_wins_over_the_install_section_and_that_over_the_global_one() -> None:
    """As in pip, and whatever the order in which pip lists them."""
    settings = read_settings(LISTING)
    assert settings["index-url"] == "https://env.example/simple"
    assert settings["cert"] == "/home/me/company.pem"


def test_the_order_of_the_listing_does_not_matter() -> None:
    """Pip lists files first or variables first, depending on its version."""
    backwards = "\n".join(reversed(LISTING.splitlines()))
    assert read_settings(backwards) == read_settings(LISTING)


def test_sections_of_other_commands_are_left_out() -> None:
    """`pip install` does not read [download] either."""
    assert read_settings(LISTING)["find-links"] == "\n/wheels\n/more-wheels"


def test_pips_default_timeout_is_its_timeout() -> None:
    """PIP_DEFAULT_TIMEOUT and PIP_TIMEOUT are one option."""
    assert read_settings(LISTING)["timeout"] == "180"


def test_no_settings_are_no_settings() -> None:
    """The listing of a machine where nobody has set pip up is empty."""
    assert read_settings("") == {}


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
def test_each_option_of_pip_has_its_variable_of_uv(option: str, value: str, variables: dict[str, str]) -> None:
    """Several values are parted as uv wants them, single ones are left as they are."""
    given = environment({option: value})
    assert {name: given[name] for name in variables} == variables


@pytest.mark.parametrize(("option", "variable"), [("cert", "SSL_CERT_FILE"), ("find-links", "UV_FIND_LINKS")])
def test_a_tilde_is_home(monkeypatch: pytest.MonkeyPatch, option: str, variable: str) -> None:
    """As pip reads it, and uv would not."""
    monkeypatch.setenv("HOME", "/home/me")
    assert environment({option: "~/kit"})[variable] == "/home/me/kit"


def test_an_option_that_uv_does_not_know_changes_nothing() -> None:
    """Where pip installs to, above all."""
    assert environment({"target": "/elsewhere", "user": "1", "trusted-host": "a"}) == environment({})


def test_what_is_set_for_uv_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was set for this very program."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example/simple")
    monkeypatch.setenv("UV_INDEX_STRATEGY", "first-index")
    given = environment({"index-url": "https://pip.example/simple"})
    assert (given["UV_DEFAULT_INDEX"], given["UV_INDEX_STRATEGY"]) == ("https://uv.example/simple", "first-index")


@pytest.mark.parametrize(("option", "variable"), [("cert", "SSL_CERT_FILE"), ("proxy", "HTTPS_PROXY")])
def test_pips_own_setting_wins_over_one_for_every_program(
    monkeypatch: pytest.MonkeyPatch, option: str, variable: str
) -> None:
    """As it does in pip."""
    monkeypatch.setenv(variable, "everyone's")
    assert environment({option: "pip's"})[variable] == "pip's"


def test_the_bundle_that_pip_falls_back_to_is_uvs_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """REQUESTS_CA_BUNDLE before CURL_CA_BUNDLE, and both only where pip is given no certificate."""
    monkeypatch.setenv("CURL_CA_BUNDLE", "/curl.pem")
    assert environment({})["SSL_CERT_FILE"] == "/curl.pem"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/requests.pem")
    assert environment({})["SSL_CERT_FILE"] == "/requests.pem"
    assert environment({"cert": "/pip.pem"})["SSL_CERT_FILE"] == "/pip.pem"


def test_any_index_may_provide_a_locked_package() -> None:
    """A version and a hash decide; by default uv would stop at the first index that knows the name."""
    assert environment({})["UV_INDEX_STRATEGY"] == "unsafe-best-match"


def test_the_rest_of_the_environment_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """HOME, PATH and the cache's place reach uv as they are."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path))
    assert environment({})["UV_CACHE_DIR"] == str(tmp_path)
