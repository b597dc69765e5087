"""Runs the steps of the action as GitHub does: in bash, with the variables that it sets, in a clone of its kind."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tools.programs import ProgramError, cached

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
#: How GitHub calls `shell: bash`.
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
SETTINGS = """\
[tool.kpy]
apps = "apps/*/app.py"
output = "rendered/{env}/{app}"

[tool.kpy.environments.dev]

[tool.kpy.environments.prod]
set = { replicas = 2 }
"""
APP = """\
from kpy import App, Chart, Container, Deployment


def app(env: str, replicas: int = 1) -> App:
    app = App("shop")
    chart = app.add(Chart("web", namespace=f"shop-{env}"))
    chart.add(Deployment("web", replicas=replicas, containers=[Container(image="nginx:1.29")]))
    return app
"""


def real(name: str) -> str:
    """Return the path of a program; skip, and say so, where it has not been fetched."""
    try:
        path = cached(name)
    except ProgramError as error:
        pytest.skip(str(error))
    if path is None:
        pytest.skip(f"NOT CHECKED: needs {name}: `python tools/programs.py {name}` fetches it")
    return str(path)


class Ran(NamedTuple):
    """What became of a step."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


def git(folder: Path, *words: str) -> str:
    """Run git with nobody's settings."""
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    command = ["git", "-c", "protocol.file.allow=always", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def kpy(folder: Path, *words: str) -> None:
    """Run kpy in a folder."""
    subprocess.run([sys.executable, "-m", "kpy", *words], cwd=folder, capture_output=True, check=True)


def pull_request(folder: Path, change: Mapping[str, str], *, depth: int = 2) -> Path:
    """Return what actions/checkout makes of a pull request: its merge into main, with so much of the history."""
    origin = folder / "origin"
    origin.mkdir()
    git(origin, "init", "-q", "-b", "main")
    write(origin, {"pyproject.toml": SETTINGS, "apps/shop/app.py": APP})
    kpy(origin, "synth", "--all")
    git(origin, "add", "-A")
    git(origin, "commit", "-q", "-m", "before")
    git(origin, "checkout", "-q", "-b", "change")
    write(origin, change)
    git(origin, "add", "-A")
    git(origin, "commit", "-q", "-m", "change", "--allow-empty")
    git(origin, "checkout", "-q", "main")
    git(origin, "commit", "-q", "--allow-empty", "-m", "meanwhile")
    git(origin, "merge", "-q", "--no-ff", "-m", "merge", "change")
    git(origin, "update-ref", "refs/pull/7/merge", "HEAD")
    git(origin, "reset", "-q", "--hard", "HEAD^1")
    clone = folder / "work space"
    clone.mkdir()
    git(clone, "init", "-q")
    git(clone, "remote", "add", "origin", origin.as_uri())
    git(clone, "fetch", "-q", "--no-tags", f"--depth={depth}", "origin", "+refs/pull/7/merge:refs/remotes/pull/7/merge")
    git(clone, "checkout", "-q", "--detach", "refs/remotes/pull/7/merge")
    return clone


def step(name: str) -> dict[str, Any]:
    """Return a step of the action."""
    (found,) = (each for each in ACTION["runs"]["steps"] if each["name"] == name)
    return dict(found)


def run(
    name: str,
    clone: Path,
    inputs: Mapping[str, str] | None = None,
    *,
    steps: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
) -> Ran:
    """Run a step of the action in a clone."""
    given = {key: str(value.get("default", "")) for key, value in ACTION["inputs"].items()} | dict(inputs or {})
    known = {f"inputs.{key}": value for key, value in given.items()} | {
        f"steps.run.outputs.{key}": value for key, value in (steps or {}).items()
    }
    wanted = step(name)
    runner = clone.parent / "runner"
    runner.mkdir(exist_ok=True)
    script, outputs, summary, event = (runner / each for each in ("script.sh", "outputs", "summary", "event.json"))
    script.write_text(wanted["run"])
    outputs.write_text("")
    summary.write_text("")
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    environment = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(runner),
        "KPY_CACHE_DIR": "",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_BASE_REF": "main",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_OUTPUT": str(outputs),
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_WORKSPACE": str(clone),
        "RUNNER_TEMP": str(runner / "temp"),
        **{key: _filled(text, known) for key, text in wanted["env"].items()},
        **(variables or {}),
    }
    folder = clone / _filled(wanted.get("working-directory", "."), known)
    done = subprocess.run(
        [*BASH, str(script)],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    lines = (line.partition("=") for line in outputs.read_text().splitlines())
    return Ran(done.returncode, done.stdout, {key: value for key, _, value in lines}, summary.read_text())


def _filled(text: str, known: Mapping[str, str]) -> str:
    return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: known[found[1]], text)


class GitHub:
    """A GraphQL API of GitHub with one pull request, as far as comments go; it takes pages of two comments."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.tokens: set[str] = set()
        self.url = ""
        #: What to answer instead: an HTTP status, or a text of errors.
        self.refusal: int | str = ""

    def answer(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Return what is answered to a query."""
        if "addComment" in query:
            assert variables["subject"] == "PR_7"
            self.calls.append("add")
            self.comments.append({"id": f"IC_{len(self.comments)}", "body": variables["body"], "viewerDidAuthor": True})
            return {"data": {"addComment": {"subject": {"id": "PR_7"}}}}
        if "updateIssueComment" in query:
            (comment,) = (each for each in self.comments if each["id"] == variables["id"])
            self.calls.append("update")
            comment["body"] = variables["body"]
            return {"data": {"updateIssueComment": {"issueComment": {"id": comment["id"]}}}}
        assert (variables["owner"], variables["name"]) == ("acme", "shop")
        if variables["number"] != 7:
            return {"data": {"repository": {"pullRequest": None}}}
        begin = int(variables["after"] or 0)
        page = {"hasNextPage": begin + 2 < len(self.comments), "endCursor": str(begin + 2)}
        comments = {"nodes": self.comments[begin : begin + 2], "pageInfo": page}
        return {"data": {"repository": {"pullRequest": {"id": "PR_7", "comments": comments}}}}


@contextmanager
def github() -> Iterator[GitHub]:
    """Serve a GitHub on loopback."""
    host = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            host.tokens.add(self.headers["Authorization"])
            status, answer = 200, b""
            if isinstance(host.refusal, int):
                status = host.refusal
            elif host.refusal:
                answer = json.dumps({"data": None, "errors": [{"message": host.refusal}]}).encode()
            else:
                answer = json.dumps(host.answer(asked["query"], asked["variables"])).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    host.url = f"http://127.0.0.1:{server.server_port}/graphql"
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


needs_bash_and_git = pytest.mark.skipif(
    sys.platform == "win32" or not shutil.which("bash") or not shutil.which("git"), reason="needs bash and git"
)
