"""The published sources of the API, read: schemas of every minor release, plurals and scopes.

`kubernetes-validate` carries the schemas, `lightkube-models` the plurals and scopes; both are pinned exactly by the
extra `codegen`. What neither has stands in `facts/`.
"""

from __future__ import annotations

import ast
import importlib.util
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["ServedKind", "SourceError", "definitions", "fact", "served_kind", "served_kinds"]


class SourceError(RuntimeError):
    """The published sources lack something that kpy is made of; the text says what, and what to do."""


class ServedKind(NamedTuple):
    """What discovery says of a kind."""

    plural: str
    namespaced: bool


def _folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise SourceError(f"the package `{package}` is not installed: `pip install -e '.[codegen]'`")
    return Path(found.submodule_search_locations[0])


def definitions(release: str) -> dict[str, dict[str, Any]]:
    """Return every definition of a minor release by its full name (`io.k8s.api.core.v1.Container`)."""
    schemas = _folder("kubernetes_validate") / "kubernetes-json-schema"
    file = schemas / f"v{release}.0-local" / "_definitions.json"
    if not file.exists():
        known = sorted((path.name[1:].removesuffix(".0-local") for path in schemas.glob("v*-local")), key=_by_number)
        raise SourceError(
            f"Kubernetes {release}: the installed kubernetes-validate has no schemas of it, only {known[0]} to "
            f"{known[-1]}; pin a version that has them in the extra `codegen` of pyproject.toml, and install it"
        )
    found: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["$defs"]
    return found


@cache
def fact(name: str) -> Any:
    """Return the content of `facts/<name>.json`."""
    return json.loads((Path(__file__).parent / "facts" / f"{name}.json").read_text(encoding="utf-8"))


@cache
def served_kinds() -> dict[str, ServedKind]:
    """Return plural and scope by `<apiVersion> <kind>`, of the newest release and, from the facts, of gone ones."""
    kinds = {name: ServedKind(plural, namespaced) for name, (plural, namespaced) in fact("kinds")["gone"].items()}
    for file in sorted((_folder("lightkube") / "resources").glob("*_v*.py")):
        kinds.update(_kinds_of(ast.parse(file.read_text(encoding="utf-8"))))
    return kinds


def served_kind(name: str, release: str) -> ServedKind:
    """Return plural and scope of `<apiVersion> <kind>`, which a release has."""
    try:
        return served_kinds()[name]
    except KeyError:
        raise SourceError(
            f"Kubernetes {release}: `{name}` has no plural and no scope. If it is new, pin a version of "
            f"lightkube-models that has it in the extra `codegen` of pyproject.toml, and install it; if newer "
            f"releases no longer have it, add it to `gone` in tools/codegen/facts/kinds.json"
        ) from None


def _by_number(release: str) -> list[int]:
    return [int(part) for part in release.split(".")]


def _kinds_of(module: ast.Module) -> Iterator[tuple[str, ServedKind]]:
    for node in module.body:
        if not isinstance(node, ast.ClassDef):
            continue
        base = ast.unparse(node.bases[0]).removeprefix("res.")
        if "Sub" in base:
            continue
        words = {word.arg: word.value for call in node.body if isinstance(call, ast.Assign) for word in _words(call)}
        resource = words["resource"]
        assert isinstance(resource, ast.Call)
        group, version, kind = (ast.literal_eval(part) for part in resource.args)
        api_version = f"{group}/{version}" if group else version
        yield f"{api_version} {kind}", ServedKind(ast.literal_eval(words["plural"]), base.startswith("Namespaced"))


def _words(assignment: ast.Assign) -> list[ast.keyword]:
    return assignment.value.keywords if isinstance(assignment.value, ast.Call) else []
