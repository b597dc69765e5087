"""What people copy from the page about CI is what linters and hosts take, with the inputs that the action has."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from kpy.version import version
from tests.tools.actions import ACTION, ROOT, needs_bash_and_git, real
from tests.tools.components import INPUTS

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
WORKFLOWS = [block for block in BLOCKS if re.search(r"^on:", block, re.MULTILINE)]
HOOKS = [block for block in BLOCKS if block.startswith("repos:")]
PIPELINES = [block for block in BLOCKS if block not in (*WORKFLOWS, *HOOKS)]


def repository() -> str:
    """Return `owner/name` of the repository of kpy."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["urls"]["Repository"]).removeprefix("https://github.com/")


@pytest.fixture
def written(tmp_path: Path) -> list[Path]:
    """Return the workflows of the page in a repository that has the action itself, so that inputs are checked."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    shutil.copy(ROOT / "action.yml", tmp_path)
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    paths = [folder / f"{number}.yml" for number in range(len(WORKFLOWS))]
    for path, text in zip(paths, WORKFLOWS, strict=True):
        path.write_text(re.sub(rf"{repository()}@v[\d.]+", "./", text), encoding="utf-8")
    return paths


@needs_bash_and_git
def test_actionlint_finds_nothing_in_workflows(written: list[Path]) -> None:
    folder = written[0].parents[2]
    command = [real("actionlint"), "-no-color", f"-shellcheck={real('shellcheck')}", *map(str, written)]

    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "")


@needs_bash_and_git
def test_actionlint_would_find_an_input_that_there_is_not(written: list[Path]) -> None:
    written[0].write_text(written[0].read_text().replace("commands:", "comands:"))

    done = subprocess.run(
        [real("actionlint"), "-no-color", str(written[0])], cwd=written[0].parents[2], capture_output=True, text=True
    )

    assert 'input "comands" is not defined in action "kpy"' in done.stdout


def test_workflows_are_what_github_takes() -> None:
    from jsonschema import Draft7Validator

    schema = Draft7Validator(json.loads(Path(real("github-workflows.json")).read_text(encoding="utf-8")))

    for text in WORKFLOWS:
        # YAML 1.1 takes the key `on` for true
        document = {"on" if key is True else key: value for key, value in yaml.safe_load(text).items()}
        assert [error.message for error in schema.iter_errors(document)] == []


@needs_bash_and_git
def test_zizmor_finds_nothing_but_tags_in_workflows(written: list[Path]) -> None:
    """A page names others by their tags, which people can read; what is in this repository names commits."""
    for path, text in zip(written, WORKFLOWS, strict=True):
        path.write_text(text, encoding="utf-8")
    command = [real("zizmor"), "--offline", "--no-progress", "--format=json", *map(str, written)]

    done = subprocess.run(command, capture_output=True, text=True)

    assert {each["ident"] for each in json.loads(done.stdout)} <= {"unpinned-uses"}


def test_pipelines_are_what_gitlab_takes() -> None:
    from jsonschema import Draft7Validator

    schema = Draft7Validator(json.loads(Path(real("gitlab-ci.json")).read_text(encoding="utf-8")))

    assert len(PIPELINES) == 3
    for text in PIPELINES:
        assert [error.message for error in schema.iter_errors(yaml.safe_load(text))] == []


def test_hooks_are_those_that_there_are() -> None:
    known = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    repos = [repo for text in HOOKS for repo in yaml.safe_load(text)["repos"]]

    assert [hook["id"] for repo in repos for hook in repo["hooks"]] == sorted(known, reverse=True)
    assert {repo["repo"] for repo in repos} == {f"https://github.com/{repository()}"}


def test_hadolint_finds_nothing_in_images(tmp_path: Path) -> None:
    for text in re.findall(r"```dockerfile\n(.*?)```", PAGE, re.DOTALL):
        (tmp_path / "Dockerfile").write_text(text)
        command = [real("hadolint"), "--no-color", str(tmp_path / "Dockerfile")]
        done = subprocess.run(command, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, "")


def test_pipelines_give_inputs_that_there_are() -> None:
    included = [each for text in PIPELINES for each in yaml.safe_load(text).get("include", ())]

    assert included
    for each in included:
        assert set(each["inputs"]) <= set(INPUTS)


@pytest.mark.parametrize(("inputs", "heading"), [(ACTION["inputs"], "## GitHub"), (INPUTS, "## GitLab")])
def test_page_names_every_input_with_its_default(inputs: dict[str, Any], heading: str) -> None:
    section = PAGE.partition(heading)[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ((?:`[\w-]+` ?)+)\| (.*)\|$", section, re.MULTILINE)
    named = {name: row for names, row in rows for name in re.findall(r"`([\w-]+)`", names)}

    assert set(inputs) <= set(named)
    for name, facts in inputs.items():
        default = str(facts["default"]).lower() if isinstance(facts["default"], bool) else facts["default"]
        if default and not default.startswith("${{"):
            assert f"`{default}`" in named[name], name


def test_pages_name_one_repository_and_the_version_that_is_here() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    named = {found for text in texts.values() for found in re.findall(r"\b[\w-]+/kpy(?:/kpy)?@v[\w.]+", text)}

    assert named == {f"{repository()}@v{version()}", f"{repository()}/kpy@v{version()}"}
