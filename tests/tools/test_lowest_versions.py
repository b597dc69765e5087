"""The lowest versions that `pyproject.toml` allows, as `make check` installs them."""

import pytest

from tools.lowest import PYPROJECT, lowest

PROJECT = """
[project]
name = "shop"
dependencies = ["attrs>=25.4", "typer[all]>=0.15.4,<1"]

[project.optional-dependencies]
testing = ["pytest>=8.2", "attrs>=25.4"]
codegen = ["schemas==1.37.0"]
dev = ["shop[testing]", "mypy>=1.15", "types-PyYAML>=6.0", "ruff>=0.9"]
"""


def test_every_requirement_is_pinned_to_its_lower_bound() -> None:
    assert lowest(PROJECT) == ["attrs==25.4", "pytest==8.2", "typer[all]==0.15.4"]


def test_requirement_without_a_lower_bound_is_refused() -> None:
    with pytest.raises(ValueError, match="'pyyaml' has no lower bound: write `name>=version`"):
        lowest(PROJECT.replace('"attrs>=25.4", "typer', '"pyyaml", "typer'))


def test_own_requirements_have_lower_bounds() -> None:
    assert "typer==0.15.4" in lowest(PYPROJECT.read_text(encoding="utf-8"))
