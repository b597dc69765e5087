"""Every example is as in its snapshot, has no finding, and works on every Kubernetes release it says nothing about."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpy.testing import assert_valid
from kpy.testing.plugin import Synth
from kpy.testing.snapshots import ManifestSnapshot
from tests.charts.samples import program

ROOT = Path(__file__).parents[2]
EXAMPLES = [
    path.relative_to(ROOT / "examples").as_posix()
    for path in sorted((ROOT / "examples").rglob("*.py"))
    if not {"infra", "acme"} & {*path.parts}  # test_acme.py has the platform library and its apps
]


#: Examples to the programs that they need.
NEEDS = {"charts/shop.py": ("helm", "kustomize")}


@pytest.fixture
def real(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the programs that an example needs on PATH; where they were not fetched, the test is skipped and says so."""
    for name in NEEDS.get(example, ()):
        (tmp_path / name).symlink_to(program(name))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


@pytest.mark.usefixtures("real")
@pytest.mark.parametrize(
    "example", [pytest.param(path, id=path.removesuffix(".py").replace("/", "-")) for path in EXAMPLES]
)
def test_example(example: str, synth: Synth, manifest_snapshot: ManifestSnapshot) -> None:
    manifest = synth(f"examples/{example}")

    assert manifest == manifest_snapshot
    assert [found for found in manifest.report if found.severity != "note"] == []


@pytest.mark.usefixtures("real")
@pytest.mark.parametrize("example", EXAMPLES)
def test_example_works_on_old_releases(example: str, synth: Synth) -> None:
    documents = synth(f"examples/{example}").to_dicts()

    for release in ("1.25", "1.30", "1.36"):
        assert_valid(documents, kubernetes=release)
