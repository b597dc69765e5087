"""Whatever is imported comes out again as it was, in code that tools have nothing to say about."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpy.documents import read_file
from kpy.importing import to_source
from kpy.testing.strategies import resources
from tests.fuzz.examples import bases, documents
from tests.importing.lengths import lines_of_python, lines_of_yaml
from tests.importing.short_forms import in_short_form

ROOT = Path(__file__).parents[2]
#: The share of objects in short form, which only rises.
SHARE = 0.97
#: By which share the code is shorter than the YAML, which only rises.
SHORTER = 0.58


def snapshots() -> list[Path]:
    return sorted((ROOT / "snapshots" / "examples").rglob("*.yaml"))


def trees(file: Path) -> list[Any]:
    return [item.tree for document in read_file(str(file)).documents for item in document.items()]


def in_namespace(kind: str, name: str, space: str) -> dict[str, Any]:
    """Return an object; one of the whole cluster has no namespace."""
    if kind == "ConfigMap":
        metadata = {"name": name} | ({"namespace": space} if space else {})
        return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "data": {"A": "1"}}
    if kind == "Namespace":
        return {"apiVersion": "v1", "kind": kind, "metadata": {"name": f"{space or name}"}}
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": name}, "rules": rules}


@given(st.lists(resources(), max_size=4))
def test_any_valid_objects_come_out_again(objects: list[dict[str, Any]]) -> None:
    made = to_source(objects)

    assert made.differences == ()
    assert {each.form for each in made.objects} <= {"short", "existing"}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ConfigMap", "Namespace", "ClusterRole"]),
            st.sampled_from(["", "x", "shop", "no-namespace"]),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["app", "x", "shop"]),
)
def test_objects_of_any_namespaces_come_out_again(said: list[tuple[str, str]], app: str) -> None:
    """What says no namespace may stand beside what says one that is called as the app is."""
    objects = [in_namespace(kind, f"it-{number}", space) for number, (kind, space) in enumerate(said)]

    made = to_source(objects, name=app)

    assert made.differences == ()


@given(st.lists(documents(), min_size=1, max_size=3))
def test_any_objects_sound_or_not_come_out_again(objects: list[Any]) -> None:
    assert to_source(objects).differences == ()


@pytest.mark.parametrize("file", snapshots(), ids=lambda file: file.stem)
def test_examples_come_out_again(file: Path) -> None:
    assert to_source(trees(file), name=file.stem).differences == ()


def test_objects_of_all_kinds_come_out_again() -> None:
    made = to_source(bases())

    assert made.differences == ()
    assert made.counts["short"] >= 111
    assert [each.title for each in made.objects if each.form == "raw"] == ['Deployment "gen-*"']


def test_nearly_all_is_in_short_form_and_the_importer_counts_no_more_than_there_is() -> None:
    counted = [(to_source(trees(file)), file) for file in snapshots()]

    short, whole = (sum(numbers) for numbers in zip(*(in_short_form(made.text) for made, _ in counted), strict=True))

    assert short / whole >= SHARE
    assert sum(made.counts.get("short", 0) for made, _ in counted) <= short + 1


def test_code_is_shorter_than_the_yaml() -> None:
    yaml = sum(lines_of_yaml(file.read_text(encoding="utf-8")) for file in snapshots())
    python = sum(lines_of_python(to_source(trees(file)).text) for file in snapshots())

    assert 1 - python / yaml >= SHORTER


@pytest.mark.slow
def test_formatters_linters_and_type_checkers_find_nothing(tmp_path: Path) -> None:
    sources = [bases(), *map(trees, snapshots())]
    for number, objects in enumerate(sources):
        (tmp_path / f"app_{number}.py").write_text(to_source(objects).text, encoding="utf-8")

    def run(*words: str) -> str:
        command = [sys.executable, "-m", *words, str(tmp_path)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout.strip().splitlines()[-1] if done.returncode == 0 else done.stdout + done.stderr

    assert run("ruff", "format", "--check", "--isolated") == f"{len(sources)} files already formatted"
    assert run("ruff", "check", "--isolated", "--select", "E4,E7,E9,F,I") == "All checks passed!"
    assert "Success" in run("mypy", "--strict", "--cache-dir", str(tmp_path / ".mypy"))


def test_source_is_laid_out_for_the_width_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(to_source(bases(), line_length=120).text, encoding="utf-8")

    command = [sys.executable, "-m", "ruff", "format", "--check", "--isolated", "--line-length", "120", str(tmp_path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_importing_twice_gives_the_same_text() -> None:
    assert to_source(bases()).text == to_source(bases()).text
