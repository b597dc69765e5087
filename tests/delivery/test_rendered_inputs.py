"""What real helm and kustomize read counts as what the output was made of."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kpy.cli.main import run
from tests.delivery.workspaces import write
from tools.programs import ProgramError, cached

APP = """\
from kpy import App, Chart, {kind}


def app() -> App:
    app = App("{name}")
    app.add(Chart("{name}", namespace="{name}")).add({made})
    return app
"""
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {a: %s}\n"


def real(name: str) -> Path:
    try:
        found = cached(name)
    except ProgramError as error:
        pytest.skip(str(error))
    if found is None:
        pytest.skip(f"needs {name}: `python tools/programs.py {name}` fetches it")
    return found


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Return what runs `kpy synth --all` in a workspace with a chart and an overlay, and gives its last line."""
    (tmp_path / "bin").mkdir()
    for name in ("helm", "kustomize"):
        (tmp_path / "bin" / name).symlink_to(real(name))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    write("pyproject.toml", '[tool.kpy]\napps = "apps/*.py"\noutput = "rendered/{app}"\n')
    write("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
    write("charts/web/values.yaml", "a: b\n")
    write("charts/web/templates/one.yaml", CONFIG % ("one", "{{ .Values.a | quote }}"))
    write("base/kustomization.yaml", "resources: [one.yaml]\n")
    write("base/one.yaml", CONFIG % ("one", "b"))
    write("over/kustomization.yaml", "resources: [../base]\nnamePrefix: x-\n")
    write("apps/charts.py", APP.format(name="charts", kind="Helm", made='Helm("web", chart="../charts/web")'))
    write("apps/overlays.py", APP.format(name="overlays", kind="Kustomize", made='Kustomize("../over")'))

    def summary() -> str:
        assert run(["synth", "--all"]) == 0
        return capsys.readouterr().err.splitlines()[-1]

    return summary


def test_what_programs_read_counts(summary: Callable[[], str]) -> None:
    assert summary() == "2 outputs of 2 apps, 2 changed"
    assert summary() == "2 outputs of 2 apps, 0 changed, 2 not made again"

    for path, text in (
        ("charts/web/values.yaml", "a: c\n"),
        ("charts/web/templates/two.yaml", CONFIG % ("two", "b")),
        ("base/one.yaml", CONFIG % ("one", "c")),
        ("over/kustomization.yaml", "resources: [../base]\nnamePrefix: y-\n"),
    ):
        write(path, text)
        assert summary() == "2 outputs of 2 apps, 1 changed, 1 not made again", path
    assert summary() == "2 outputs of 2 apps, 0 changed, 2 not made again"


@pytest.mark.skipif(os.name == "nt", reason="a text is no program there")
def test_another_program_counts(summary: Callable[[], str], tmp_path: Path) -> None:
    summary()
    helm = tmp_path / "bin" / "helm"
    there = os.readlink(helm)
    helm.unlink()
    helm.write_text(f'#!/bin/sh\nexec "{there}" "$@"\n')
    helm.chmod(0o755)

    assert summary() == "2 outputs of 2 apps, 0 changed, 1 not made again"
