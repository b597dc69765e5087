"""`kpy synth --format`: one app in each format, on standard output and in files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from kpy.cli.main import run

APP = """
from kpy import App, Chart, Raw

app = App("shop")
chart = app.add(Chart("shop"))
for name in ("one", "two"):
    chart.add(Raw({"kind": "ConfigMap", "apiVersion": "v1", "data": {"on": "off"}, "metadata": {"name": name}}))
"""


@pytest.fixture
def app(tmp_path: Path) -> str:
    (tmp_path / "app.py").write_text(APP)
    return str(tmp_path / "app.py")


def test_json_is_one_list(app: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["synth", app, "--format", "json"]) == 0

    output = json.loads(capfdbinary.readouterr().out)
    assert (output["apiVersion"], output["kind"]) == ("v1", "List")
    assert [item["metadata"]["name"] for item in output["items"]] == ["one", "two"]


def test_kyaml_is_the_same_data_as_yaml(app: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["synth", app]) == 0
    plain = capfdbinary.readouterr().out.decode()
    assert run(["synth", app, "--format", "kyaml"]) == 0
    output = capfdbinary.readouterr().out.decode()

    assert output.startswith('---\n{\n  apiVersion: "v1",\n')
    assert list(yaml.safe_load_all(output)) == list(yaml.safe_load_all(plain))


def test_files_have_the_format(app: str, tmp_path: Path) -> None:
    assert run(["synth", app, "--format", "json", "-o", str(tmp_path / "out")]) == 0
    assert run(["synth", app, "--format", "json", "-o", str(tmp_path / "out"), "--check"]) == 0

    assert len(json.loads((tmp_path / "out/shop.json").read_text())["items"]) == 2
