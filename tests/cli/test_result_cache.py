"""What an earlier run found is taken only while nothing has changed that it looked at."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kpy import result_cache
from kpy.cli import remembering
from tests.cli.test_validate import BAD, GOOD, Run, kpy

__all__ = ["kpy"]

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers: [{name: web, image: web}]\n"
CUSTOM = "apiVersion: shop.io/v1\nkind: Backup\nmetadata: {name: b}\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: swordfish-42}\n"


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a cache that is used."""
    folder = tmp_path_factory.mktemp("cache") / "findings"
    monkeypatch.setenv("KPY_CACHE_DIR", str(folder))
    monkeypatch.setattr(remembering, "_today", lambda: "2026-06-01")  # no midnight between two runs
    return folder


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows with every run that checks anything."""
    from kpy import validation

    found: list[int] = []
    real = validation.find_faults

    def find_faults(*arguments: object, **named: object) -> object:
        found.append(1)
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(validation, "find_faults", find_faults)
    return found


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "gitlab", "github", "short"])
def test_second_run_says_the_same_without_checking(kpy: Run, cache: Path, checks: list[int], form: str) -> None:
    Path("k8s").mkdir()
    Path("k8s/kustomization.yaml").write_text("resources: [a.yaml]\n")
    Path("k8s/a.yaml").write_text(BAD)
    Path("k8s/b.yaml").write_text(SECRET + "dta: swordfish-42\n")
    Path("k8s/c.yaml").write_text(POD.replace("image: web", "image: 'web:1', envFrom: [{secretRef: {name: no}}]"))
    Path("k8s/d.yaml").write_text(GOOD + "dta: swordfish-42 is it\n")
    Path("k8s/e.yaml").write_text(SECRET.replace("db", "users").replace("swordfish-42", "accounts-db"))
    Path("k8s/f.yaml").write_text(BAD.replace("bad", "accounts-db") + "dtb: accounts-db\n")

    first = kpy("validate", "k8s", "--format", form, "--notes")

    assert kpy("validate", "k8s", "--format", form, "--notes") == first
    assert len(checks) == 1
    assert "swordfish" not in first[1]


def write(path: str, text: str) -> Callable[[], object]:
    return lambda: Path(path).write_text(text)


CHANGES: dict[str, Callable[[], object]] = {
    "a file": write("k8s/a.yaml", GOOD + "data: {a: b}\n"),
    "a new file": write("k8s/new.yaml", GOOD.replace("good", "new")),
    "a file that is gone": lambda: Path("k8s/a.yaml").unlink(),
    "a file with another name": lambda: Path("k8s/a.yaml").rename("k8s/b.yml"),
    "a new folder": lambda: Path("k8s/new").mkdir(),
    "a definition": write("defs/crd.yaml", "# nothing\n"),
    "a new definition": write("defs/more.yaml", "# nothing\n"),
    "an admission policy": write("admission/p.yaml", "# other\n"),
    "a lock": write("kpy.lock", "version = 1\n"),
    "the settings": write("pyproject.toml", '[tool.kpy]\nignore = ["unknown-field"]\n'),
    "what a generator reads": write("outside/app.env", "A=2\n"),
    "what a kustomization takes": write("outside/base/kustomization.yaml", "namespace: x\n"),
    "what a kustomization takes and is not there yet": lambda: Path("outside/later").mkdir(),
    "a patch elsewhere": write("outside/patch.yaml", "kind: ConfigMap\nmetadata: {name: good}\ndata: {x: y}\n"),
    "a file of a chart": write("k8s/chart/templates/b.yaml", ""),
    "a link that leads elsewhere": lambda: (Path("k8s/link.yaml").unlink(), Path("k8s/link.yaml").symlink_to("a.yaml")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_seen(kpy: Run, cache: Path, checks: list[int], change: str) -> None:
    for folder in ("k8s/chart/templates", "defs", "admission", "outside/base"):
        Path(folder).mkdir(parents=True)
    Path("pyproject.toml").write_text('[tool.kpy]\ncrds = ["defs"]\nadmission = ["admission"]\n')
    Path("k8s/a.yaml").write_text(GOOD)
    Path("k8s/custom.yaml").write_text(CUSTOM)
    Path("k8s/chart/Chart.yaml").write_text("name: a\n")
    Path("k8s/chart/templates/a.yaml").write_text("")
    Path("k8s/link.yaml").symlink_to("../outside/patch.yaml")
    Path("defs/crd.yaml").write_text("# a\n")
    Path("admission/p.yaml").write_text("# a\n")
    Path("outside/app.env").write_text("A=1\n")
    Path("outside/patch.yaml").write_text("kind: ConfigMap\nmetadata: {name: good}\n")
    Path("outside/base/kustomization.yaml").write_text("resources: []\n")
    Path("k8s/kustomization.yaml").write_text(
        "resources: [a.yaml, ../outside/base, ../outside/later]\npatches: [{path: ../outside/patch.yaml}]\n"
        "configMapGenerator: [{name: env, envs: [../outside/app.env]}]\n"
    )
    for _ in range(2):
        kpy("validate", "k8s")
    assert len(checks) == 1

    CHANGES[change]()
    kpy("validate", "k8s")

    assert len(checks) == 2


@pytest.mark.parametrize(
    "words",
    [
        ["--kubernetes", "1.30"],
        ["--select", "probes"],
        ["--ignore", "unknown-field"],
        ["--external", "Secret/*"],
        ["--exclude", "b.yaml"],
        ["--set", "a=b"],
    ],
)
def test_other_words_are_another_question(kpy: Run, cache: Path, checks: list[int], words: list[str]) -> None:
    Path("a.yaml").write_text(BAD)
    kpy("validate", "a.yaml")

    kpy("validate", "a.yaml", *words)

    assert len(checks) == 2


@pytest.mark.parametrize(
    "words",
    [
        ["--notes"],
        ["--format", "json"],
        ["--group", "rule"],
        ["--statistics"],
        ["--fail-on", "note"],
        ["--all-findings"],
    ],
)
def test_other_looks_are_the_same_question(kpy: Run, cache: Path, checks: list[int], words: list[str]) -> None:
    Path("a.yaml").write_text(BAD)
    kpy("validate", "a.yaml")

    kpy("validate", "a.yaml", *words)

    assert len(checks) == 1


def test_another_kpy_asks_anew(kpy: Run, cache: Path, checks: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.yaml").write_text(BAD)
    kpy("validate", "a.yaml")
    monkeypatch.setattr(result_cache, "version", lambda: "99")

    kpy("validate", "a.yaml")

    assert len(checks) == 2


def test_another_day_asks_anew(kpy: Run, cache: Path, checks: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A waiver may have ended."""
    Path("a.yaml").write_text(BAD)
    kpy("validate", "a.yaml")
    monkeypatch.setattr(remembering, "_today", lambda: "2026-06-02")

    kpy("validate", "a.yaml")

    assert len(checks) == 2


def test_baseline_is_held_against_what_is_kept(kpy: Run, cache: Path, checks: list[int]) -> None:
    Path("a.yaml").write_text(BAD)
    assert kpy("validate", "a.yaml", "--baseline", "b.json", "--write-baseline")[0] == 0

    assert kpy("validate", "a.yaml", "--baseline", "b.json")[0] == 0
    Path("b.json").write_text('{"kpy-baseline": 1, "findings": []}')
    assert kpy("validate", "a.yaml", "--baseline", "b.json")[0] == 1
    assert len(checks) == 1


def test_entry_has_no_secret_and_is_for_the_user_alone(kpy: Run, cache: Path) -> None:
    Path("a.yaml").write_text(SECRET + "data: {pin: swordfish-42}\n---\n" + GOOD + "dta: swordfish-42\n")
    assert kpy("validate", "a.yaml")[0] == 1

    (entry,) = cache.iterdir()

    assert "swordfish" not in entry.read_text()
    assert json.loads(entry.read_text().partition("\n")[2])["secretive"] == ["a.yaml"]
    if os.name == "posix":
        assert entry.stat().st_mode & 0o777 == 0o600
        assert cache.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("spoil", ["", "{}", "x" * 64 + "\n{}", "cut", "flipped", "list"])
def test_broken_entry_is_made_anew(kpy: Run, cache: Path, checks: list[int], spoil: str) -> None:
    Path("a.yaml").write_text(BAD)
    first = kpy("validate", "a.yaml")
    (entry,) = cache.iterdir()
    text = entry.read_text()
    entry.write_text({"cut": text[:-5], "flipped": text.replace("dta", "dat"), "list": "[" * 100_000}.get(spoil, spoil))

    assert kpy("validate", "a.yaml") == first
    assert kpy("validate", "a.yaml") == first
    assert len(checks) == 2
    assert entry.read_text() == text


def test_cache_may_be_deleted(kpy: Run, cache: Path, checks: list[int]) -> None:
    Path("a.yaml").write_text(BAD)
    first = kpy("validate", "a.yaml")
    for entry in cache.iterdir():
        entry.unlink()
    cache.rmdir()

    assert kpy("validate", "a.yaml") == first
    assert len(checks) == 2


def test_cache_in_what_is_judged_is_not_read(
    kpy: Run, checks: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A stranger's repository could say that all is well with it."""
    Path("repo").mkdir()
    Path("repo/a.yaml").write_text(BAD)
    Path("inner").symlink_to("repo/.cache")
    for place in (tmp_path / "repo" / ".cache" / "kpy", tmp_path / "inner"):
        monkeypatch.setenv("KPY_CACHE_DIR", str(place))
        kpy("validate", "repo")
        kpy("validate", "repo/a.yaml")

    assert len(checks) == 4
    assert [path.name for path in Path("repo").iterdir()] == ["a.yaml"]


@pytest.mark.skipif(os.name != "posix", reason="other systems have other modes")
def test_cache_that_others_may_write_is_not_read(kpy: Run, cache: Path, checks: list[int]) -> None:
    Path("a.yaml").write_text(BAD)
    kpy("validate", "a.yaml")
    cache.chmod(0o777)

    kpy("validate", "a.yaml")

    assert len(checks) == 2


def test_cache_that_cannot_be_written_is_no_error(kpy: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Path("a.yaml").write_text(GOOD)
    Path("file").write_text("")
    monkeypatch.setenv("KPY_CACHE_DIR", str(tmp_path / "file" / "cache"))

    assert kpy("validate", "a.yaml", "--ignore=policy") == (0, "", "1 object checked: no findings\n")


@pytest.mark.parametrize(("limit", "most"), [("MOST_ENTRIES", 3), ("MOST_IN_ALL", 1_500)])
def test_cache_is_bounded(kpy: Run, cache: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    monkeypatch.setattr(result_cache, limit, most)
    for number in range(6):
        Path(f"{number}.yaml").write_text(BAD)
        kpy("validate", f"{number}.yaml")

    sizes = [entry.stat().st_size for entry in cache.iterdir()]
    assert 0 < (len(sizes) if limit == "MOST_ENTRIES" else sum(sizes)) <= most
    assert len(sizes) < 6


@pytest.mark.parametrize(("limit", "most"), [("MOST_BYTES", 100), ("MOST_FINDINGS", 0)])
def test_large_result_is_not_kept(
    kpy: Run, cache: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    monkeypatch.setattr(result_cache, limit, most)
    Path("a.yaml").write_text(BAD)

    kpy("validate", "a.yaml")

    assert not cache.exists()


def test_what_runs_code_is_not_kept(kpy: Run, cache: Path) -> None:
    """Nobody knows what code looks at."""
    Path("policies.py").write_text(
        "import kpy\n\n@kpy.policy('of-the-house', on='Container')\ndef of_the_house(container, at, check):\n"
        "    '''Say something.'''\n    check.report(at, 'no')\n"
    )
    Path("pyproject.toml").write_text('[tool.kpy]\npolicies = ["policies.py"]\nselect = ["of-the-house"]\n')
    Path("a.yaml").write_text(POD)
    Path("app.py").write_text("from kpy import *\napp = App('a')\napp.add(Chart('c')).add(ConfigMap('a'))\n")

    assert "of-the-house" in kpy("validate", "a.yaml")[1]
    Path("pyproject.toml").unlink()
    kpy("validate", "app.py")

    assert not cache.exists()


def test_definition_that_is_not_as_it_was_pinned_is_seen(kpy: Run, cache: Path) -> None:
    from hashlib import sha256

    Path("defs").mkdir()
    Path("defs/crd.yaml").write_text("# a\n")
    digest = sha256(b"# a\n").hexdigest()
    Path("kpy.lock").write_text(f'version = 1\n[definitions.a]\nfile = "defs/crd.yaml"\nsha256 = "{digest}"\n')
    Path("pyproject.toml").write_text('[tool.kpy]\ncrds = ["defs"]\n')
    Path("a.yaml").write_text(GOOD)
    assert kpy("validate", "a.yaml")[0] == 0

    Path("defs/crd.yaml").write_text("# b\n")

    assert "defs/crd.yaml was changed" in kpy("validate", "a.yaml")[2]


def test_fault_of_kpy_is_not_kept(kpy: Run, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kpy import validation

    monkeypatch.setattr(validation, "check_objects", lambda *_: [validation.failure(RuntimeError("no"), None)])
    Path("a.yaml").write_text(GOOD)

    assert kpy("validate", "a.yaml")[0] == 3
    assert not cache.exists()


_WATCHED = """
import os, sys
opened = set()
def hook(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], str):
        opened.add(os.path.abspath(arguments[0]))
from kpy.cli.main import run
sys.addaudithook(hook)
code = run(["validate", "k8s", "--format", "json"])
import json
print(json.dumps(sorted(opened)), file=sys.stderr)
"""


def test_all_that_is_opened_is_watched(kpy: Run, cache: Path, tmp_path: Path) -> None:
    """Whoever reads one more file for findings says so in `kpy.watch`, or findings would grow stale."""
    for folder in ("k8s/chart/crds", "k8s/chart/templates", "outside/base", "k8s/fixtures", "defs", "admission"):
        Path(folder).mkdir(parents=True)
    Path("pyproject.toml").write_text('[tool.kpy]\ncrds = ["defs"]\nadmission = ["admission"]\n')
    Path("defs/crd.yaml").write_text("# a\n")
    Path("admission/p.yaml").write_text("# a\n")
    Path("k8s/custom.yaml").write_text(CUSTOM)
    Path("k8s/a.yaml").write_text(GOOD)
    Path("k8s/chart/Chart.yaml").write_text("name: a\n")
    Path("k8s/chart/crds/a.yaml").write_text(GOOD)
    Path("outside/app.env").write_text("A=1\n")
    Path("outside/patch.yaml").write_text("kind: ConfigMap\nmetadata: {name: good}\n")
    Path("outside/base/kustomization.yaml").write_text("resources: []\n")
    Path("k8s/kustomization.yaml").write_text(
        "resources: [a.yaml, ../outside/base]\npatches: [{path: ../outside/patch.yaml}]\n"
        "configMapGenerator: [{name: env, envs: [../outside/app.env]}]\nreplacements: [{path: ../outside/patch.yaml}]\n"
    )

    done = subprocess.run([sys.executable, "-c", _WATCHED], capture_output=True, text=True, check=True)

    opened = json.loads(done.stderr.splitlines()[-1])
    (entry,) = cache.iterdir()
    states = json.loads(entry.read_text().partition("\n")[2])["states"]
    watched = {os.path.abspath(path) for path in states}
    here = os.path.join(os.path.realpath(tmp_path), "")
    looked_at = {path for path in map(os.path.realpath, opened) if path.startswith(here)}
    settings = {f"{here}pyproject.toml"}  # which are asked for anew
    compiled = {path for path in looked_at if path.startswith(f"{here}.kpy/")}  # which have names of their content
    assert looked_at - {os.path.realpath(path) for path in watched} - settings - compiled == set()
    assert {os.path.basename(path) for path in looked_at} >= {"a.yaml", "patch.yaml", "app.env", "k8s", "crd.yaml"}


def test_limits_are_those_of_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "SECURITY.md").read_text(encoding="utf-8")
    row = re.search(r"\| entries of the cache of findings \| (\d+), of (\d+) MiB each and (\d+) MiB in all \|", page)

    assert row is not None
    assert int(row[1]) == result_cache.MOST_ENTRIES
    assert int(row[2]) << 20 == result_cache.MOST_BYTES
    assert int(row[3]) << 20 == result_cache.MOST_IN_ALL
