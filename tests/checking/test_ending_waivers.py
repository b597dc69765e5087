"""Waivers that end: only `kpy validate` knows the day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from kpy import App, Chart, Deployment, Project
from kpy.cli.main import run

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    kpy.dev/waive.image-tag-missing: {reason}
spec:
  containers: [{{name: web, image: nginx}}]
"""
YESTERDAY = (date.today() - timedelta(days=1)).isoformat()
NEXT_YEAR = (date.today() + timedelta(days=365)).isoformat()


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    Path("pyproject.toml").write_text('[tool.kpy]\nselect = ["image-tag-missing"]\n')


def validate(reason: str, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    Path("web.yaml").write_text(POD.format(reason=reason))
    code = run(["validate", "web.yaml", *options])
    return code, capsys.readouterr().out


@pytest.mark.parametrize(
    "reason", [f"the vendor has none until {NEXT_YEAR}", f"a trial (until {NEXT_YEAR})", "for ever"]
)
def test_waiver_that_has_not_ended_counts(reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate(reason, capsys) == (0, "")


@pytest.mark.parametrize("day", [YESTERDAY, "2020-02-30"])
def test_waiver_that_has_ended_is_an_error_and_does_not_count(day: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = validate(f"a trial until {day}", capsys)

    assert code == 1
    assert f"error[waiver-expired]: the waiver of image-tag-missing has ended: a trial until {day}" in out
    assert "[image-tag-missing]" in out


def test_synthesis_knows_no_clock() -> None:
    app = App("shop")
    waive = {"image-tag-missing": f"a trial until {YESTERDAY}"}
    app.add(Chart("shop")).add(Deployment("web", waive=waive, containers=[{"name": "web", "image": "nginx"}]))

    assert list(Project.load(".").synth(app).diagnostics) == []


def test_waivers_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate(f"a trial until {NEXT_YEAR}", capsys, "--waivers") == (
        0,
        f'web.yaml:6:38: Pod "web": image-tag-missing: a trial until {NEXT_YEAR}\n\n1 waiver\n',
    )


def test_waivers_that_do_not_count_are_marked(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = validate(f"a trial until {YESTERDAY}", capsys, "--waivers")

    assert code == 1
    assert out == (
        f'web.yaml:6:38: Pod "web": image-tag-missing: a trial until {YESTERDAY} [has ended]\n\n'
        "1 waiver, 1 of which does not count\n"
    )


def test_no_waivers_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    Path("web.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")

    assert run(["validate", "web.yaml", "--waivers"]) == 0
    assert capsys.readouterr().out == "there are no waivers\n"
