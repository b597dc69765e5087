"""Code in docs runs: the README, the pages of `docs/`, and the examples in docstrings."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import kpy
from kpy import App, Chart
from kpy.api.core import v1 as core

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs").glob("reference/constructs/*.md")),
]
_BLOCK = re.compile(r"(?:<!-- (?P<note>[^>]*) -->\n+)?```(?P<language>\w+)\n(?P<text>.*?)```", re.DOTALL)
#: Constructs whose examples need a chart or an overlay, and a program that renders it: `tests/constructs` runs them.
_OF_FILES = ("Helm", "Kustomize")
_DOCUMENTED = [name for name in kpy.__all__ if inspect.isclass(getattr(kpy, name))]


def blocks(page: Path) -> Iterator[tuple[str, str, str]]:
    """Yield note, language and text of each fenced block."""
    for match in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield match["note"] or "", match["language"], match["text"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_python_of_a_page_runs_and_writes_the_yaml_beside_it(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blocks of a page run one after the other, in one namespace; YAML after Python is what `app` writes.

    `<!-- not run -->` before a block leaves it out.
    """
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "page"}
    before = ""
    for number, (note, language, text) in enumerate(blocks(page)):
        if note == "not run":
            continue
        if language == "python":
            file = tmp_path / f"block{number}.py"
            file.write_text(text, encoding="utf-8")
            exec(compile(text, str(file), "exec", dont_inherit=True), names)
        elif language == "yaml" and before == "python":
            app = names["app"]
            assert (app if isinstance(app, App) else app()).synth().to_yaml() == text
        before = language


def examples(docstring: str) -> Iterator[str]:
    """Yield the indented blocks of a docstring."""
    text = inspect.cleandoc(docstring)
    for block in re.findall(r"(?:^    .*\n?|^\n)+", text + "\n", re.MULTILINE):
        if block.strip():
            yield textwrap.dedent(block)


@pytest.mark.parametrize("name", _DOCUMENTED)
def test_example_in_a_docstring_runs(name: str) -> None:
    for example in examples((getattr(kpy, name).__doc__ or "").partition("\n\n    Keywords:\n")[0]):
        code = compile(example, f"<docstring of {name}>", "exec")
        if name not in _OF_FILES:
            exec(code, _names())


def _names() -> dict[str, Any]:
    """Return what examples in docstrings may use: all of kpy, the types of core/v1, and a few objects."""
    names: dict[str, Any] = {name: getattr(core, name) for name in core.__all__}
    names |= {name: getattr(kpy, name) for name in kpy.__all__}
    for name in ("api", "web", "database", "db"):
        names[name] = kpy.Deployment(name, containers=[kpy.Container(image="nginx:1", ports={"http": 80})])
    return names | {
        "app": App("app"),
        "chart": App("shop").add(Chart("shop", namespace="shop")),
        "config": kpy.ConfigMap.from_literals("config", {"NUM_LIVES": "3"}),
        "database_secret": kpy.Secret.from_literals("database", {"password": "x"}),
        "data": kpy.Claim("data", storage="1Gi"),
        "account": kpy.ServiceAccount("account"),
        "role": kpy.Role("reader"),
        "api_service": names["api"].expose(),
        "web_service": names["web"].expose(),
        "read_from_your_vault": lambda: "x",
        "timedelta": timedelta,
    }


def test_code_in_tables_has_no_bars_that_are_escaped() -> None:
    """A code host shows the bar alone, and the site the escape with it: `<code>` and `&#124;` are the same in both."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    rows = [(page, line) for page in pages for line in page.read_text("utf-8").split("\n") if line.startswith("|")]

    assert [page for page, line in rows if any("\\|" in code for code in line.split("`")[1::2])] == []
