"""`kpy init`: a project to start from, and what to type next."""

from __future__ import annotations

import os
import re
import shlex

from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product
from kpy.errors import WriteError

__all__ = ["run"]

_APP = '''\
from kpy import App, Chart, ConfigMap, Container, Deployment, Probe, Resources


class Web(Chart):
    """A web server with its page."""

    replicas: int = 2

    def build(self) -> None:
        page = self.add(ConfigMap.from_literals("page", {"index.html": "<h1>Hello</h1>\\n"}))
        web = self.add(
            Deployment(
                "web",
                replicas=self.replicas,
                containers=[
                    Container(
                        image="nginx:1.29",
                        ports={"http": 80},
                        mounts={"/usr/share/nginx/html": page},
                        readiness_probe=Probe.http("/", port="http"),
                        resources=Resources(cpu=("50m", None), memory="64Mi"),
                    )
                ],
            )
        )
        self.add(web.expose())


def app(env: str = "dev") -> App:
    app = App("NAME")
    app.add(Web("web", namespace=f"NAME-{env}", replicas=3 if env == "prod" else 1))
    return app
'''

_TEST = """\
import pytest
from kpy.api.apps.v1 import Deployment
from kpy.testing import selects

from app import app


@pytest.mark.parametrize("env", ["dev", "prod"])
def test_manifest_is_as_in_its_snapshot(env, synth, manifest_snapshot):
    assert synth(app(env)) == manifest_snapshot


def test_production_survives_the_loss_of_a_pod(synth):
    web = synth(app("prod")).one(Deployment, "web")

    assert web.spec.replicas >= 2


def test_service_reaches_the_pods(synth):
    manifest = synth(app())

    assert selects(manifest.find("Service", "web"), manifest.find("Deployment", "web"))
"""

_PROJECT = """\
[tool.kpy]
app = "app.py"
select = ["recommended"]

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
"""

_REQUIREMENTS = "kpy-k8s[testing]\n"

_IGNORED = "__pycache__/\n.hypothesis/\n.pytest_cache/\n.venv/\n*.bak\n"

_GITHUB = """\
name: check
on:
  push:
    branches: [main]
  pull_request:
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - run: pip install -r requirements.txt
      - run: kpy validate
      - run: pytest
      - name: Say what changes in a cluster
        if: github.event_name == 'pull_request'
        continue-on-error: true
        run: kpy compare "git:origin/$GITHUB_BASE_REF" app.py --format markdown >> "$GITHUB_STEP_SUMMARY"
"""

_GITLAB = """\
check:
  image: python:3.13
  variables:
    GIT_DEPTH: "0"
  script:
    - pip install -r requirements.txt
    - kpy validate
    - pytest

compare:
  image: python:3.13
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  allow_failure: true
  variables:
    GIT_DEPTH: "0"
  script:
    - pip install -r requirements.txt
    - kpy compare "git:$CI_MERGE_REQUEST_DIFF_BASE_SHA" app.py --format markdown | tee changes.md
  artifacts:
    paths: [changes.md]
"""

_CI = {"github": {".github/workflows/check.yaml": _GITHUB}, "gitlab": {".gitlab-ci.yml": _GITLAB}, "none": {}}

_NEXT = """\
Next, one after the other:

    pip install -r requirements.txt
    kpy synth
    pytest --snapshot-update

The last one writes what the app makes to `snapshots/`, as plain YAML. Now change something and see a test fail:

    sed -i.bak 's/nginx:1.29/nginx:1.30/' app.py
    pytest

It says what differs, and what that does to a cluster. If the change is intended, accept it:

    pytest --snapshot-update
"""


def run(given: Given) -> int:
    """Write the files of a project and say what to do next; refuse when one of them is there already."""
    folder = given.text("folder") or "."
    name = _name_of(folder)
    files = {
        "app.py": _APP.replace("NAME", name),
        "tests/test_app.py": _TEST,
        "pyproject.toml": _PROJECT,
        "requirements.txt": _REQUIREMENTS,
        ".gitignore": _IGNORED,
        **_CI[given.text("ci") or "github"],
    }
    if os.path.lexists(os.path.join(folder, ".gitignore")):
        del files[".gitignore"]  # a repository made elsewhere brings one
    there = [path for path in files if os.path.lexists(os.path.join(folder, path))]
    if there:
        them = "them" if len(there) > 1 else "it"
        raise MisuseError(f"{folder}: there is {', '.join(there)} already; `kpy init` needs a folder without {them}")
    with Product() as product:
        try:
            for path, text in files.items():
                _write(os.path.join(folder, path), text)
        except OSError as error:
            raise WriteError(f"{error.filename}: it cannot be written: {error.strerror}") from None
        enter = f"    cd {shlex.quote(folder)}\n" if folder != "." else ""
        written = "".join(f"    {path}\n" for path in files)
        product.write(f"Written to {folder}:\n\n{written}\n" + _NEXT.replace("\n\n", f"\n\n{enter}", 1))
    return 0


def _name_of(folder: str) -> str:
    """Return the name of the app: that of the folder, as far as it can be the name of a namespace."""
    name = re.sub(r"[^a-z0-9]+", "-", os.path.basename(os.path.abspath(folder)).lower()).strip("-")
    return name[:50].rstrip("-") or "app"


def _write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "x", encoding="utf-8", newline="\n") as file:
        file.write(text)
