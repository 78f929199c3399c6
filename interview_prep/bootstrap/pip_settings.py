"""pip's settings, for pip itself and as the arguments and variables that uv reads.

People set up a mirror, a folder of wheels or a company's certificate once, for pip, in its environment variables or in
pip.conf; uv reads neither. They are read here as pip reads them, since not every Python has a pip to ask. Of pip's
settings and uv's, only those that say where packages come from count: PIP_TARGET, PIP_REQUIRE_VIRTUALENV,
UV_EXCLUDE_NEWER and the like are meant for other installations. Left out: trusted-host for uv, because certificates are
required, as hashes are.
"""

import configparser
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from interview_prep.errors import KitError

PYTORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"

# pip's option: uv's variables. uv has none for no-index, which becomes an argument.
UV_NAMES = {
    "index-url": ["UV_DEFAULT_INDEX"],
    "extra-index-url": ["UV_INDEX"],
    "find-links": ["UV_FIND_LINKS"],
    "cert": ["SSL_CERT_FILE"],
    "client-cert": ["SSL_CLIENT_CERT"],
    "proxy": ["HTTP_PROXY", "HTTPS_PROXY"],
    "timeout": ["UV_HTTP_TIMEOUT"],
    "retries": ["UV_HTTP_RETRIES"],
    "keyring-provider": ["UV_KEYRING_PROVIDER"],
}
PIP_ONLY_OPTIONS = ("no-index", "trusted-host", "cache-dir", "no-cache-dir", "use-feature", "use-deprecated")
UV_SEPARATORS = {"extra-index-url": " ", "find-links": ","}  # between several values; pip's is any space
CERTIFICATE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # pip reads them if no option names one
UV_SOURCE_VARIABLES = re.compile(  # uv's variables that say where packages and Pythons come from, and how they get here
    r"UV_(DEFAULT_INDEX|INDEX|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|CACHE_DIR|NO_CACHE|HTTP_|REQUEST_|CONCURRENT_"
    r"|NATIVE_TLS|SYSTEM_CERTS|INSECURE_HOST|KEYRING|CREDENTIALS|NETRC|OFFLINE|LINK_MODE|NO_PROGRESS|LOCK_TIMEOUT"
    r"|PYTHON_INSTALL_MIRROR|PYTHON_DOWNLOADS_JSON_URL|PYTHON_CACHE_DIR|ASTRAL_MIRROR)"
)


class SettingsError(KitError):
    """One of pip's settings files cannot be read."""


def read_settings() -> dict[str, str]:
    """Pip's options by name: [install] wins over [global], and a variable over both. Raises SettingsError."""
    parser = configparser.RawConfigParser()
    for path in list_settings_files():
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError) as error:
            line = " ".join(str(error).split())
            raise SettingsError(f"pip's settings in {path} cannot be read ({line}); fix the file.") from None
    options = dict(read_variables())
    for section in ("install", "global"):
        if parser.has_section(section):
            options = {**{normalize_option(name): text for name, text in parser[section].items() if text}, **options}
    return options


def list_settings_files() -> list[Path]:
    """The files that pip reads its settings from, the least important first."""
    config_file = os.environ.get("PIP_CONFIG_FILE", "")
    if config_file == os.devnull:
        return []
    home, apple = Path(os.path.expanduser("~")), Path("Library", "Application Support")  # noqa: PTH111 - "~" where unknown
    shared = [Path(folder) for folder in os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep) if folder]
    folders = [folder / "pip" for folder in reversed(shared)] + [Path("/etc")]
    user = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config", "pip")
    if sys.platform == "darwin":
        folders = [Path("/") / apple / "pip"]
        user = home / apple / "pip" if (home / apple / "pip").is_dir() else home / ".config" / "pip"
    if not (config_file and Path(config_file).exists()):
        folders += [home / ".pip", user]
    return [folder / "pip.conf" for folder in [*folders, Path(sys.prefix)]] + [Path(config_file)] * bool(config_file)


def read_variables() -> dict[str, str]:
    """The options that PIP_ variables set; an empty variable sets nothing."""
    return {
        normalize_option(name[len("PIP_") :]): text
        for name, text in os.environ.items()
        if name.startswith("PIP_") and text
    }


def normalize_option(name: str) -> str:
    """The name of an option as on pip's command line."""
    name = name.lower().replace("_", "-").removeprefix("--")
    return "timeout" if name == "default-timeout" else name


def is_switched_on(text: str) -> bool:
    """Whether pip reads this value of a switch as yes."""
    return text.lower() in {"1", "true", "yes", "on", "y", "t"}


def make_pip_environment(options: Mapping[str, str]) -> dict[str, str]:
    """The environment in which pip fetches with these options and no others."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PIP_")}
    known = {name: text for name, text in options.items() if name in UV_NAMES or name in PIP_ONLY_OPTIONS}
    named = {f"PIP_{name.replace('-', '_').upper()}": text for name, text in known.items()}
    return {**environment, **named, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def make_uv_arguments(options: Mapping[str, str]) -> list[str]:
    """The arguments for uv that have no variable."""
    return ["--no-index"] * is_switched_on(options.get("no-index", ""))


def make_uv_environment(options: Mapping[str, str]) -> dict[str, str]:
    """os.environ with pip's options as the variables that uv reads. What is set for uv itself wins."""
    variables = {name: text for name, text in os.environ.items() if not name.startswith("UV_")}
    # A pinned version and its hash decide what is installed, so any index may provide it.
    variables["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    cert = {"cert": find_certificates()} if find_certificates() else {}
    for name, text in {**cert, **options}.items():
        variables.update(dict.fromkeys(UV_NAMES.get(name, ()), format_value(name, text)))
    return {**variables, **{name: text for name, text in os.environ.items() if UV_SOURCE_VARIABLES.match(name)}}


def find_certificates() -> str:
    """The file of certificates that pip trusts if no option names one; "" if it trusts its own."""
    return next((os.environ[name] for name in CERTIFICATE_VARIABLES if os.environ.get(name)), "")


def format_value(name: str, text: str) -> str:
    """One option's value as uv reads it: several values with uv's separator, and ~ replaced by HOME."""
    parts = text.split() if name in UV_SEPARATORS else [text]
    return UV_SEPARATORS.get(name, "").join(os.path.expanduser(part) for part in parts)  # noqa: PTH111 - it may be a URL


def add_torch_index(
    uv: Path, python: Path, torch: str, options: Mapping[str, str], variables: Mapping[str, str]
) -> dict[str, str]:
    """Uv's variables, with the PyTorch CPU index added if uv finds this version of torch nowhere else."""
    if not torch or make_uv_arguments(options) or uv_finds_torch(uv, python, torch, variables):
        return dict(variables)
    return {**variables, "UV_INDEX": f"{variables.get('UV_INDEX', '')} {PYTORCH_CPU_INDEX}".strip()}


def uv_finds_torch(uv: Path, python: Path, torch: str, variables: Mapping[str, str]) -> bool:
    """Whether uv finds this version of torch: in a find-links folder, or on an index it is given."""
    command = [str(uv), "pip", "compile", "--quiet", "--no-deps", "--python", str(python), "-"]
    requirement = f"torch=={torch}".encode()
    return subprocess.run(command, input=requirement, env=variables, capture_output=True, check=False).returncode == 0
