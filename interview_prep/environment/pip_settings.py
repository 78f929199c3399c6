"""The settings that pip is given, as the arguments and variables that uv reads. Standard library only.

A mirror, a wheelhouse or a company's certificate is commonly set up once, for pip, in its environment variables
or in pip.conf; uv reads neither. pip itself is asked for them, so its own order of precedence holds.
Left out: settings that say where pip installs to, and trusted-host (hashes are required, and certificates too).
"""

import ast
import json
import os
import re
import subprocess
from collections.abc import Mapping

PYTORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"

# pip's option: uv's variables. no-index has none there and becomes an argument.
UV_NAMES = {
    "index-url": ["UV_DEFAULT_INDEX"],
    "extra-index-url": ["UV_INDEX"],
    "find-links": ["UV_FIND_LINKS"],
    "cert": ["SSL_CERT_FILE"],
    "client-cert": ["SSL_CLIENT_CERT"],
    "proxy": ["HTTP_PROXY", "HTTPS_PROXY"],
    "timeout": ["UV_HTTP_TIMEOUT"],
    "retries": ["UV_HTTP_RETRIES"],
}
SEPARATORS = {"extra-index-url": " ", "find-links": ","}  # uv's, between several values; pip's is any space
BUNDLES = ("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE")  # pip's certificate where it is given none; the later wins
SETTING = re.compile(r"^(?P<section>global|install|:env:)\.(?P<name>[a-z-]+)=(?P<value>.+)$", re.MULTILINE)
PRECEDENCE = ("global", "install", ":env:")  # the later wins, as in pip


def for_uv(python: str, torch: str) -> tuple[list[str], dict[str, str]]:
    """Return the arguments and the environment with which uv installs as the pip of `python` would.

    `torch` is the wanted version ("2.13.0+cpu"; "" for none): where pip cannot find it with its settings, the
    PyTorch CPU index is added. A variable that is set for uv already wins.
    """
    options = read_settings(pip(python, "config", "list", env=os.environ))
    no_index = options.get("no-index", "").lower() in {"1", "true", "yes", "on", "y", "t"}
    if torch and not no_index and not finds(python, torch, options):
        options["extra-index-url"] = f"{options.get('extra-index-url', '')} {PYTORCH_CPU_INDEX}"
    return ["--no-index"] * no_index, environment(options)


def read_settings(listing: str) -> dict[str, str]:
    """Return pip's options by name, from what `pip config list` prints."""
    found = sorted(SETTING.finditer(listing), key=lambda match: PRECEDENCE.index(match["section"]))
    return {match["name"].replace("default-timeout", "timeout"): ast.literal_eval(match["value"]) for match in found}


def environment(options: Mapping[str, str]) -> dict[str, str]:
    """Return os.environ with pip's options as the variables that uv reads."""
    # A pinned version and its hash decide what is installed, so any index may provide it.
    variables = {**os.environ, "UV_INDEX_STRATEGY": "unsafe-best-match"}
    bundles = [("cert", os.environ[name]) for name in BUNDLES if os.environ.get(name)]
    for name, text in [*bundles, *options.items()]:
        variables.update(dict.fromkeys(UV_NAMES.get(name, ()), value(name, text)))
    return {**variables, **{name: text for name, text in os.environ.items() if name.startswith("UV_")}}


def value(name: str, text: str) -> str:
    """Return one option's value as uv writes it: several values with uv's separator, and no ~ for HOME."""
    parts = text.split() if name in SEPARATORS else [text]
    return SEPARATORS.get(name, "").join(os.path.expanduser(part) for part in parts)  # noqa: PTH111 - it may be a URL


def finds(python: str, torch: str, options: Mapping[str, str]) -> bool:
    """Whether pip finds this version of torch: in a find-links folder, or on an index it is given."""
    own = {f"PIP_{name.replace('-', '_').upper()}": value for name, value in options.items()}  # [install]'s as well
    answer = pip(python, "index", "versions", "torch", "--json", env={**os.environ, **own})
    return bool(answer) and torch in json.loads(answer)["versions"]


def pip(python: str, *arguments: str, env: Mapping[str, str]) -> str:
    """Return what pip prints on standard output; nothing where it fails."""
    command = [python, "-Im", "pip", "--no-input", *arguments]
    answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, text=True, check=False)
    return answer.stdout
