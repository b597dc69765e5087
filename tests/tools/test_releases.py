"""Adding a release of Kubernetes: what is missing is said in a sentence, and each fact stands in one place."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from kpy.schema import MEASURED, NEWEST, RELEASES, api
from tools.codegen import __main__, published, union
from tools.codegen import pool as maker
from tools.codegen.pool import POOL, build_pool, compressed
from tools.codegen.published import SourceError, definitions
from tools.programs import LAYERS

ROOT = Path(__file__).parents[2]
NEXT = f"1.{int(NEWEST[2:]) + 1}"
WIDGET = "io.k8s.api.apps.v1.Widget"


def widget(**fields: Any) -> dict[str, Any]:
    """Return the published definition of a kind that no release has."""
    metadata = {"$ref": "#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
    return {
        "properties": {"metadata": metadata, **fields},
        "x-kubernetes-group-version-kind": [{"group": "apps", "version": "v1", "kind": "Widget"}],
    }


def refusal(monkeypatch: pytest.MonkeyPatch, added: dict[str, Any]) -> str:
    """Return why the pool cannot be built when the newest release has these definitions, too."""

    def found(release: str) -> dict[str, Any]:
        return definitions(release) | (added if release == NEWEST else {})

    monkeypatch.setattr(maker, "RELEASES", (NEWEST,))
    monkeypatch.setattr(maker, "definitions", found)
    with pytest.raises(SourceError) as caught:
        build_pool()
    return str(caught.value)


def test_release_without_schemas_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(maker, "RELEASES", (*RELEASES, NEXT))

    assert __main__.main([]) == 1
    assert capsys.readouterr().err == (
        f"codegen: Kubernetes {NEXT}: the installed kubernetes-validate has no schemas of it, only 1.25 to "
        f"{NEWEST}; pin a version that has them in the extra `codegen` of pyproject.toml, and install it\n"
    )


def test_kind_without_plural_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(monkeypatch, {WIDGET: widget()}) == (
        f"Kubernetes {NEWEST}: `apps/v1 Widget` has no plural and no scope. If it is new, pin a version of "
        "lightkube-models that has it in the extra `codegen` of pyproject.toml, and install it; if newer releases no "
        "longer have it, add it to `gone` in tools/codegen/facts/kinds.json"
    )


def test_field_of_an_unknown_type_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    added = {WIDGET: widget(size={"$ref": "#/$defs/io.k8s.apimachinery.pkg.util.Size"})}

    assert refusal(monkeypatch, added) == (
        f"Kubernetes {NEWEST}: `apps/v1 Widget`: `io.k8s.apimachinery.pkg.util.Size` is not known: give it a shape in "
        "tools/codegen/pool.py"
    )


def test_field_of_an_unknown_shape_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(monkeypatch, {WIDGET: widget(size={"type": "tensor"})}) == (
        f"Kubernetes {NEWEST}: `apps/v1 Widget`: no shape for {{'type': 'tensor'}}: "
        "give it one in tools/codegen/pool.py"
    )


def test_type_outside_groups_and_versions_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(monkeypatch, {"io.k8s.api.Widget": widget()}) == (
        "`io.k8s.api.Widget` is not a type of a group and a version"
    )


def test_missing_package_is_a_sentence() -> None:
    with pytest.raises(SourceError) as caught:
        published._folder("kubernetes_of_mars")

    assert str(caught.value) == "the package `kubernetes_of_mars` is not installed: `pip install -e '.[codegen]'`"


def test_type_that_came_back_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def type(self, name: str) -> None:
            return None

    monkeypatch.setattr(union, "api", lambda release: Gone() if release == RELEASES[3] else api(release))

    with pytest.raises(SourceError) as caught:
        union._union("core/v1 Pod", None)

    assert str(caught.value) == "`core/v1 Pod` went and came back, which no text about its releases can say"


def test_pool_is_of_the_releases_that_kpy_knows() -> None:
    head = json.loads(gzip.decompress(POOL.read_bytes()).partition(b"\n")[0])

    assert tuple(head["releases"]) == RELEASES
    assert MEASURED in RELEASES


def test_compressed_pool_has_the_same_header_whoever_writes_it() -> None:
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03"

    assert compressed("text")[:10] == head
    assert gzip.decompress(compressed("text")) == b"text"
    assert POOL.read_bytes()[:10] == head


def test_docs_name_the_releases_that_kpy_knows() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    spans = {span for page in pages for span in re.findall(r"\b1\.\d\d to 1\.\d\d\b", page.read_text(encoding="utf-8"))}

    kubectls = f"{min(LAYERS)} to {max(LAYERS)}"
    assert spans == {f"{RELEASES[0]} to {NEWEST}", kubectls}
