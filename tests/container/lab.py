"""Lab as a browser talks to it: its pages, its REST interface, and the websockets of kernels and terminals."""

import http.client
import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import websocket


def printed_urls(log: str) -> list[tuple[int, str]]:
    """Port and token of each URL of Lab in a log."""
    found = re.findall(r"http://127\.0\.0\.1:(\d+)/lab\?token=(\w+)", log)
    return [(int(port), token) for port, token in found]


@dataclass(frozen=True)
class Lab:
    """One running Lab on a port of 127.0.0.1, and the token that it is asked with."""

    port: int
    token: str

    def ask(self, method: str, path: str, content: object = None) -> tuple[int, bytes]:
        """One request with the token in its header: status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            body = None if content is None else json.dumps(content)
            connection.request(method, path, body, {"Authorization": f"token {self.token}"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/api/status")[0] == http.client.OK
        except (OSError, http.client.HTTPException):
            return False

    def write(self, path: str, text: str) -> None:
        """Save a text file as Lab's editor does."""
        status, body = self.ask("PUT", f"/api/contents/{path}", {"type": "file", "format": "text", "content": text})
        assert status in (http.client.CREATED, http.client.OK), body

    def read(self, path: str) -> str:
        status, body = self.ask("GET", f"/api/contents/{path}?type=file&format=text")
        assert status == http.client.OK, body
        return str(json.loads(body)["content"])

    def run_cell(self, source: str) -> str:
        """Run one cell in a new kernel, as a notebook does: what it printed. Fails when the cell raises."""
        status, body = self.ask("POST", "/api/kernels", {})
        assert status == http.client.CREATED, body
        kernel = f"/api/kernels/{json.loads(body)['id']}"
        address = f"ws://127.0.0.1:{self.port}{kernel}/channels"
        header = [f"Authorization: token {self.token}"]
        socket = websocket.create_connection(address, timeout=60, header=header, http_no_proxy=["127.0.0.1"])
        try:
            return execute(socket, source)
        finally:
            socket.close()
            self.ask("DELETE", kernel)

    @contextmanager
    def terminal(self) -> Iterator["LabTerminal"]:
        """A new terminal of Lab's, ended afterwards."""
        status, body = self.ask("POST", "/api/terminals", {})
        assert status == http.client.OK, body
        name = json.loads(body)["name"]
        address = f"ws://127.0.0.1:{self.port}/terminals/websocket/{name}"
        header = [f"Authorization: token {self.token}"]
        socket = websocket.create_connection(address, timeout=60, header=header, http_no_proxy=["127.0.0.1"])
        try:
            yield LabTerminal(socket)
        finally:
            socket.close()
            self.ask("DELETE", f"/api/terminals/{name}")


@dataclass
class LabTerminal:
    """The websocket that a browser's terminal types into."""

    socket: websocket.WebSocket
    shown: str = ""

    def press(self, keys: str) -> None:
        self.socket.send(json.dumps(["stdin", keys]))

    def until(self, pattern: str) -> re.Match[str]:
        """Read until the screen has shown this since the last match; fails when nothing comes for a minute."""
        while not (found := re.search(pattern, self.shown)):
            try:
                kind, *content = json.loads(self.socket.recv())
            except websocket.WebSocketTimeoutException:
                raise AssertionError(f"No {pattern!r} in {self.shown!r}") from None
            if kind == "stdout":
                self.shown = re.sub(r"\x1b[\[(][?\d;]*\w", "", self.shown + content[0]).replace("\r", "")
        self.shown = self.shown[found.end() :]
        return found


def execute(socket: websocket.WebSocket, source: str) -> str:
    """Send one execute_request and gather what it prints until the kernel is idle again."""
    request: dict[str, Any] = {
        "header": {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "test", "version": "5.3"},
        "parent_header": {},
        "metadata": {},
        "content": {"code": source, "silent": False, "allow_stdin": False},
        "channel": "shell",
    }
    socket.send(json.dumps(request))
    printed = ""
    while True:
        message: dict[str, Any] = json.loads(socket.recv())
        kind, content = message["header"]["msg_type"], message["content"]
        if message["parent_header"].get("msg_id") != request["header"]["msg_id"]:
            continue
        assert kind != "error", "\n".join(content["traceback"])
        if kind == "stream":
            printed += content["text"]
        if kind == "status" and content["execution_state"] == "idle":
            return printed
