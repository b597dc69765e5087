"""Where `kpy gitops argocd` has Argo CD look: folders, the plug-in, what the hydrator writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpy.documents import read_documents
from tests.cli.conftest import Run

SETTINGS = """\
[tool.kpy]
apps = "apps/*.py"
output = "rendered/{cluster}/{env}/{app}"
[tool.kpy.environments.dev]
[tool.kpy.environments.prod]
[tool.kpy.clusters.eu]
[tool.kpy.gitops]
repository = "https://github.com/acme/infra.git"
path = "deploy"
hydrate = "environments/{env}"
"""
DIRECTORY = {"recurse": True, "exclude": "kustomization.yaml"}


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a workspace of two apps."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(SETTINGS)
    Path("apps").mkdir()
    for name in ("shop", "cart"):
        Path(f"apps/{name}.py").write_text(f"from kpy import App\n\napp = App({name!r})\n")


def edit(old: str, new: str) -> None:
    text = Path("pyproject.toml").read_text()
    assert old in text
    Path("pyproject.toml").write_text(text.replace(old, new))


def objects(text: str) -> dict[str, Any]:
    return {tree["metadata"]["name"]: tree for tree in (each.tree for each in read_documents(text).documents)}


def test_hydrator_takes_the_files_and_writes_a_folder_of_a_branch(kpy: Run) -> None:
    spec = objects(kpy("gitops", "argocd")[1])["shop-prod-eu"]["spec"]

    assert "source" not in spec
    assert spec["sourceHydrator"] == {
        "drySource": {
            "repoURL": "https://github.com/acme/infra.git",
            "targetRevision": "main",
            "path": "deploy/rendered/eu/prod/shop",
            "directory": DIRECTORY,
        },
        "syncSource": {"targetBranch": "environments/prod", "path": "deploy/rendered/eu/prod/shop"},
    }


def test_hydrator_runs_the_plugin(kpy: Run) -> None:
    edit('path = "deploy"', "plugin = true")

    hydrator = objects(kpy("gitops", "argocd")[1])["shop-prod-eu"]["spec"]["sourceHydrator"]

    assert hydrator["drySource"] == {
        "repoURL": "https://github.com/acme/infra.git",
        "targetRevision": "main",
        "path": ".",
        "plugin": {
            "name": "kpy",
            "parameters": [
                {"name": "app", "string": "apps/shop.py"},
                {"name": "env", "string": "prod"},
                {"name": "cluster", "string": "eu"},
            ],
        },
    }
    assert hydrator["syncSource"]["path"] == "rendered/eu/prod/shop"


@pytest.mark.parametrize("plugin", ["", "plugin = true\n"])
@pytest.mark.parametrize("hydrate", ["", 'hydrate = "environments/{env}"\n'])
@pytest.mark.parametrize("option", ["--sets", "--steps"])
def test_sets_make_the_same_applications(kpy: Run, plugin: str, hydrate: str, option: str) -> None:
    """The law: the template, filled in with each element, is the spec of the Application of the output."""
    edit('hydrate = "environments/{env}"\n', plugin + hydrate)
    wanted = {name: tree["spec"] for name, tree in objects(kpy("gitops", "argocd")[1]).items()}

    found = {}
    for tree in objects(kpy("gitops", "argocd", option)[1]).values():
        [generator] = tree["spec"]["generators"]
        for element in generator["list"]["elements"]:
            found[element["name"]] = filled(tree["spec"]["template"]["spec"], element)

    assert found == wanted


def filled(tree: Any, words: dict[str, str]) -> Any:
    if isinstance(tree, dict):
        return {key: filled(value, words) for key, value in tree.items()}
    if isinstance(tree, list):
        return [filled(each, words) for each in tree]
    if isinstance(tree, str) and tree.startswith("{{."):
        return words[tree.strip("{}.")]
    return tree


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (
            'output = "rendered/{cluster}/{env}/{app}"',
            'output = "rendered/{cluster}/{env}"',
            "the outputs cart dev eu and shop dev eu are in one folder, deploy/rendered/eu/dev, and each would be "
            "taken for the other one, too: write `output =",
        ),
        (
            "[tool.kpy.environments.dev]",
            '[tool.kpy.environments.dev]\noutput = "rendered/eu/prod/{app}/dev"',
            "the outputs cart prod eu and cart dev eu are in one folder, deploy/rendered/eu/prod/cart, and",
        ),
        (
            'hydrate = "environments/{env}"',
            'hydrate = "{evn}"',
            "`hydrate` of [tool.kpy.gitops] has {evn}, which means",
        ),
        (
            'repository = "https://github.com/acme/infra.git"',
            'oci = "oci://ghcr.io/{app}"',
            "`hydrate` is about files in a repository, and with `oci` there are none: choose",
        ),
    ],
)
def test_what_cannot_be_hydrated_is_refused(kpy: Run, old: str, new: str, text: str) -> None:
    edit(old, new)

    code, out, err = kpy("gitops", "argocd")

    assert (code, out) == (2, "")
    assert text in err


def test_root_of_a_repository_is_refused(kpy: Run) -> None:
    Path("apps/cart.py").unlink()
    edit('path = "deploy"\n', "")
    edit("[tool.kpy.environments.prod]\n", "")
    edit('"rendered/{cluster}/{env}/{app}"', '"."')
    edit("[tool.kpy.environments.dev]", '[tool.kpy.environments.dev]\noutput = "."')

    code, out, err = kpy("gitops", "argocd")

    assert (code, out) == (2, "")
    assert "the output shop dev eu is written to the root of the repository, where Argo CD hydrates nothing" in err
    Path("apps/cart.py").write_text("from kpy import App\n\napp = App('cart')\n")
    assert "the outputs cart dev eu and shop dev eu are in one folder, ., and" in kpy("gitops", "argocd")[2]


def test_folders_of_outputs_do_not_matter_to_the_plugin(kpy: Run) -> None:
    edit('hydrate = "environments/{env}"', "plugin = true")
    edit('"rendered/{cluster}/{env}/{app}"', '"rendered/{cluster}/{env}"')

    assert kpy("gitops", "argocd")[0] == 0
    assert kpy("gitops", "flux", "--where", "cluster=eu")[0] == 2
