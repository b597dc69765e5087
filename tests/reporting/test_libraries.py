"""Findings in what a library makes stand at the line of the project that asked for it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kpy import KpyError, source
from kpy.cli.main import run

LIBRARY = """\
from kpy import Construct, Container, Deployment


class Web(Construct):
    image: str
    memory: str = "128Mi"

    def build(self) -> None:
        self.add(
            Deployment(
                self.name,
                containers=[
                    Container(
                        image=self.image,
                        resources={"limits": {"memory": self.memory}},
                    )
                ],
            )
        )
"""
APP = """\
from acme_lines import Web
from kpy import App, Chart

app = App("shop")
chart = app.add(Chart("shop"))
chart.add(Web("web", image="nginx:1.27", memory="128MB"))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder of a project."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    (folder / "app.py").write_text(APP)
    monkeypatch.chdir(folder)
    monkeypatch.delitem(sys.modules, "acme_lines", raising=False)
    yield folder
    sys.modules.pop("acme_lines", None)
    source._OWNERS.clear()
    source._project = None


def install(place: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place.mkdir(parents=True, exist_ok=True)
    (place / "acme_lines.py").write_text(text)
    monkeypatch.syspath_prepend(place)


PLACES = {
    "site-packages": ("../lib/python3/site-packages", ""),
    "inside the project": (".venv/lib/python3/site-packages", ""),
    "a project of its own": ("../platform", "pyproject.toml"),
    "below a nearer pyproject.toml": ("libs/acme", "pyproject.toml"),
}


@pytest.mark.parametrize("place", PLACES)
def test_finding_stands_at_the_line_of_the_project(
    place: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    where, own = PLACES[place]
    install(folder / where, LIBRARY, monkeypatch)
    if own:
        (folder / where / own).write_text('[project]\nname = "acme"\n')

    assert run(["synth", "app.py", "--color", "never"]) == 1

    err = capsys.readouterr().err
    assert err.startswith('app.py:6: error[bad-quantity]: "128MB" must be a quantity')
    assert '   made in  Chart "shop" (app.py:5) > Web "web" (app.py:6) > Deployment "web" (app.py:6)\n' in err
    assert "acme_lines.py:13\n" in err.partition("raised in ")[2]


def test_package_that_says_that_it_is_a_library_is_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(folder / "vendor", f"__kpy_library__ = True\n{LIBRARY}", monkeypatch)

    run(["synth", "app.py"])

    assert capsys.readouterr().err.startswith("app.py:6: error[bad-quantity]")


def test_modules_of_the_project_are_no_library(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(folder / "parts", LIBRARY, monkeypatch)

    run(["synth", "app.py"])

    err = capsys.readouterr().err
    assert err.startswith("parts/acme_lines.py:13: error[bad-quantity]")
    assert "raised in" not in err


def test_where_all_lines_are_of_a_library_the_innermost_counts(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder / ".venv" / "site-packages"
    install(place, LIBRARY, monkeypatch)
    (place / "whole.py").write_text(APP)

    run(["synth", "whole:app"])

    assert "acme_lines.py:13: error[bad-quantity]" in capsys.readouterr().err


def test_wrong_call_in_a_library_is_told_at_the_line_of_the_project(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(folder / ".venv" / "site-packages", LIBRARY.replace("image=self.image", "imgae=self.image"), monkeypatch)

    assert run(["synth", "app.py"]) == 1
    assert "app.py:6: " in capsys.readouterr().err.splitlines()[0]


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_all_forms_tell_the_way(
    form: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(folder / ".venv" / "site-packages", LIBRARY, monkeypatch)

    run(["synth", "app.py", "--report", form])

    text = capsys.readouterr().err
    library = os.path.join(".venv", "site-packages", "acme_lines.py")
    match form:
        case "json":
            (found,) = json.loads(text)["diagnostics"]
            assert found["where"]["file"] == "app.py"
            assert found["raised_in"]["line"] == 13
            assert found["made_in"] == [
                'Chart "shop" (app.py:5)',
                'Web "web" (app.py:6)',
                'Deployment "web" (app.py:6)',
            ]
        case "github":
            assert text.startswith("::error title=bad-quantity,file=app.py,line=6::")
            assert 'made in Chart "shop" (app.py:5) > Web' in text
            assert f"raised in {library}:13" in text
        case "sarif":
            (result,) = json.loads(text)["runs"][0]["results"]
            assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "app.py"
            assert result["relatedLocations"][0]["physicalLocation"]["region"] == {"startLine": 13}


def test_python_is_told_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kpy.loading import load_app

    install(folder / ".venv" / "site-packages", LIBRARY, monkeypatch)

    with pytest.raises(KpyError, match=r"app\.py:6: error\[bad-quantity\]"):
        load_app("app.py").synth()
