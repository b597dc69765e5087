"""Where definitions come from: addresses, charts, clusters."""

from __future__ import annotations

import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from kpy.cli import clusters
from kpy.cli.main import run
from kpy.programs import Done
from tests.cli.test_crds import LAMP, definition
from tools.programs import ProgramError, cached

Run = Callable[..., tuple[int, str, str]]
CHART = "apiVersion: v2\nname: lamps\nversion: 1.2.3\n"
LAMPS = "crds/lamps.example.com/lamps.yaml"
ADDED = f"added: lamps.lamps.example.com ({LAMPS})\ntypes: infra/crds/lamps_example_com/v1.py\n"


@pytest.fixture
def kpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in a project on a machine without helm, and return the exit code and both streams."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    Path("pyproject.toml").write_text('[tool.kpy]\ncrds = ["crds/"]\n')

    def kpy(*words: str) -> tuple[int, str, str]:
        code = run(words)
        out, err = capsys.readouterr()
        return code, out, err

    return kpy


def source() -> str:
    import tomllib

    entries: dict[str, dict[str, str]] = tomllib.loads(Path("kpy.lock").read_text())["definitions"]
    return entries["lamps.lamps.example.com"]["from"]


def archive(path: str, files: Mapping[str, str | bytes], folder: str = "lamps") -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for name, text in files.items():
            data = text.encode() if isinstance(text, str) else text
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    Path(path).write_bytes(content.getvalue())
    return content.getvalue()


def folder(files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = Path("lamps") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def helm(output: str, code: int = 0, error: str = "") -> None:
    """Put a helm on PATH that says this, and writes its arguments down."""
    Path("bin").mkdir()
    Path("rendered").write_text(output)
    here = Path.cwd()
    Path("bin/helm").write_text(
        f'#!/bin/sh\necho "$@" > {here}/asked\n/bin/cat {here}/rendered\necho "{error}" >&2\nexit {code}\n'
    )
    Path("bin/helm").chmod(0o755)


def test_chart_gives_the_definitions_beside_its_templates(kpy: Run) -> None:
    archive("lamps-1.2.3.tgz", {"Chart.yaml": CHART, "crds/lamp.yaml": LAMP, "templates/a.yaml": "a: {{ .Values.a }}"})

    assert kpy("crds", "add", "--chart", "lamps-1.2.3.tgz") == (0, ADDED, "")
    assert Path(LAMPS).read_text() == LAMP
    assert source() == "chart lamps-1.2.3"


def test_chart_may_be_a_folder(kpy: Run) -> None:
    folder({"Chart.yaml": CHART, "crds/sub/lamp.yaml": LAMP})

    assert kpy("crds", "add", "--chart", "lamps") == (0, ADDED, "")


def test_chart_gives_the_definitions_of_the_charts_in_it(kpy: Run) -> None:
    inner = archive("inner.tgz", {"Chart.yaml": CHART, "crds/lamp.yaml": LAMP}, "inner")
    files = {"Chart.yaml": CHART, "charts/inner.tgz": inner, "charts/bulbs/crds/bulb.yaml": definition("Bulb")}
    archive("lamps.tgz", files)

    assert kpy("crds", "add", "--chart", "lamps.tgz")[0] == 0
    assert kpy("crds", "list")[1].count("\n") == 2


TEMPLATED = {
    "Chart.yaml": CHART,
    "templates/crds.yaml": "{{- if .Values.crds.enabled }}\n" + LAMP + "{{- end }}\n",
}


def test_templates_of_a_chart_are_rendered_by_helm(kpy: Run) -> None:
    folder(TEMPLATED)
    helm(f"---\n# Source: lamps/templates/crds.yaml\n{LAMP}")

    assert kpy("crds", "add", "--chart", "lamps", "--set", "crds.enabled=true") == (0, ADDED, "")
    assert Path("asked").read_text() == "template kpy lamps --skip-tests --set crds.enabled=true\n"


def test_templates_of_a_chart_need_helm(kpy: Run) -> None:
    folder({**TEMPLATED, "crds/bulb.yaml": definition("Bulb")})

    code, out, err = kpy("crds", "add", "--chart", "lamps")

    assert (code, out.splitlines()[0]) == (1, "added: bulbs.lamps.example.com (crds/lamps.example.com/bulbs.yaml)")
    assert err == (
        "lamps: its templates make definitions, and kpy renders them by helm (helm is not installed, or not on PATH): "
        "install helm, or give the file with definitions that the project publishes\n"
    )


def test_value_that_turns_definitions_on_is_named(kpy: Run) -> None:
    folder(TEMPLATED)
    helm("kind: Service\n")

    assert kpy("crds", "add", "--chart", "lamps") == (
        1,
        "",
        "lamps: its templates make definitions, but not with these values. Its templates ask for crds.enabled: "
        "try --set crds.enabled=true\n",
    )


def test_what_helm_says_is_told(kpy: Run) -> None:
    folder(TEMPLATED)
    helm("", 1, "Error: found in Chart.yaml, but missing in charts/ directory: bulbs")

    assert kpy("crds", "add", "--chart", "lamps")[2] == (
        "lamps: the chart needs bulbs, which is not in its charts/: run `helm dependency build lamps`\n"
    )


def test_real_helm_renders_a_chart(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        path = cached("helm")
    except ProgramError as error:
        pytest.skip(str(error))
    if path is None:
        pytest.skip("there is no helm here")
    Path("bin").mkdir()
    os.symlink(path, "bin/helm")
    folder(TEMPLATED)

    assert kpy("crds", "add", "--chart", "lamps", "--set", "crds.enabled=true")[:2] == (0, ADDED)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("none.tgz", "none.tgz: there is no such file or folder"),
        ("text.tgz", "text.tgz: this is no archive of a chart: "),
        ("empty.tgz", "empty.tgz: this is no chart: it has no Chart.yaml"),
        ("oci://x/y", "oci://x/y: run `kpy vendor oci://x/y`, and give the file that it writes"),
    ],
)
def test_what_is_no_chart_is_refused(kpy: Run, path: str, message: str) -> None:
    Path("text.tgz").write_text("lamp")
    archive("empty.tgz", {"a": "b"})

    code, out, err = kpy("crds", "add", "--chart", path)

    assert (code, out) == (2, "")
    assert err.startswith(f"error: {message}")


def test_chart_without_definitions_is_told(kpy: Run) -> None:
    folder({"Chart.yaml": CHART})

    assert kpy("crds", "add", "--chart", "lamps") == (1, "", "lamps: the chart has no definitions\n")


def test_archive_that_is_too_large_is_refused(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kpy.inputs.chart_files._FILES", 1)
    archive("lamps.tgz", {"Chart.yaml": CHART, "crds/lamp.yaml": LAMP})

    assert kpy("crds", "add", "--chart", "lamps.tgz")[2] == ("error: lamps.tgz: the archive is larger than any chart\n")


class Site(BaseHTTPRequestHandler):
    """A site with a definition, a page, and nothing else."""

    def do_GET(self) -> None:
        pages = {"/v1.0/lamp.yaml": (LAMP, "text/yaml"), "/page": ("<html>", "text/html; charset=utf-8")}
        text, kind = pages.get(self.path, ("", ""))
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "*")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_definition_is_fetched_from_an_address(kpy: Run, site: str) -> None:
    assert kpy("crds", "add", f"{site}/v1.0/lamp.yaml") == (0, ADDED, "")
    assert source() == f"{site}/v1.0/lamp.yaml"


def test_page_is_no_definition(kpy: Run, site: str) -> None:
    assert kpy("crds", "add", f"{site}/page") == (
        2,
        "",
        f"error: {site}/page: this is a web page: name the file itself\n",
    )


def test_what_cannot_be_fetched_is_told(kpy: Run, site: str) -> None:
    code, _, err = kpy("crds", "add", f"{site}/none")

    assert code == 2
    assert err == f"error: {site}/none: it cannot be fetched: Not Found\n"


class Cluster:
    """A kubectl that has one definition, as a cluster keeps it."""

    def __init__(self, code: int = 0) -> None:
        self.code = code
        self.asked: list[str] = []

    def run(self, arguments: list[str], stdin: str = "") -> Done:
        self.asked = arguments
        tree = yaml.safe_load(LAMP)
        tree["metadata"] |= {
            "uid": "1",
            "resourceVersion": "2",
            "managedFields": [{"manager": "kubectl"}],
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "mine": "x"},
        }
        tree["status"] = {"acceptedNames": {"kind": "Lamp", "plural": "lamps"}, "conditions": [], "storedVersions": []}
        error = 'Error from server (Forbidden): customresourcedefinitions is forbidden: User "me" cannot list'
        return Done(self.code, json.dumps({"apiVersion": "v1", "kind": "List", "items": [tree]}), error * self.code)


def test_definitions_of_a_cluster_lose_what_it_wrote_into_them(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster()
    monkeypatch.setattr(clusters, "transport_for", lambda given, context: cluster)
    expected = yaml.safe_load(LAMP)
    expected["metadata"]["annotations"] = {"mine": "x"}

    assert kpy("crds", "add", "--cluster", "--context", "attic") == (0, ADDED, "")
    assert yaml.safe_load(Path(LAMPS).read_text()) == expected
    assert (source(), cluster.asked[0]) == ("cluster attic", "get")


def test_refusal_of_a_cluster_is_told(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "transport_for", lambda given, context: Cluster(1))

    code, _, err = kpy("crds", "add", "--cluster")

    assert code == 2
    assert "forbidden" in err.lower()
