"""A package index on 127.0.0.1: a folder of wheels a package, over HTTP or HTTPS, and as a proxy for plain HTTP.

It records who asked for what, and can hold a wheel back, so that a test knows what an installer is doing. Left out:
wheels' metadata beside them, ranges, passwords.
"""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from tests.support.http_server import LOCAL, LocalServer, QuietHandler
from tests.support.waiting import wait_until


class Index(LocalServer):
    """Serves `folder`/simple until it is closed."""

    def __init__(self, folder: Path, certificate: Path | None = None) -> None:
        super().__init__((LOCAL, 0), partial(_Answer, directory=str(folder)))
        self.requests: list[tuple[str, str]] = []  # (program, address)
        self.held = ""
        self.released = threading.Event()
        scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.root = f"{scheme}://{LOCAL}:{self.server_port}"
        self.url = f"{self.root}/simple"

    @contextmanager
    def serving(self) -> Iterator[Self]:
        """Answer in a thread; nobody is kept waiting at the end."""
        with super().serving():
            try:
                yield self
            finally:
                self.released.set()

    @contextmanager
    def holding(self, wheel: str) -> Iterator[None]:
        """Keep everyone waiting for the wheels whose name begins so, until the block ends."""
        self.requests.clear()
        self.released.clear()
        self.held = wheel
        try:
            yield
        finally:
            self.held = ""
            self.released.set()

    def wait_for_request(self, wheel: str) -> None:
        """Return as soon as somebody waits for that wheel."""
        wait_until(lambda: any(f"/{wheel}" in address for _, address in self.requests), f"a request for {wheel}")


class _Answer(QuietHandler, SimpleHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        self.server.requests.append((self.headers["User-Agent"].partition("/")[0], self.path))
        self.path = urlsplit(self.path).path  # a proxy is asked for a whole address
        if self.server.held and Path(self.path).name.startswith(self.server.held):
            self.server.released.wait()
        super().do_GET()
