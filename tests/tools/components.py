"""Runs the jobs of the component as a runner of GitLab does, in a clone of a merge request."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import yaml

from tests.tools.actions import ROOT, git

HEAD, _, TEXT = (ROOT / "templates" / "kpy.yml").read_text(encoding="utf-8").partition("\n---\n")
SPEC: dict[str, Any] = yaml.safe_load(HEAD)
INPUTS: dict[str, Any] = SPEC["spec"]["inputs"]
SHELLS = {"bash": ["bash", "-eo", "pipefail"], "sh": ["sh", "-e"]}


class Done(NamedTuple):
    """What became of a job."""

    code: int
    log: str


def jobs(inputs: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the jobs of the component, with these inputs."""
    given = {name: facts["default"] for name, facts in INPUTS.items()} | dict(inputs or {})

    def filled(value: Any) -> Any:
        match value:
            case str():
                return re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda found: _text(given[found[1]]), value)
            case dict():
                return {filled(key): filled(each) for key, each in value.items()}
            case list():
                return [filled(each) for each in value]
        return value

    found: dict[str, Any] = filled(yaml.safe_load(TEXT))
    return found


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def run(
    job: str,
    clone: Path,
    inputs: Mapping[str, Any] | None = None,
    *,
    shell: str = "sh",
    variables: Mapping[str, str] | None = None,
) -> Done:
    """Run a job of the component in a clone."""
    all_jobs = jobs(inputs)
    own = all_jobs[job]
    base = all_jobs[own["extends"]]
    script = clone.parent / "script.sh"
    script.write_text("\n".join([*base["before_script"], *own["script"]]))
    environment = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(clone.parent),
        "CI_PROJECT_DIR": str(clone),
        "CI_PROJECT_ID": "12",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(clone, "rev-parse", "HEAD^1"),
        "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "",
        **base["variables"],
        **own["variables"],
        "XDG_CACHE_HOME": str(clone / ".cache"),
        **(variables or {}),
    }
    done = subprocess.run(
        [*SHELLS[shell], str(script)],
        cwd=clone,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Done(done.returncode, done.stdout)


class GitLab:
    """An API of GitLab with one merge request, as far as notes go; it takes pages of two notes."""

    def __init__(self) -> None:
        self.notes: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.tokens: set[str] = set()
        self.url = ""
        self.refusal = 0


@contextmanager
def gitlab() -> Iterator[GitLab]:
    """Serve a GitLab on loopback."""
    host = GitLab()
    place = "/projects/12/merge_requests/7/notes"

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            host.tokens.add(self.headers["PRIVATE-TOKEN"])
            host.calls.append(self.command)
            address = urlsplit(self.path)
            size = int(self.headers.get("Content-Length") or 0)
            said = json.loads(self.rfile.read(size)) if size else {}
            status, answer, following = 200, None, ""
            if host.refusal:
                status = host.refusal
            elif address.path == "/user":
                answer = {"id": 5}
            elif self.command == "GET":
                assert address.path == place
                page = int(parse_qs(address.query)["page"][0])
                answer = host.notes[page * 2 - 2 : page * 2]
                following = str(page + 1) if len(host.notes) > page * 2 else ""
            elif self.command == "POST":
                assert address.path == place
                host.notes.append({"id": len(host.notes) + 1, "author": {"id": 5}, "body": said["body"]})
            else:
                (note,) = (each for each in host.notes if f"{place}/{each['id']}" == address.path)
                note["body"] = said["body"]
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-Next-Page", following)
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def do_PUT(self) -> None:
            self.answer()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    host.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
