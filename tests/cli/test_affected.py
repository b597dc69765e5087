"""`kpy affected`: which outputs a change touches."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SETTINGS = """\
[project]
name = "fleet"
version = "1"

[tool.kpy]
apps = "apps/*/app.py"
output = "rendered/{env}/{app}"

[tool.kpy.environments.dev]
values = "values/{env}.yaml"
[tool.kpy.environments.prod]
values = "values/{env}.yaml"
"""
APP = """\
from pathlib import Path

import helpers

from kpy import App, Chart, ConfigMap

ROOT = Path(__file__).parents[2]


def app(env: str, size: int = 0) -> App:
    app = App(helpers.NAME)
    chart = app.add(Chart("web", namespace=env))
    names = ",".join(sorted(each.name for each in (ROOT / "data").glob("*.txt")))
    chart.add(ConfigMap.from_literals("web", {"size": str(size), "names": names}))
    return app
"""
#: What is said where everything is affected.
ALL = "4 of 4 outputs are affected by what has changed since HEAD\n"


def git(*words: str, folder: str = ".") -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *words], check=True, cwd=folder)


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kpy: Run) -> None:
    """Run in a repository with two apps and two environments, all committed, of which there is an index."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # two texts of one length at one time are one to Python
    write("pyproject.toml", SETTINGS)
    write(".gitignore", "rendered/\n")
    write("data/one.txt", "one")
    for env, size in (("dev", 1), ("prod", 2)):
        write(f"values/{env}.yaml", f"size: {size}\n")
    for name in ("cart", "shop"):
        write(f"apps/{name}/app.py", APP)
        write(f"apps/{name}/helpers.py", f'NAME = "{name}"\n')
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "first")
    assert kpy("synth", "--all")[0] == 0


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def edit(path: str, old: str, new: str) -> None:
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


def names(kpy: Run, *words: str) -> list[str]:
    code, out, _ = kpy("affected", "--since", "git:main", "--format", "json", *words)
    assert code == 0
    return [each["name"] for each in json.loads(out)["outputs"]]


def test_nothing_is_affected_where_nothing_has_changed(kpy: Run) -> None:
    said = "0 of 4 outputs are affected by what has changed since main\n"
    assert kpy("affected", "--since", "git:main") == (0, "", said)
    assert kpy("affected", "--since", "git:main", "--format", "github")[1] == 'count=0\nmatrix={"include":[]}\n'


def test_outputs_are_told_with_what_touches_them(kpy: Run) -> None:
    write("apps/cart/helpers.py", 'NAME = "cart"  # edited\n')

    code, out, err = kpy("affected", "--since", "git:main")
    assert (code, out) == (0, "cart dev   (apps/cart/helpers.py)\ncart prod   (apps/cart/helpers.py)\n")
    assert err == "2 of 4 outputs are affected by what has changed since main\n"
    out = kpy("affected", "--since", "git:main", "--where", "env=prod", "--format", "json")[1]
    assert json.loads(out)["outputs"] == [
        {
            "name": "cart prod",
            "folder": "rendered/prod/cart",
            "app": "cart",
            "env": "prod",
            "cluster": "",
            "why": ["apps/cart/helpers.py"],
        }
    ]
    out = kpy("affected", "cart", "--since", "git:main", "--where", "env=dev", "--format", "github")[1]
    count, matrix = out.splitlines()
    assert count == "count=1"
    assert json.loads(matrix.removeprefix("matrix="))["include"][0]["name"] == "cart dev"


@pytest.mark.parametrize(
    ("path", "text", "hit"),
    [
        ("values/prod.yaml", "size: 9\n", ["cart prod", "shop prod"]),
        ("data/two.txt", "", ["cart dev", "cart prod", "shop dev", "shop prod"]),
        ("data/one.txt", "edited", []),
        ("data/more/two.txt", "", ["cart dev", "cart prod", "shop dev", "shop prod"]),  # `data` has one folder more
        ("apps/cart/pathlib.py", "", ["cart dev", "cart prod"]),
        ("apps/cart/other.py", "", []),
        ("apps/new/app.py", APP.replace("helpers.NAME", '"new"'), ["new dev", "new prod"]),
        ("README.md", "", []),
        ("rendered/dev/shop/mine.yaml", "", []),  # which Git leaves out
        ("requirements.txt", "kpy-k8s\n", ["cart dev", "cart prod", "shop dev", "shop prod"]),
        ("requirements/prod.txt", "kpy-k8s\n", ["cart dev", "cart prod", "shop dev", "shop prod"]),
        ("docs/requirements.txt", "mkdocs\n", []),
        ("uv.lock", "", ["cart dev", "cart prod", "shop dev", "shop prod"]),
    ],
)
def test_change_touches_what_looked_at_it(kpy: Run, path: str, text: str, hit: list[str]) -> None:
    write(path, text)
    if path == "apps/new/app.py":
        write("apps/new/helpers.py", "")

    assert names(kpy) == hit
    git("add", "-A")
    assert names(kpy) == hit  # staged or not
    git("checkout", "-q", "-b", "topic")
    git("commit", "-q", "--allow-empty", "-m", "second")
    assert names(kpy) == hit  # committed or not
    kpy("synth", "--all")
    assert names(kpy) == hit  # with an index of before, or of now


@pytest.mark.parametrize(
    ("old", "new", "hit"),
    [
        ('version = "1"', 'version = "2"', 0),
        ('version = "1"', 'version = "1"\ndependencies = ["yaml"]', 4),
        ("[tool.kpy]\n", "[tool.ruff]\nline-length = 9\n[tool.kpy]\n", 0),
        ("[tool.kpy]\n", "[tool.uv]\nmanaged = false\n[tool.kpy]\n", 4),
        ("[tool.kpy]\n", "[tool.kpy]\nkubernetes = '1.34'\n", 4),
        ("[tool.kpy.environments.prod]\n", "[tool.kpy.environments.prod]\nset = { size = 5 }\n", 2),
        ("[tool.kpy.environments.prod]\n", "[tool.kpy.environments.prod]\ncontexts = ['prod']\n", 0),
        ("[tool.kpy.environments.prod]\n", "[tool.kpy.environments.prod]\noutput = 'other/{app}/{env}'\n", 2),
        ("[tool.kpy.environments.dev]\n", "[tool.kpy.environments.test]\n[tool.kpy.environments.dev]\n", 2),
        ("[tool.kpy]\n", "[tool.kpy]\nskip = [{ app = 'cart', env = 'dev' }]\n", 0),
    ],
)
def test_settings_touch_the_outputs_that_they_hold_for(kpy: Run, old: str, new: str, hit: int) -> None:
    edit("pyproject.toml", old, new)

    assert len(names(kpy)) == hit


def test_settings_that_were_none_touch_everything(kpy: Run) -> None:
    git("rm", "-q", "--cached", "pyproject.toml")
    git("commit", "-qm", "none")
    assert len(names(kpy)) == 4

    git("commit", "-q", "--amend", "--allow-empty", "-m", "none")
    write("broken", "")
    os.replace("pyproject.toml", "kept.toml")
    write("pyproject.toml", "[tool.kpy")
    git("add", "pyproject.toml")
    git("commit", "-qm", "broken")
    os.replace("kept.toml", "pyproject.toml")
    assert len(names(kpy)) == 4


def test_settings_that_are_extended_touch_everything(kpy: Run) -> None:
    write("shared.toml", "ignore = ['never-added']\n")
    edit("pyproject.toml", "[tool.kpy]\n", "[tool.kpy]\nextend = ['shared.toml']\n")
    git("add", ".")
    git("commit", "-qm", "second")
    kpy("synth", "--all")
    assert names(kpy) == []

    write("shared.toml", "ignore = []\n")
    assert len(names(kpy)) == 4
    assert "note: everything is affected: shared.toml has changed" in kpy("affected", "--since", "git:main")[2]


def test_definitions_touch_everything(kpy: Run) -> None:
    crd = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "a.b"}}
    write("crds/a.yaml", json.dumps(crd))
    edit("pyproject.toml", "[tool.kpy]\n", "[tool.kpy]\ncrds = ['crds/']\n")
    git("add", ".")
    git("commit", "-qm", "second")
    kpy("synth", "--all")
    assert names(kpy) == []

    write("crds/more/b.yaml", json.dumps(crd))
    assert len(names(kpy)) == 4


def test_file_that_goes_or_gets_another_name_touches(kpy: Run) -> None:
    git("mv", "data/one.txt", "data/renamed.txt")
    assert len(names(kpy)) == 4

    git("reset", "-q", "--hard")
    shutil.rmtree(".kpy")
    command = [sys.executable, "-B", "-m", "kpy"]  # a process of its own, in which no other test has left anything
    subprocess.run([*command, "synth", "--all"], check=True, capture_output=True)
    shutil.rmtree("apps/cart")
    done = subprocess.run([*command, "affected", "--since", "git:main"], check=True, capture_output=True, text=True)
    assert done.stdout == "cart dev   (gone)\ncart prod   (gone)\n"


def test_output_that_was_edited_is_affected(kpy: Run) -> None:
    Path(".gitignore").unlink()
    git("add", "-A")
    git("commit", "-qm", "with outputs")
    assert names(kpy) == []
    edit("rendered/dev/shop/web.yaml", "size", "sise")

    assert names(kpy) == ["shop dev"]
    code, _, err = kpy("synth", "--all", "--check", "--since", "git:main")
    assert (code, "different: rendered/dev/shop/web.yaml" in err) == (1, True)


def test_what_came_to_the_other_branch_since_does_not_count(kpy: Run) -> None:
    git("checkout", "-q", "-b", "topic")
    write("apps/cart/helpers.py", 'NAME = "cart"  # edited\n')
    git("commit", "-qam", "second")
    git("checkout", "-q", "main")
    write("values/prod.yaml", "size: 9\n")
    git("commit", "-qam", "third")
    git("checkout", "-q", "topic")

    assert names(kpy) == ["cart dev", "cart prod"]


def test_index_of_another_state_says_nothing(kpy: Run) -> None:
    git("checkout", "-q", "-b", "topic")
    write("apps/cart/helpers.py", 'NAME = "cart"  # edited\n')
    kpy("synth", "--all")
    git("checkout", "-q", ".")

    code, out, _ = kpy("affected", "--since", "git:main")

    reason = "file apps/cart/helpers.py is not as it was when the index was made"
    assert (code, out) == (0, f"cart dev   ({reason})\ncart prod   ({reason})\n")


def test_without_an_index_everything_is_affected(kpy: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.rmtree(".kpy")
    code, _, err = kpy("affected", "--since", "git:HEAD")
    note = "note: everything counts as affected: there is no index of what outputs are made of; "
    note += "kpy synth --all makes one\n"
    assert (code, err) == (0, f"{note}{ALL}")
    assert kpy("synth", "--all", "--since", "git:HEAD")[2] == f"{note}4 outputs of 2 apps, 0 changed\n"
    assert len(names(kpy, "--set", "size=1")) == 4  # of other words there is none

    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert "there is no place to keep an index" in kpy("affected", "--since", "git:HEAD")[2]
    assert "there is no place to keep an index" in kpy("synth", "--all", "--since", "git:HEAD")[2]


def test_index_that_no_longer_holds_says_nothing(kpy: Run) -> None:
    write("admission/a.yaml", "{}\n")
    edit("pyproject.toml", "[tool.kpy]\n", "[tool.kpy]\nadmission = ['admission/']\n")
    git("add", ".")
    git("commit", "-qm", "second")
    kpy("synth", "--all")
    write(".gitignore", "rendered/\nadmission/b.yaml\n")
    write("admission/b.yaml", "{}\n")

    assert "does not hold: folder admission has changed since" in kpy("affected", "--since", "git:HEAD")[2]


def test_what_fails_or_cannot_be_followed_is_affected(kpy: Run) -> None:
    write("apps/cart/helpers.py", "1 / 0\n")
    write("apps/shop/helpers.py", "import subprocess\n\nsubprocess.run(['true'])\nNAME = 'shop'\n")
    git("commit", "-qam", "second")
    kpy("synth", "--all")

    assert kpy("affected", "--since", "git:main")[1] == (
        "cart dev   (nothing is known of it)\ncart prod   (nothing is known of it)\n"
        "shop dev   (apps/shop/helpers.py:3: it starts a program)\n"
        "shop prod   (apps/shop/helpers.py:3: it starts a program)\n"
    )


def test_only_what_is_affected_is_made(kpy: Run) -> None:
    edit("values/dev.yaml", "1", "7")

    assert kpy("synth", "--all", "--since", "git:main")[2] == "2 outputs of 2 apps, 2 changed, 2 not affected\n"
    assert kpy("synth", "--all", "--since", "git:main", "--check")[2] == (
        "2 outputs of 2 apps, 0 not up to date, 2 not made again, 2 not affected\n"
    )
    assert kpy("synth", "--all", "--since", "git:main", "--no-cache", "--shard", "1/2")[2] == (
        "2 outputs of 2 apps, 0 changed\n"
    )
    assert json.loads(Path("rendered/.kpy-outputs").read_text())["outputs"].keys() == {
        "cart dev",
        "cart prod",
        "shop dev",
        "shop prod",
    }


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        ((), 2, "error: say since when: kpy affected --since git:main\n"),
        (("--since", "main"), 2, "error: --since main: name a Git revision, such as --since git:main\n"),
        (("--since", "git:"), 2, "error: --since git:: name a Git revision, such as --since git:main\n"),
        (("--since", "git:mian"), 2, "error: git:mian: there is no revision 'mian' in this repository\n"),
        (("cat", "--since", "git:main"), 2, "error: cat: there is no such output; app is cart, shop\n"),
        (("--since", "git:main", "--where", "env=x"), 2, "error: --where env=x: there is no such output"),
    ],
)
def test_what_names_no_change_is_refused(kpy: Run, words: tuple[str, ...], code: int, error: str) -> None:
    found, out, err = kpy("affected", *words)

    assert (found, out) == (code, "")
    assert err.startswith(error)


def test_folder_without_git_is_refused(kpy: Run) -> None:
    shutil.rmtree(".git")

    assert kpy("affected", "--since", "git:main")[::2] == (2, "error: git:main: this folder is in no git repository\n")
    assert kpy("synth", "--all", "--since", "git:main")[0] == 2


def test_shallow_clone_is_told_how_to_get_the_rest(kpy: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("checkout", "-q", "-b", "topic")
    git("commit", "-q", "--allow-empty", "-m", "second")
    git("checkout", "-q", "main")
    git("commit", "-q", "--allow-empty", "-m", "third")
    git("clone", "-q", "--depth", "1", "--branch", "topic", f"file://{Path.cwd()}", str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    code, _, err = kpy("affected", "--since", "git:origin/main")
    assert (code, "the clone is shallow, fetch the rest with `git fetch --unshallow --tags`" in err) == (2, True)

    git("fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main")
    code, _, err = kpy("affected", "--since", "git:origin/main")
    assert (code, "does not reach back to where the two have parted: fetch the rest with" in err) == (2, True)


def test_histories_that_never_met_are_compared(kpy: Run) -> None:
    git("checkout", "-q", "--orphan", "other")
    git("commit", "-qm", "another beginning")
    write("values/dev.yaml", "size: 9\n")

    assert names(kpy) == ["cart dev", "shop dev"]


def test_project_below_the_top_of_a_repository(kpy: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top = tmp_path / "top"
    shutil.rmtree(".git")
    shutil.copytree(".", top / "some" / "work")
    monkeypatch.chdir(top)
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "first")
    (tmp_path / "linked").symlink_to(top / "some")
    monkeypatch.chdir(tmp_path / "linked" / "work")
    kpy("synth", "--all")
    assert names(kpy) == []

    write("values/dev.yaml", "size: 9\n")
    write("../../unrelated.txt", "")
    assert names(kpy) == ["cart dev", "shop dev"]
    write("../../requirements.txt", "")
    assert len(names(kpy)) == 4


def test_repository_inside_another_counts_as_one_path(kpy: Run, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    write(str(inner / "two.txt"), "one")
    git("init", "-q", "-b", "main", folder=str(inner))
    git("add", ".", folder=str(inner))
    git("commit", "-qm", "first", folder=str(inner))
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "data/inner")
    edit("apps/cart/app.py", '(ROOT / "data").glob("*.txt")', '(ROOT / "data" / "inner").glob("*.txt")')
    git("add", ".")
    git("commit", "-qm", "second")
    kpy("synth", "--all")
    assert names(kpy) == []

    write("data/inner/three.txt", "new")
    assert names(kpy) == ["cart dev", "cart prod"]


@pytest.mark.skipif(sys.platform != "linux", reason="names need not be UTF-8 on Linux alone")
def test_name_that_is_not_utf_8_touches_what_is_beside_it(kpy: Run) -> None:
    with open(b"data/\xff.txt", "w"):
        pass

    assert len(names(kpy)) == 4


def test_too_many_jobs_for_github_are_told(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from kpy.cli import affected

    monkeypatch.setattr(affected, "_MOST_JOBS", 1)
    write("values/dev.yaml", "size: 9\n")

    err = kpy("affected", "--since", "git:main", "--format", "github")[2]

    assert "note: GitHub makes at most 1 jobs of a matrix: let each job take several, with --shard\n" in err


def test_git_that_fails_is_told(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from kpy.cli import changes
    from kpy.programs import Done

    ask = changes.ask_git
    monkeypatch.setattr(
        changes, "ask_git", lambda *words, **more: Done(1, "", "no") if words[0] == "diff" else ask(*words, **more)
    )

    assert kpy("affected", "--since", "git:main")[::2] == (2, "error: git diff: no\n")
