"""Settings speak of the rules under which constructs warn, also where no app is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpy import LoadError, Project, UsageError
from kpy.loading import load_app
from kpy.watch import is_unchanged, watching

PARTS = """
from kpy import *

class Cache(Construct):
    def build(self) -> None:
        self.warn(
            "cache-too-small-for-tests", "it is small"
        )
        self.add(ConfigMap(self.name, data={"A": "1"}))
"""
APP = """
from kpy import *
from cache_parts_of_tests import Cache

app = App("shop")
app.add(Chart("main")).add(Cache("cache", waive={"cache-too-small-for-tests": "a toy"}))
app.find(Chart).add(Cache("other"))
"""
NAME = "cache-too-small-for-tests"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cache_parts_of_tests.py").write_text(PARTS)
    (tmp_path / "app.py").write_text(APP)
    return tmp_path


def found(folder: Path, settings: str) -> list[tuple[str, str, str]]:
    from kpy import SynthError

    (folder / "pyproject.toml").write_text(f"[tool.kpy]\n{settings}\n")
    project = Project.load(folder)
    try:
        report = project.synth(load_app(str(folder / "app.py"))).report
    except SynthError as error:
        report = error.report
    return [(each.severity, each.rule, str(each.where).rpartition(":")[2]) for each in report]


@pytest.mark.parametrize(
    ("settings", "severities"),
    [
        ("", ["warning"]),
        (f'ignore = ["{NAME}"]', []),
        ('ignore = ["cache-too-*"]', []),
        (f'severities = {{{NAME} = "error"}}', ["error"]),
        (f'severities = {{{NAME} = "off"}}', []),
        (f'select = ["{NAME}"]', ["warning"]),
    ],
)
def test_rule_of_a_construct_counts_as_the_settings_say(folder: Path, settings: str, severities: list[str]) -> None:
    assert [severity for severity, _, _ in found(folder, settings)] == severities


def test_mandatory_rule_of_a_construct_is_an_error_that_nobody_waives(folder: Path) -> None:
    said = found(folder, f'ignore = ["{NAME}"]\n[tool.kpy.mandatory]\nrules = ["{NAME}"]')

    assert said == [("error", NAME, "6"), ("error", NAME, "7")]


@pytest.mark.parametrize("setting", ['ignore = ["{}"]', 'severities = {{"{}" = "note"}}'])
def test_rule_is_known_where_no_app_is_loaded(tmp_path: Path, setting: str) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/parts.py").write_text(
        'def build(self):\n    self.warn("only-in-a-file-of-tests", "...")\n    1 / 0'
    )
    (tmp_path / "pyproject.toml").write_text(f"[tool.kpy]\n{setting.format('only-in-a-file-of-tests')}\n")

    assert list(Project.load(tmp_path).validate([])) == []


def test_rule_of_an_installed_package_that_needs_kpy_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package, need in (("acme", "kpy-k8s>=0.1"), ("stranger", "attrs")):
        (tmp_path / "site" / package).mkdir(parents=True)
        (tmp_path / "site" / package / "parts.py").write_text(f'self.warn("only-in-{package}-of-tests", "...")')
        info = tmp_path / "site" / f"{package}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\nRequires-Dist: {need}\n")
        (info / "RECORD").write_text(f"{package}/parts.py,,\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    (tmp_path / "shop").mkdir()

    def validate(word: str) -> None:
        (tmp_path / "shop/pyproject.toml").write_text(f'[tool.kpy]\nignore = ["{word}"]\n')
        Project.load(tmp_path / "shop").validate([])

    validate("only-in-acme-of-tests")
    with pytest.raises(LoadError, match="there is no rule, group or family `only-in-stranger-of-tests`"):
        validate("only-in-stranger-of-tests")


def test_misspelled_rule_of_a_construct_is_named(folder: Path) -> None:
    with pytest.raises(LoadError, match=f"no rule, group or family `cache-too-smal-for-tests`; did you mean `{NAME}`"):
        found(folder, 'ignore = ["cache-too-smal-for-tests"]')


def test_option_takes_the_rule_of_a_construct(folder: Path) -> None:
    assert Project.load(folder).plus(ignore=[NAME]).choice.ignore == (NAME,)
    with pytest.raises(UsageError, match="there is no rule, group or family `nothing-like-it`"):
        Project.load(folder).plus(ignore=["nothing-like-it"])


def test_what_was_looked_at_is_known(folder: Path) -> None:
    (folder / "pyproject.toml").write_text(f'[tool.kpy]\nignore = ["{NAME}-or-other"]\n')
    (folder / "more.py").write_text(f'self.warn("{NAME}-or-other", "...")')

    with watching() as watch:
        assert Project.load(folder).choice.ignore
    before = is_unchanged(watch.states)
    (folder / "more.py").write_text("nothing")

    assert (before, is_unchanged(watch.states)) == (True, False)
