"""What may answer in place of a Hub: nothing, silence, a byte now and then, a proxy, or a login page.

Left out: a Hub that answers wrongly (hub.py).
"""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import repeat

from tests.support.http_server import LOCAL, LocalServer, QuietHandler


@dataclass(frozen=True)
class Answer:
    """The answer to any request; a redirect leads to a page of the same server."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


PAGE = Answer(200, {"Content-Type": "text/html; charset=utf-8"})


class Impostor(LocalServer):
    """Gives one answer after the other, whatever it is asked for, and counts them."""

    def __init__(self, *answers: Answer, forever: Answer | None = None) -> None:
        super().__init__((LOCAL, 0), _Answer)
        self.answers: Iterator[Answer] = iter(answers) if forever is None else repeat(forever)
        self.count = 0

    @property
    def address(self) -> str:
        return f"http://{LOCAL}:{self.server_port}"


class _Answer(QuietHandler, BaseHTTPRequestHandler):
    server: Impostor

    def do_GET(self) -> None:
        answer = PAGE if self.path == "/login" else next(self.server.answers)
        self.server.count += 1
        self.send_empty(answer.status, answer.headers)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_CONNECT(self) -> None:
        self.do_GET()


@contextmanager
def closed_port() -> Iterator[str]:
    """An address that refuses connections: the port is taken, and nobody listens."""
    with socket.socket() as taken:
        taken.bind((LOCAL, 0))
        yield f"http://{LOCAL}:{taken.getsockname()[1]}"


@contextmanager
def black_hole() -> Iterator[str]:
    """An address whose packets vanish: its queue of connections is full, so further ones are dropped."""
    with socket.socket() as full:
        full.bind((LOCAL, 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.settimeout(0)
            each.connect_ex(full.getsockname())
        yield f"http://{LOCAL}:{full.getsockname()[1]}"
        for each in waiting:
            each.close()


@contextmanager
def slow_talker(seconds: float) -> Iterator[str]:
    """An address that accepts connections and then sends one byte of a header every so many seconds."""
    over = threading.Event()

    def accept_connections() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(listening.accept()[0],), daemon=True).start()

    def drip(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not over.wait(seconds):
                connection.sendall(b"x")

    with socket.socket() as listening:
        listening.bind((LOCAL, 0))
        listening.listen()
        threading.Thread(target=accept_connections, daemon=True).start()
        yield f"http://{LOCAL}:{listening.getsockname()[1]}"
        over.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)  # which ends accept()
