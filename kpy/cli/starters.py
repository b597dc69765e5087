"""What `kpy init` writes. FILE is the name of the app's file without `.py`, NAME that of the app."""

from __future__ import annotations

from typing import Final

__all__ = [
    "APP",
    "CONFTEST",
    "GITHUB",
    "GITLAB",
    "IGNORED",
    "NEXT",
    "PACKAGE",
    "PYTEST",
    "REQUIREMENTS",
    "SETTINGS",
    "TEST",
]

PACKAGE: Final = "kpy-k8s[testing]"

APP = '''\
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

TEST = """\
import pytest
from kpy.api.apps.v1 import Deployment
from kpy.testing import selects

from FILE import app


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

SETTINGS = """\
[tool.kpy]
app = "FILE.py"
select = ["recommended"]
"""

PYTEST = """
[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
"""

CONFTEST = "# Where this file is, tests can import from: FILE.py is beside it.\n"

REQUIREMENTS = f"{PACKAGE}\n"

IGNORED = "__pycache__/\n.hypothesis/\n.pytest_cache/\n.venv/\n*.bak\n"

GITHUB = """\
name: check
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/setup-python@v7
        with:
          python-version: "3.13"
      - run: INSTALL
      - run: kpy validate
      - run: TESTED
      - name: Say what changes in a cluster
        if: github.event_name == 'pull_request'
        continue-on-error: true
        run: kpy compare "git:origin/$GITHUB_BASE_REF" FILE.py --format markdown >> "$GITHUB_STEP_SUMMARY"
"""

GITLAB = """\
check:
  image: python:3.13
  variables:
    GIT_DEPTH: "0"
  script:
    - INSTALL
    - kpy validate
    - TESTED

compare:
  image: python:3.13
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  allow_failure: true
  variables:
    GIT_DEPTH: "0"
  script:
    - INSTALL
    - kpy compare "git:$CI_MERGE_REQUEST_DIFF_BASE_SHA" FILE.py --format markdown | tee changes.md
  artifacts:
    paths: [changes.md]
"""

NEXT = """\
Next, one after the other:

    INSTALL
    RUNkpy synth
    RUNpytest --snapshot-updateONLY

The last one writes what the app makes to `snapshots/`, as plain YAML. Now change something and see a test fail:

    sed -i.bak 's/nginx:1.29/nginx:1.30/' FILE.py
    RUNpytestONLY

It says what differs, and what that does to a cluster. If the change is intended, accept it:

    RUNpytest --snapshot-updateONLY
"""
