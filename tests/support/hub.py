"""A Hub on a port of this machine: the part of the real one's protocol that huggingface_hub needs to fetch a model.

Large files are redirected to a storage host, as there. Every answer can be made to go wrong: cut off, stalled, other
bytes, another size, or an error. It writes down what it was asked. Left out: uploads, Xet, every kind of page.
"""

import hashlib
import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

LARGE = ".safetensors"  # what lies in the storage
CHUNK = 1 << 16


@dataclass(frozen=True)
class Repository:
    """One model at one commit; with a token, only for those who have it."""

    commit: str
    files: Mapping[str, bytes]
    token: str = ""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one answer that would have brought a file."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None  # bytes, then the connection is closed
    stall: float = 0  # seconds before the body
    flip: bool = False  # another first byte
    shorten: int = 0  # bytes fewer, and the length said to match


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    host: str
    range: str
    authorization: str


class Hub(ThreadingHTTPServer):
    """Serves repositories by name until it is closed; `host` is the name by which it says that it is reached."""

    daemon_threads = True

    def __init__(
        self, repositories: Mapping[str, Repository], host: str = "127.0.0.1", storage: str = "", port: int = 0
    ) -> None:
        super().__init__(("0.0.0.0" if host != "127.0.0.1" else host, port), _Answer)
        self.repositories = dict(repositories)
        self.endpoint = f"http://{host}:{self.server_port}"
        self.storage = f"http://{storage or host}:{self.server_port}"
        self.faults: dict[str, Iterator[Fault]] = defaultdict(lambda: iter(()))  # by a file's path, one an answer
        self.asked: list[Asked] = []
        self.sent = 0  # bytes of files
        self.counting = threading.Lock()  # answers are given in parallel
        self.speed = 0.0  # bytes a second of each answer; 0: as fast as it goes
        self.hold_at = 0  # bytes sent after which every answer waits; 0: none does
        self.vanish_after = 0  # whole files after which nobody answers or listens any more; 0: none
        self.begun = self.whole_files = 0  # files

    @contextmanager
    def serving(self) -> Iterator["Hub"]:
        """Answer in a thread."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()

    @property
    def vanished(self) -> bool:
        return 0 < self.vanish_after <= self.whole_files

    def begin_file(self) -> bool:
        """Whether one more file may be sent; in parallel no more begin than will be whole."""
        with self.counting:
            self.begun += 1
            return not 0 < self.vanish_after < self.begun

    def count_whole_file(self) -> None:
        """One more has been sent; stop listening where it was the last."""
        with self.counting:
            self.whole_files += 1
            last = self.whole_files == self.vanish_after
        if last:
            self.shutdown()  # in an answer's thread, which the server does not wait for
            self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that were killed."""


class _Answer(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        if self.server.vanished:
            self.close_connection = True
            return
        path = unquote(urlsplit(self.path).path)
        given = {name: self.headers.get(name, "") for name in ("Host", "Range", "Authorization")}
        self.server.asked.append(Asked(self.command, path, *given.values()))
        parts = path.strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            self.api("/".join(parts[2:4]), parts[4:])
        elif parts[0] == "storage":
            self.stored("/".join(parts[1:3]), "/".join(parts[3:]))
        elif len(parts) > 4 and parts[2] == "resolve":
            self.resolve("/".join(parts[:2]), parts[3], "/".join(parts[4:]))
        else:
            self.say(404)

    def repository(self, name: str, revision: str = "main") -> Repository | None:
        """The repository, or None after the answer that the Hub gives of one that cannot be read."""
        found = self.server.repositories.get(name)
        if found is None:
            self.say(401, {"X-Error-Code": "RepoNotFound"})  # it does not tell a stranger what there is
        elif found.token and self.headers.get("Authorization") != f"Bearer {found.token}":
            self.say(401, {"X-Error-Code": "GatedRepo"})
        elif revision not in ("main", found.commit):
            self.say(404, {"X-Error-Code": "RevisionNotFound"})
        else:
            return found
        return None

    def api(self, name: str, rest: list[str]) -> None:
        """What there is to know of a repository, as model_info and snapshot_download ask."""
        repository = self.repository(name, rest[1] if len(rest) > 1 else "main")
        if not repository:
            return
        files = [about(path, content) for path, content in repository.files.items()]
        if rest[:1] == ["tree"]:
            self.send_json([{"type": "file", **file} for file in files])
        else:
            siblings = [{"rfilename": file["path"], "blobId": file["oid"], **file} for file in files]
            self.send_json({"id": name, "sha": repository.commit, "siblings": siblings})

    def resolve(self, name: str, revision: str, path: str) -> None:
        """A file, or where it is stored."""
        repository = self.repository(name, revision)
        if not repository:
            return
        content = repository.files.get(path)
        commit = {"X-Repo-Commit": repository.commit}
        if content is None:
            self.say(404, {"X-Error-Code": "EntryNotFound", **commit})
        elif path.endswith(LARGE):
            sha256 = about(path, content)["lfs"]["oid"]
            linked = {"X-Linked-Etag": f'"{sha256}"', "X-Linked-Size": str(len(content)), **commit}
            self.say(302, {"Location": f"{self.server.storage}/storage/{name}/{path}", **linked})
        else:
            self.send_file(path, content, {"ETag": f'"{about(path, content)["oid"]}"', **commit})

    def stored(self, name: str, path: str) -> None:
        self.send_file(path, self.server.repositories[name].files[path], {})

    def send_file(self, path: str, content: bytes, headers: dict[str, str]) -> None:
        """The file or the asked part of it, with the next of its faults."""
        fault = next(self.server.faults[path], Fault()) if self.command == "GET" else Fault()
        if fault.status != 200:
            self.say(fault.status, fault.headers)
            return
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        body = content[start : len(content) - fault.shorten]
        body = bytes([body[0] ^ 1]) + body[1:] if fault.flip else body
        self.send_response(206 if start else 200)
        said = {**headers, "Content-Length": str(len(body)), "Accept-Ranges": "bytes"}
        if start:
            said["Content-Range"] = f"bytes {start}-{start + len(body) - 1}/{len(content) - fault.shorten}"
        for key, value in said.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "GET":
            time.sleep(fault.stall)
            self.close_connection = fault.cut_after is not None
            self.send_body(body if fault.cut_after is None else body[: fault.cut_after])

    def send_body(self, body: bytes) -> None:
        if not self.server.begin_file():
            self.close_connection = True
            return
        with suppress(ConnectionError):
            for start in range(0, len(body), CHUNK):
                with self.server.counting:  # before the client has it, who may look at the sum at once
                    self.server.sent += len(body[start : start + CHUNK])
                self.wfile.write(body[start : start + CHUNK])
                if self.server.speed:
                    time.sleep(CHUNK / self.server.speed)
                while 0 < self.server.hold_at <= self.server.sent:
                    time.sleep(0.01)
            self.server.count_whole_file()

    def send_json(self, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def say(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {**(headers or {}), "Content-Length": "0"}.items():
            self.send_header(key, value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Print nothing: `asked` has it."""


def about(path: str, content: bytes) -> dict[str, Any]:
    """What the Hub knows of a file: git's hash, the size and, of a large one, the sha256."""
    oid = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    sha256 = hashlib.sha256(content).hexdigest()
    large = {"lfs": {"oid": sha256, "sha256": sha256, "size": len(content), "pointerSize": 130}}
    return {"path": path, "size": len(content), "oid": oid, **(large if path.endswith(LARGE) else {})}
