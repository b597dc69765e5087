"""`kpy import` of compose files."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpy.cli.main import run

COMPOSE = """\
name: shop
services:
  # what people see
  web:
    image: web:1
    ports: ["8080:80"]
    environment: {DB_PASSWORD: swordfish1}
    init: true
  debug: {image: "debug:1", profiles: [tools]}
"""
APP = """\
from kpy import App, Chart, Container, Deployment, Secret

app = App("shop")
chart = app.add(Chart("shop"))

# what people see
web = chart.add(
    Deployment(
        "web",
        containers=Container(
            image="web:1",
            env={"DB_PASSWORD": Secret.existing("web-secrets")["DB_PASSWORD"]},
            ports={"http": 80},
        ),
    )
)
chart.add(web.expose())
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("compose.yaml").write_text(COMPOSE)
    return tmp_path


def kpy(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run(["import", *words])
    out, err = capsys.readouterr()
    return code, out, err


def test_compose_file_becomes_an_app_and_the_notes_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = kpy(capsys, "compose.yaml", "-o", "app.py")

    assert (code, out) == (0, "")
    assert Path("app.py").read_text() == APP
    assert err.splitlines() == [
        "compose.yaml:6:5: services.web.ports: a Service has the port of the container; what a host published "
        "(80 as 8080) is reached by an Ingress, a Gateway or `kubectl port-forward`",
        "compose.yaml:7:5: services.web.environment: secrets stay out of the program: `kubectl create secret generic "
        "web-secrets --from-literal=DB_PASSWORD=...`",
        "compose.yaml:8:5: services.web.init: set `shareProcessNamespace`, or have an init in the image",
        "compose.yaml:9:29: services.debug.profiles: left out: it is of the profile tools; take it by "
        "`--profile tools`",
        "2 objects: 2 in short form",
        "proof: the app was synthesised, and makes the same 2 objects",
        "written to app.py; next: kpy synth app.py",
    ]


def test_app_of_a_compose_file_is_synthesised(capsys: pytest.CaptureFixture[str]) -> None:
    kpy(capsys, "compose.yaml", "--profile", "tools", "-o", "app.py")

    assert run(["synth", "app.py"]) == 0
    assert capsys.readouterr().out.count("kind: Deployment") == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["compose.yaml", "other.yaml"], "compose.yaml is a compose file, and other.yaml is none: import them apart"),
        (["other.yaml", "--profile", "tools"], "--profile goes with compose files, and none is named"),
        (["-k", ".", "--profile", "tools"], "--profile goes with compose files"),
        (["compose.yaml", "--live"], "--live is for what a cluster says, not for compose files"),
        (["compose.yaml", "--profile", "tool"], "compose.yaml:1:1: there is no profile 'tool'; there is: tools"),
        (["broken.yaml"], "broken.yaml:1:16: services.web: a service needs `image`, or `build`"),
        (["docker-compose.yml"], "docker-compose.yml:1: the file has no services"),
    ],
)
def test_what_cannot_be_done_is_said(capsys: pytest.CaptureFixture[str], words: list[str], message: str) -> None:
    Path("other.yaml").write_text("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n")
    Path("broken.yaml").write_text("services: {    web: {command: x}}\n")
    Path("docker-compose.yml").write_text("")

    code, out, err = kpy(capsys, *words)

    assert (code, out) == (2, "")
    assert err.splitlines()[0] == f"error: {message}"
