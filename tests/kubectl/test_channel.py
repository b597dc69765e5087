"""Many deletions through one kubectl, a stand-in that serves a socket as `kubectl proxy` does."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from kpy.kubectl import Answer, Kubectl, channel

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such sockets")

#: Writes down how it was called. As a proxy, it answers by the last word of the path; else, it deletes.
STAND_IN = f"""#!{sys.executable}
import http.server, json, os, socketserver, sys

with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
if sys.argv[1] == "delete":
    print("deleted by itself", sys.argv[3], sys.stdin.read())
    sys.exit()
if os.environ.get("PROXY") != "works":
    sys.exit("Error: unknown command")

ANSWERS = {{
    "a": (200, '{{"kind": "Status", "status": "Success"}}'),
    "gone": (404, '{{"kind": "Status", "reason": "NotFound", "message": "configmaps \\\\"gone\\\\" not found"}}'),
    "odd": (400, '{{"kind": "Status", "message": "odd"}}'),
    "text": (502, "bad gateway"),
    "json": (500, "[]"),
}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_DELETE(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        name = self.path.rpartition("/")[2]
        if name == "cut":
            self.close_connection = True
            return
        code, text = (200, body.decode()) if name == "echo" else ANSWERS[name]
        self.send_response(code)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def address_string(self):
        return ""

    def log_message(self, *words):
        pass


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


Server(sys.argv[2].partition("=")[2], Handler).serve_forever()
"""


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kubectl:
    """Return a kubectl that can be a proxy."""
    program = tmp_path / "kubectl"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("PROXY", "works")
    monkeypatch.setattr(channel, "_STARTING", 120.0)
    return Kubectl(str(program), context="prod")


def calls(folder: Path) -> list[list[str]]:
    return [json.loads(line) for line in (folder / "calls").read_text().splitlines()]


def test_deletions_share_a_kubectl_that_takes_nothing_else(kubectl: Kubectl, tmp_path: Path) -> None:
    with kubectl.deletions() as delete:
        answers = [delete("/api/v1/a", "{}") for _ in range(3)]
        echo = delete("/api/v1/echo", '{"uid": "1"}')

    assert answers == [Answer(0, '{"kind": "Status", "status": "Success"}', "")] * 3
    assert echo == Answer(0, '{"uid": "1"}', "")
    (words,) = calls(tmp_path)
    assert [words[0], *words[2:]] == [
        "proxy",
        "--reject-methods=^(GET|HEAD|OPTIONS|POST|PUT|PATCH)$",
        "--accept-paths=^/apis?/.*",
        "--request-timeout=60s",
        "--context=prod",
    ]
    assert not Path(words[1].partition("=")[2]).parent.exists()


@pytest.mark.parametrize(
    ("name", "err"),
    [
        ("gone", 'Error from server (NotFound): configmaps "gone" not found\n'),
        ("odd", "Error from server: odd\n"),
    ],
)
def test_refusal_reads_as_that_of_kubectl(kubectl: Kubectl, name: str, err: str) -> None:
    with kubectl.deletions() as delete:
        assert delete(f"/api/v1/{name}", "{}") == Answer(1, "", err)


@pytest.mark.parametrize("name", ["text", "json", "cut", "with space"])
def test_what_the_proxy_cannot_do_is_asked_of_kubectl_itself(kubectl: Kubectl, name: str) -> None:
    with kubectl.deletions() as delete:
        found = delete(f"/api/v1/{name}", "{}")
        again = delete("/api/v1/a", "{}")

    assert found == Answer(0, f"deleted by itself /api/v1/{name} {{}}\n", "")
    assert again.code == 0


def test_kubectl_that_is_no_proxy_deletes_one_by_one(kubectl: Kubectl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROXY", "fails")

    with kubectl.deletions() as delete:
        assert delete("/api/v1/a", "{}") == Answer(0, "deleted by itself /api/v1/a {}\n", "")


def test_machine_without_such_sockets_deletes_one_by_one(
    kubectl: Kubectl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(channel.socket, "AF_UNIX")

    with kubectl.deletions() as delete:
        assert delete("/api/v1/a", "{}") == Answer(0, "deleted by itself /api/v1/a {}\n", "")
    assert [words[0] for words in calls(tmp_path)] == ["delete"]


def test_socket_is_for_nobody_else(kubectl: Kubectl, tmp_path: Path) -> None:
    with kubectl.deletions() as delete:
        delete("/api/v1/a", "{}")
        folder = Path(calls(tmp_path)[0][1].partition("=")[2]).parent

        assert folder.stat().st_mode & 0o777 == 0o700
