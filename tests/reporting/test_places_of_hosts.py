"""In a job of GitHub or GitLab, files are named from the top of the repository, where the host looks for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kpy.diagnostics import Diagnostic, Place, Related, Report
from kpy.reporting.formats import write_findings
from kpy.source import Location


@pytest.fixture(params=["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def top(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the top of a repository in a job that works in its folder `shop`."""
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(request.param, str(tmp_path / "clone"))
    (tmp_path / "clone" / "shop").mkdir(parents=True)
    (tmp_path / "clone" / "shop" / "app.py").touch()
    (tmp_path / "clone" / "base.yaml").touch()
    (tmp_path / "other.yaml").touch()
    monkeypatch.chdir(tmp_path / "clone" / "shop")
    return tmp_path / "clone"


def found(file: str, **more: object) -> Report:
    facts = {"family": "schema", "rule": "unknown-field", "severity": "error", "field": "", "message": "no"}
    return Report((Diagnostic(**facts, where=Location(file, 3), **more),))  # type: ignore[arg-type]


def places(report: Report) -> list[str]:
    """Return the file of a finding in each form that a host reads."""
    issue = json.loads(write_findings(report, "gitlab"))[0]
    result = json.loads(write_findings(report, "sarif"))["runs"][0]["results"][0]
    command = write_findings(report, "github")
    return [
        command.partition("file=")[2].partition(",")[0],
        issue["location"]["path"],
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
    ]


def test_file_of_a_folder_is_named_from_the_top(top: Path) -> None:
    assert places(found("app.py")) == ["shop/app.py"] * 3
    assert places(found(str(top / "shop" / "app.py"))) == ["shop/app.py"] * 3


def test_file_beside_the_folder_is_named_from_the_top(top: Path) -> None:
    assert places(found("../base.yaml")) == ["base.yaml"] * 3


def test_what_is_not_of_the_repository_keeps_its_name(top: Path) -> None:
    assert places(found("-")) == ["-"] * 3
    assert places(found("../../other.yaml")) == ["../../other.yaml"] * 3


def test_other_places_are_named_from_the_top_too(top: Path) -> None:
    report = found(
        "app.py",
        see_also=(Related("made here", Location("../base.yaml", 1)), Related("somewhere", None)),
        places=(Place('Pod "a"', "", Location("app.py", 9)),),
    )

    result = json.loads(write_findings(report, "sarif"))["runs"][0]["results"][0]
    uris = [each["physicalLocation"]["artifactLocation"]["uri"] for each in result["relatedLocations"]]

    assert uris == ["base.yaml", "shop/app.py"]
    assert "shop/app.py:9" in write_findings(report, "github")


def test_people_see_files_from_their_folder(top: Path) -> None:
    assert write_findings(found("app.py")).startswith("app.py:3: ")


def test_job_that_works_elsewhere_changes_nothing(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(top.parent)

    assert places(found("other.yaml")) == ["other.yaml"] * 3
