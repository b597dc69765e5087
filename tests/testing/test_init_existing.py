"""`kpy init` in a folder that has other things in it: all of them stay as they are, and it says what it did."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from kpy.cli.main import run

ROOT = Path(__file__).parents[2]
PYPROJECT = """\
# the shop
[project]
name = "shop"   # sold here
version = "1"

[tool.ruff]
line-length = 100
"""
SETTINGS = """
[tool.kpy]
app = "app.py"
select = ["recommended"]
"""

Folder = Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def put(folder: Folder, files: dict[str, str]) -> dict[str, str]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return texts(folder)


def texts(folder: Folder) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in folder.rglob("*") if path.is_file()
    }


def test_settings_are_added_and_the_rest_is_as_it_was(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    before = put(folder, {"pyproject.toml": PYPROJECT, "src/shop/app.py": "", ".gitignore": "mine\n"})

    assert run(["init"]) == 0

    after = texts(folder)
    assert after["pyproject.toml"] == PYPROJECT + SETTINGS
    assert {path: after[path] for path in before if path != "pyproject.toml"} == {
        "src/shop/app.py": "",
        ".gitignore": "mine\n",
    }
    assert capsys.readouterr().out.partition("The last one")[0] == (
        "Written to .:\n"
        "\n"
        "    app.py\n"
        "    tests/test_app.py\n"
        "    conftest.py\n"
        "    .github/workflows/check.yaml\n"
        "\n"
        "Added at the end, the rest is as it was:\n"
        "\n"
        "    pyproject.toml: [tool.kpy]\n"
        "\n"
        "Tests need kpy-k8s[testing]: add it to the dependencies in pyproject.toml.\n"
        "\n"
        "Next, one after the other:\n"
        "\n"
        "    pip install 'kpy-k8s[testing]'\n"
        "    kpy synth\n"
        "    pytest --snapshot-update tests/test_app.py\n"
        "\n"
    )


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("", SETTINGS[1:]),
        ("\n", "\n" + SETTINGS[1:]),
        ("[project]\nname = 'shop'", "[project]\nname = 'shop'\n" + SETTINGS),
        ("[project]\r\nname = 'shop'\r\n", "[project]\r\nname = 'shop'\r\n" + SETTINGS.replace("\n", "\r\n")),
        ("[tool]\nother.x = 1\n", "[tool]\nother.x = 1\n" + SETTINGS),
        ("[[tool.x]]\n# [tool.kpy]\n", "[[tool.x]]\n# [tool.kpy]\n" + SETTINGS),
    ],
)
def test_end_of_a_pyproject_is_met_as_it_is(folder: Folder, text: str, after: str) -> None:
    put(folder, {"pyproject.toml": text})

    assert run(["init"]) == 0

    assert (folder / "pyproject.toml").read_bytes().decode() == after
    assert tomllib.loads(after)["tool"]["kpy"] == {"app": "app.py", "select": ["recommended"]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[tool.kpy]\n",
            "error: pyproject.toml has [tool.kpy] already, so there is nothing to start; "
            "`kpy synth` writes what the app makes, `kpy --help` lists the commands\n",
        ),
        (
            "tool = { ruff = {} }\n",
            "error: pyproject.toml: [tool.kpy] cannot be added at the end, since `tool` is not written as tables; "
            'add to it: kpy = { app = "app.py", select = ["recommended"] }\n',
        ),
        (
            "[project\n",
            "error: pyproject.toml cannot be read: Expected ']' at the end of a table declaration "
            "(at line 1, column 9)\n",
        ),
    ],
)
def test_pyproject_that_cannot_take_it_stops_all(
    folder: Folder, text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = put(folder, {"pyproject.toml": text})

    assert run(["init"]) == 2

    assert texts(folder) == before
    assert capsys.readouterr().err == message


@pytest.mark.parametrize("taken", ["app.py", "app/__init__.py", "src/app/__init__.py", "tests/test_app.py"])
def test_name_that_is_taken_is_left_to_its_owner(
    folder: Folder, taken: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder, {taken: "mine"})

    assert run(["init"]) == 0

    assert "The app is infra.py, since the name `app` is taken.\n" in capsys.readouterr().out
    after = texts(folder)
    assert after[taken] == "mine"
    assert 'app = "infra.py"' in after["pyproject.toml"]
    assert "from infra import app\n" in after["tests/test_infra.py"]


def test_no_name_that_is_free_is_an_error(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    before = put(folder, {f"{name}.py": "" for name in ("app", "infra", "manifests", "kubernetes_app")})

    assert run(["init"]) == 2

    assert texts(folder) == before
    assert capsys.readouterr().err == (
        "error: .: no name is left for the app: each of app.py, infra.py, manifests.py, kubernetes_app.py, "
        "or its test, is there already\n"
    )


def test_requirements_are_for_their_owner_to_change(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    put(folder, {"requirements.txt": "flask\n"})

    assert run(["init"]) == 0

    assert "add it to the dependencies in requirements.txt.\n" in capsys.readouterr().out
    after = texts(folder)
    assert after["requirements.txt"] == "flask\n"
    assert "pip install 'kpy-k8s[testing]'" in after[".github/workflows/check.yaml"]


@pytest.mark.parametrize(
    ("lock", "install", "synth"),
    [
        ("uv.lock", "uv add --dev 'kpy-k8s[testing]'", "uv run kpy synth"),
        ("poetry.lock", "poetry add --group dev 'kpy-k8s[testing]'", "poetry run kpy synth"),
    ],
)
def test_commands_are_those_of_who_manages_the_environment(
    folder: Folder, lock: str, install: str, synth: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder, {"pyproject.toml": PYPROJECT, lock: ""})

    assert run(["init"]) == 0

    out = capsys.readouterr().out
    assert f"    {install}\n    {synth}\n" in out
    assert "add it to the dependencies" not in out


def test_files_of_continuous_integration_stay(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    put(folder, {".gitlab-ci.yml": ""})

    assert run(["init"]) == 0

    assert ".gitlab-ci.yml is there already: let it run `kpy validate` and the tests.\n" in capsys.readouterr().out
    assert (folder / ".gitlab-ci.yml").read_text() == ""


def test_workflow_of_the_same_name_stays(folder: Folder) -> None:
    put(folder, {".github/workflows/check.yaml": "mine"})

    assert run(["init"]) == 0

    after = texts(folder)
    assert after[".github/workflows/check.yaml"] == "mine"
    assert "kpy validate" in after[".github/workflows/kpy.yaml"]


def test_folder_inside_of_a_repository_gets_no_workflow_that_nobody_reads(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / ".git").mkdir()

    assert run(["init", "deploy/infra"]) == 0

    assert (
        "GitHub reads files for continuous integration at the root of the repository, ../.., so none is written: "
        "run `kpy validate` and the tests from there.\n"
    ) in capsys.readouterr().out
    assert not list((folder / "deploy").rglob("*.yaml"))


def test_what_cannot_be_written_leaves_nothing_half_done(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    before = put(folder, {"tests": "a file", "pyproject.toml": PYPROJECT})

    assert run(["init"]) == 2

    assert texts(folder) == before
    assert "tests: it cannot be written: " in capsys.readouterr().err


@pytest.mark.slow
def test_tests_run_beside_those_that_are_there(folder: Folder) -> None:
    mine = "def test_mine():\n    import shop\n"
    settings = '\n[tool.pytest.ini_options]\npythonpath = ["src"]\n'
    put(folder, {"pyproject.toml": PYPROJECT + settings, "src/shop.py": "", "tests/test_mine.py": mine})
    assert run(["init"]) == 0

    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTEST_XDIST_WORKER", None)
    pytest_ = [sys.executable, "-m", "pytest", "-q", "-p", "kpy.testing.plugin", "-p", "no:hypothesispytest"]
    pytest_ = [*pytest_, "--override-ini=pythonpath=src"]
    update = subprocess.run([*pytest_, "--snapshot-update", "tests/test_app.py"], env=environment, capture_output=True)
    ran = subprocess.run(pytest_, env=environment, capture_output=True, text=True)

    assert (update.returncode, ran.returncode) == (0, 0), ran.stdout
    assert "5 passed" in ran.stdout
