"""A web server on a port of this machine that answers in threads while a test runs: what the tests' servers share.

Left out: what is answered, which each handler says.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

LOCAL = "127.0.0.1"


class LocalServer(ThreadingHTTPServer):
    """Serves until the `serving` block ends, without waiting for answers that are still being given."""

    @contextmanager
    def serving(self) -> Iterator[Self]:
        """Answer in a thread."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing about clients that were killed."""


class QuietHandler(BaseHTTPRequestHandler):
    """Answers without a log."""

    def log_message(self, *_: Any) -> None:
        """Print nothing: the server keeps what it was asked."""

    def send_empty(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        """Answer with a status and headers, and no body."""
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()
