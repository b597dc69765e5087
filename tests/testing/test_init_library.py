"""`kpy init --library`: a package for a platform team that works as soon as it is written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from kpy.cli.main import run

ROOT = Path(__file__).parents[2]
FILES = {
    ".gitignore",
    "README.md",
    "acme_kpy/__init__.py",
    "acme_kpy/apps.py",
    "acme_kpy/kpy.toml",
    "acme_kpy/policies.py",
    "acme_kpy/py.typed",
    "acme_kpy/services.py",
    "pyproject.toml",
    "sample/app.py",
    "tests/test_library.py",
}


def call(command: str, folder: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    if command == "pytest":
        command = f"{sys.executable} -m pytest -p kpy.testing.plugin -p no:hypothesispytest"
    words = command.replace("kpy synth", f"{sys.executable} -m kpy synth")
    without = {key: value for key, value in os.environ.items() if key != "PYTEST_XDIST_WORKER"}
    environment = {**without, "PYTHONPATH": os.pathsep.join(map(str, [*paths, ROOT]))}
    return subprocess.run(words, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def written(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_printed_commands_lead_from_nothing_to_a_rule_that_nobody_lifts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "acme-kpy", "--library"]) == 0
    screen = capsys.readouterr().out
    lines = [line.strip() for line in screen.partition("Next")[2].splitlines() if line.startswith("    ")]

    steps = [call(line, tmp_path / "acme-kpy") for line in lines[2:]]

    assert lines == [
        "cd acme-kpy",
        "pip install -e '.[testing]'",
        "kpy synth",
        "pytest",
        "sed -i.bak 's/registry.acme.example/docker.io/' sample/app.py",
        "kpy synth",
    ]
    assert [step.returncode for step in steps] == [0, 0, 0, 1], [step.stdout + step.stderr for step in steps]
    assert steps[0].stderr == ""
    assert "16 passed" in steps[1].stdout
    assert "error[acme-image-registry]: docker.io/hello/web:v1 is not from registry.acme.example/" in steps[3].stderr


@pytest.mark.slow
def test_library_is_clean_for_both_type_checkers(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    assert run(["init", str(folder), "--library"]) == 0
    config = folder / "pyrightconfig.json"
    config.write_text(json.dumps({"extraPaths": ["sample", str(ROOT)], "include": ["acme_kpy", "sample", "tests"]}))

    mypy = call(f"{sys.executable} -m mypy --cache-dir {tmp_path / 'cache'}", folder)
    pyright = call(f"{sys.executable} -m pyright --pythonpath {sys.executable}", folder)

    assert mypy.stdout.startswith("Success: no issues found"), mypy.stdout
    assert "0 errors, 0 warnings" in pyright.stdout, pyright.stdout


@pytest.mark.slow
def test_product_team_uses_the_installed_library(tmp_path: Path) -> None:
    """Its policies are found by the entry point, and its settings by the name of the package."""
    library = tmp_path / "acme-kpy"
    assert run(["init", str(library), "--library"]) == 0
    site = tmp_path / "site-packages"
    shutil.copytree(library / "acme_kpy", site / "acme_kpy")
    points = tomllib.loads((library / "pyproject.toml").read_text())["project"]["entry-points"]["kpy.policies"]
    info = site / "acme_kpy-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-kpy\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text(
        "[kpy.policies]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
    )
    shop = tmp_path / "shop"
    shop.mkdir()
    shutil.copy(library / "sample" / "app.py", shop / "app.py")
    (shop / "pyproject.toml").write_text('[tool.kpy]\nextend = ["acme_kpy:kpy.toml"]\napp = "app.py"\n')

    good = call("kpy synth", shop, site)
    (shop / "app.py").write_text((shop / "app.py").read_text().replace("replicas=4 if", "replicas=1 if"))
    bad = call("kpy synth --set env=prod", shop, site)

    assert (good.returncode, good.stderr) == (0, "")
    assert "app.py:11: warning[acme-replicas]: web has one pod" in bad.stderr


@pytest.mark.parametrize(
    ("folder", "package", "name"),
    [
        ("acme-kpy", "acme_kpy", "acme-kpy"),
        ("platform", "platform_kpy", "platform-kpy"),
        ("My Team!", "my_team_kpy", "my-team-kpy"),
        ("3d", "team_3d_kpy", "team-3d-kpy"),
        ("kpy", "house_kpy", "house-kpy"),
        ("ü", "house_kpy", "house-kpy"),
        ("class", "class_kpy", "class-kpy"),
    ],
)
def test_names_follow_the_folder(folder: str, package: str, name: str, tmp_path: Path) -> None:
    place = tmp_path / folder

    assert run(["init", str(place), "--library"]) == 0

    assert (place / package / "policies.py").exists()
    project = tomllib.loads((place / "pyproject.toml").read_text())
    assert project["project"]["name"] == name
    assert project["tool"]["kpy"]["policies"] == [f"{package}.policies"]
    texts = [path.read_text() for path in place.rglob("*") if path.is_file()]
    assert not any(word in text for text in texts for word in ("SHORT", "PACKAGE", "DIST"))
    for path in place.rglob("*.py"):
        compile(path.read_text(), str(path), "exec")


@pytest.mark.parametrize(
    ("ci", "file"), [("github", ".github/workflows/check.yaml"), ("gitlab", ".gitlab-ci.yml"), ("none", "")]
)
def test_file_for_continuous_integration_is_yaml(ci: str, file: str, tmp_path: Path) -> None:
    folder = tmp_path / "acme-kpy"

    assert run(["init", str(folder), "--library", "--ci", ci]) == 0

    assert written(folder) == FILES | ({file} if file else set())
    if file:
        text = (folder / file).read_text()
        assert yaml.safe_load(text)
        assert "pip install -e '.[testing]'" in text
        assert "sample/app.py" in text


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("mine")
    (folder / ".gitignore").write_text("mine")

    assert run(["init", str(folder), "--library"]) == 2

    assert capsys.readouterr().err == (
        f"error: {folder}: there is pyproject.toml already; `kpy init --library` needs a folder without it\n"
    )
    assert written(folder) == {"pyproject.toml", ".gitignore"}
    (folder / "pyproject.toml").unlink()
    assert run(["init", str(folder), "--library"]) == 0
    assert (folder / ".gitignore").read_text() == "mine"
