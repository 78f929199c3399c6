"""A Hub on a port of this machine: the part of the real one's protocol that huggingface_hub needs to fetch a model.

Large files are redirected to a storage host, as the real one does. Every answer can be made to go wrong: cut off,
stalled, other bytes, another size, or an error. Each request is recorded. Left out: uploads, Xet, every kind of page.
"""

import hashlib
import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.support.http_server import LOCAL, LocalServer, QuietHandler

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
    """What goes wrong with one answer that should have been a file."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None  # bytes, then the connection is closed
    stall: float = 0  # seconds before the body
    flip: bool = False  # another first byte
    shorten: int = 0  # bytes fewer, with a Content-Length to match


@dataclass(frozen=True)
class Request:
    """One request that the Hub got."""

    method: str
    path: str
    host: str
    range: str
    authorization: str


class Hub(LocalServer):
    """Serves repositories by name until it is closed; `host` is the name by which it says that it is reached."""

    def __init__(
        self, repositories: Mapping[str, Repository], host: str = LOCAL, storage: str = "", port: int = 0
    ) -> None:
        super().__init__(("0.0.0.0" if host != LOCAL else host, port), _Answer)
        self.repositories = dict(repositories)
        self.endpoint = f"http://{host}:{self.server_port}"
        self.storage = f"http://{storage or host}:{self.server_port}"
        self.faults: dict[str, Iterator[Fault]] = defaultdict(lambda: iter(()))  # by a file's path, one an answer
        self.requests: list[Request] = []
        self.sent = 0  # bytes of files
        self.lock = threading.Lock()  # answers are given in parallel
        self.speed = 0.0  # bytes a second of each answer; 0: as fast as it goes
        self.hold_at = 0  # bytes sent after which every answer waits; 0: none does
        self.vanish_after = 0  # whole files after which nobody answers or listens any more; 0: none
        self.started_files = self.whole_files = 0

    @property
    def vanished(self) -> bool:
        """Whether nobody answers any more."""
        return 0 < self.vanish_after <= self.whole_files

    def start_file(self) -> bool:
        """Whether one more file may be sent: in parallel, no more are started than will be whole."""
        with self.lock:
            self.started_files += 1
            return not 0 < self.vanish_after < self.started_files

    def count_whole_file(self) -> None:
        """One more has been sent; stop listening where it was the last."""
        with self.lock:
            self.whole_files += 1
            last = self.whole_files == self.vanish_after
        if last:
            self.shutdown()  # in an answer's thread, which the server does not wait for
            self.server_close()


class _Answer(QuietHandler, BaseHTTPRequestHandler):
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
        headers = [self.headers.get(name, "") for name in ("Host", "Range", "Authorization")]
        self.server.requests.append(Request(self.command, path, *headers))
        parts = path.strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            self.send_metadata("/".join(parts[2:4]), parts[4:])
        elif parts[0] == "storage":
            self.send_stored("/".join(parts[1:3]), "/".join(parts[3:]))
        elif len(parts) > 4 and parts[2] == "resolve":
            self.send_or_redirect("/".join(parts[:2]), parts[3], "/".join(parts[4:]))
        else:
            self.send_empty(404)

    def find_repository(self, name: str, revision: str = "main") -> Repository | None:
        """The repository, or None after answering as the Hub does where it cannot be read."""
        repository = self.server.repositories.get(name)
        if repository is None:
            self.send_empty(401, {"X-Error-Code": "RepoNotFound"})  # it does not tell a stranger what there is
        elif repository.token and self.headers.get("Authorization") != f"Bearer {repository.token}":
            self.send_empty(401, {"X-Error-Code": "GatedRepo"})
        elif revision not in ("main", repository.commit):
            self.send_empty(404, {"X-Error-Code": "RevisionNotFound"})
        else:
            return repository
        return None

    def send_metadata(self, name: str, rest: list[str]) -> None:
        """What model_info and snapshot_download ask about a repository."""
        repository = self.find_repository(name, rest[1] if len(rest) > 1 else "main")
        if not repository:
            return
        files = [describe_publicly(path, content) for path, content in repository.files.items()]
        if rest[:1] == ["tree"]:
            self.send_json([{"type": "file", **file} for file in files])
        else:
            siblings = [{"rfilename": file["path"], "blobId": file["oid"], **file} for file in files]
            self.send_json({"id": name, "sha": repository.commit, "siblings": siblings})

    def send_or_redirect(self, name: str, revision: str, path: str) -> None:
        """A small file, or a redirect to where a large one is stored."""
        repository = self.find_repository(name, revision)
        if not repository:
            return
        content = repository.files.get(path)
        commit = {"X-Repo-Commit": repository.commit}
        if content is None:
            self.send_empty(404, {"X-Error-Code": "EntryNotFound", **commit})
        elif path.endswith(LARGE):
            sha256 = describe_file(path, content)["sha256"]
            linked = {"X-Linked-Etag": f'"{sha256}"', "X-Linked-Size": str(len(content)), **commit}
            self.send_empty(302, {"Location": f"{self.server.storage}/storage/{name}/{path}", **linked})
        else:
            self.send_file(path, content, {"ETag": f'"{describe_file(path, content)["oid"]}"', **commit})

    def send_stored(self, name: str, path: str) -> None:
        """A large file, from the storage host."""
        self.send_file(path, self.server.repositories[name].files[path], {})

    def send_file(self, path: str, content: bytes, headers: dict[str, str]) -> None:
        """The file or the requested part of it, with the next of its faults."""
        fault = next(self.server.faults[path], Fault()) if self.command == "GET" else Fault()
        if fault.status != 200:
            self.send_empty(fault.status, fault.headers)
            return
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        body = content[start : len(content) - fault.shorten]
        body = bytes([body[0] ^ 1]) + body[1:] if fault.flip else body
        self.send_response(206 if start else 200)
        all_headers = {**headers, "Content-Length": str(len(body)), "Accept-Ranges": "bytes"}
        if start:
            all_headers["Content-Range"] = f"bytes {start}-{start + len(body) - 1}/{len(content) - fault.shorten}"
        for key, value in all_headers.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "GET":
            time.sleep(fault.stall)
            self.close_connection = fault.cut_after is not None
            self.send_body(body if fault.cut_after is None else body[: fault.cut_after])

    def send_body(self, body: bytes) -> None:
        if not self.server.start_file():
            self.close_connection = True
            return
        with suppress(ConnectionError):
            for start in range(0, len(body), CHUNK):
                with self.server.lock:  # before the client has it, who may look at the sum at once
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


def describe_file(path: str, content: bytes) -> dict[str, Any]:
    """What the Hub knows about a file: git's hash, its size and its sha256, which it only tells of a large one."""
    oid = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    return {"path": path, "size": len(content), "oid": oid, "sha256": hashlib.sha256(content).hexdigest()}


def describe_publicly(path: str, content: bytes) -> dict[str, Any]:
    """What the Hub tells about a file."""
    about = describe_file(path, content)
    sha256 = about.pop("sha256")
    large = {"lfs": {"oid": sha256, "sha256": sha256, "size": len(content), "pointerSize": 130}}
    return {**about, **(large if path.endswith(LARGE) else {})}
