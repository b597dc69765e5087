"""The worked example for platform teams: a library as an installed package, and two apps that use it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACME = ROOT / "examples" / "acme"
PROJECTS = ["acme-kpy", "shop", "billing"]
APPS = ["shop", "billing"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of installed packages with the library, as pip would install it."""
    site = tmp_path_factory.mktemp("acme") / "site-packages"
    project = tomllib.loads((ACME / "acme-kpy" / "pyproject.toml").read_text())
    shutil.copytree(ACME / "acme-kpy" / "acme_kpy", site / "acme_kpy", ignore=shutil.ignore_patterns("__pycache__"))
    info = site / f"acme_kpy-{project['project']['version']}.dist-info"
    info.mkdir()
    name, version = project["project"]["name"], project["project"]["version"]
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = [
        line
        for group, points in project["project"]["entry-points"].items()
        for line in (f"[{group}]", *(f"{point} = {value}" for point, value in points.items()))
    ]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    return site


def call(site: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    without = {key: value for key, value in os.environ.items() if key != "PYTEST_XDIST_WORKER"}
    paths = os.pathsep.join([str(site), str(ROOT)])
    environment = {**without, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def copied(name: str, tmp_path: Path) -> Path:
    """Return a copy of a project, for those who change it."""
    return shutil.copytree(ACME / name, tmp_path / name)


@pytest.mark.parametrize("name", PROJECTS)
def test_project_passes_its_tests(name: str, site: Path) -> None:
    plugins = ["-p", "kpy.testing.plugin", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]

    done = call(site, ACME / name, "pytest", "-q", *plugins)

    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout


@pytest.mark.parametrize("name", APPS)
def test_snapshots_of_three_releases_are_kept_once(name: str) -> None:
    files = sorted(path.name for path in (ACME / name / "snapshots" / "test_app").iterdir())

    assert files
    assert [file for file in files if "1." in file] == []
    assert '@pytest.mark.kubernetes("1.32", "1.34", "1.36")' in (ACME / name / "tests" / "test_app.py").read_text()


@pytest.mark.parametrize("name", PROJECTS)
def test_project_passes_mypy(name: str, site: Path, tmp_path: Path) -> None:
    done = call(site, ACME / name, "mypy", "--strict", "--cache-dir", str(tmp_path))

    assert done.stdout.startswith("Success: no issues found"), done.stdout


@pytest.mark.parametrize("name", PROJECTS)
def test_project_passes_pyright(name: str, site: Path, tmp_path: Path) -> None:
    config = tmp_path / "pyrightconfig.json"
    root = str(ACME / name)
    environment = {"root": root, "extraPaths": [str(site), str(ROOT)]}
    config.write_text(json.dumps({"include": [root], "executionEnvironments": [environment]}))

    done = call(site, tmp_path, "pyright", "--project", str(config), "--pythonpath", sys.executable)

    assert "0 errors, 0 warnings" in done.stdout, done.stdout


@pytest.mark.parametrize("name", APPS)
def test_commands_find_nothing_in_an_app(name: str, site: Path) -> None:
    written = call(site, ACME / name, "kpy", "synth", "--set", "env=prod")
    checked = call(site, ACME / name, "kpy", "validate", "--fail-on", "warning")

    assert (written.returncode, written.stderr) == (0, "")
    assert (checked.returncode, checked.stdout) == (0, "")


def test_finding_stands_at_the_line_of_the_team(site: Path, tmp_path: Path) -> None:
    shop = copied("shop", tmp_path)
    text = (shop / "app.py").read_text().replace("replicas=6 if env", "replicas=1 if env")
    (shop / "app.py").write_text(text)
    line = text[: text.index("WebService(\n")].count("\n") + 1

    done = call(site, shop, "kpy", "validate", "--set", "env=prod")

    assert f"app.py:{line}: warning[acme-replicas]: api is reached from outside and has one pod" in done.stdout


def test_nobody_lifts_what_is_mandatory(site: Path, tmp_path: Path) -> None:
    billing = copied("billing", tmp_path)
    text = (billing / "app.py").read_text().replace("registry.acme.example/billing/booking", "docker.io/booking")
    (billing / "app.py").write_text(text)
    with (billing / "pyproject.toml").open("a") as settings:
        settings.write('\n[tool.kpy.severities]\nacme-image-registry = "off"\n')

    done = call(site, billing, "kpy", "synth", "--set", "env=prod")

    assert (done.returncode, done.stdout) == (1, "")
    assert "error[acme-image-registry]: docker.io/booking:v4 is not from registry.acme.example/" in done.stderr


def test_rules_of_the_library_are_explained(site: Path) -> None:
    done = call(site, ACME / "shop", "kpy", "explain", "acme-team-label")

    assert "Nobody can waive that: somebody has to answer at night." in done.stdout
    assert "Mandatory here" in done.stdout
