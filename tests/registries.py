"""A real registry on this machine, `crane registry serve`, and one in front of it that asks for a password."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tools.programs import cached

USER, PASSWORD = "ann", "hunter2hunter2"


def program(name: str) -> Path:
    """Return a program, or skip the test where it was not fetched."""
    found = cached(name)
    if found is None:
        pytest.skip(f"NOT RUN: there is no {name} here; `python tools/programs.py {name}` fetches it")
    return found


@contextmanager
def registry(folder: Path) -> Iterator[str]:
    """Serve a registry and yield its host, with the port."""
    with (folder / "registry.log").open("w+") as log:
        words = [program("crane"), "registry", "serve", "--address", "127.0.0.1:0"]
        with subprocess.Popen(words, stderr=subprocess.PIPE, stdout=log, text=True) as process:
            try:
                assert process.stderr is not None
                port = process.stderr.readline().split()[-1].rpartition(":")[2]
                yield f"127.0.0.1:{port}"
            finally:
                process.kill()


@contextmanager
def guarded(host: str, *, refuses: str = "nothing") -> Iterator[str]:
    """Serve a registry to whoever knows the password, and yield the host; what it `refuses` is a pattern of paths."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(host, refuses))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def log_in(folder: Path, host: str, password: str = PASSWORD) -> None:
    """Write down a password where programs look for it, below a folder that `DOCKER_CONFIG` names."""
    auth = base64.b64encode(f"{USER}:{password}".encode()).decode()
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"auths": {host: {"auth": auth}}}))


def only(monkeypatch: pytest.MonkeyPatch, folder: Path, *names: str) -> None:
    """Let PATH have these programs alone."""
    folder.mkdir(exist_ok=True)
    for name in names:
        os.symlink(program(name), folder / name)
    monkeypatch.setenv("PATH", str(folder))


def _handler(host: str, refuses: str) -> type[BaseHTTPRequestHandler]:
    wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Authorization") != wanted:
                self._refuse(401, {"WWW-Authenticate": 'Basic realm="Registry Realm"'})
            elif re.search(refuses, f"{self.command} {self.path}"):
                self._refuse(403, {})
            else:
                self._pass_on(body)

        def _refuse(self, code: int, headers: dict[str, str]) -> None:
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _pass_on(self, body: bytes) -> None:
            connection = http.client.HTTPConnection(host)
            headers = {name: value for name, value in self.headers.items() if name.lower() != "authorization"}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "content-length", "date"):
                    self.send_header(name, value)
            length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(content))
            self.send_header("Content-Length", length or "0")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
            connection.close()

        do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = _serve  # noqa: N815  # the names are http.server's

    return Handler
