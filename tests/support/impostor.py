"""What can stand where a Hub is expected: nothing, silence, a drop of bytes now and then, a proxy, a page to log in."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from typing import Any

LOCAL = "127.0.0.1"


@dataclass(frozen=True)
class Answer:
    """What is said to any request; a redirect leads to a page of the same server."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


PAGE = Answer(200, {"Content-Type": "text/html; charset=utf-8"})


class Impostor(ThreadingHTTPServer):
    """Gives one answer after the other, whatever it is asked for, and knows how many it gave."""

    daemon_threads = True

    def __init__(self, *answers: Answer, forever: Answer | None = None) -> None:
        super().__init__((LOCAL, 0), _Say)
        self.answers: Iterator[Answer] = iter(answers) if forever is None else repeat(forever)
        self.given = 0

    @property
    def address(self) -> str:
        return f"http://{LOCAL}:{self.server_port}"

    @contextmanager
    def serving(self) -> Iterator["Impostor"]:
        """Answer in a thread."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()


class _Say(BaseHTTPRequestHandler):
    server: Impostor

    def do_GET(self) -> None:
        answer = PAGE if self.path == "/login" else next(self.server.answers)
        self.server.given += 1
        self.send_response(answer.status)
        for name, value in {**answer.headers, "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_CONNECT(self) -> None:
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@contextmanager
def closed_port() -> Iterator[str]:
    """An address that refuses connections: somebody has the port, and does not listen."""
    with socket.socket() as taken:
        taken.bind((LOCAL, 0))
        yield f"http://{LOCAL}:{taken.getsockname()[1]}"


@contextmanager
def black_hole() -> Iterator[str]:
    """An address whose packets vanish: its queue of connections is full, and further ones are dropped."""
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
    """An address that takes connections and then sends one byte of a header in so many seconds."""
    over = threading.Event()

    def talk() -> None:
        with suppress(OSError):
            connections = []
            while True:
                connections.append(listening.accept()[0])
                threading.Thread(target=drip, args=(connections[-1],), daemon=True).start()

    def drip(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not over.wait(seconds):
                connection.sendall(b"x")

    with socket.socket() as listening:
        listening.bind((LOCAL, 0))
        listening.listen()
        threading.Thread(target=talk, daemon=True).start()
        yield f"http://{LOCAL}:{listening.getsockname()[1]}"
        over.set()
