"""Projects with and without definitions of custom resources, to see what these add to a start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.processes import BENCH

__all__ = ["definition", "project"]

_APP = """\
from kpy import App, Chart, Deployment, Raw

app = App("shop")
chart = app.add(Chart("shop", namespace="shop"))
chart.add(Raw({"apiVersion": "k0.example.com/v1", "kind": "Lamp", "metadata": {"name": "web"}, "spec": {"field0": {}}}))
"""
#: Of one text of a description, one of a definition.
_TEXT = "What this is for, in as many words as people use in such definitions. " * 3
_FIELDS, _INNER = 28, 5


def project(count: int) -> Path:
    """Return the app of a project with so many definitions, which are 60 kB each."""
    folder = BENCH / f"definitions-{count}"
    if not folder.exists():
        (folder / "crds").mkdir(parents=True)
        for number in range(count):
            (folder / "crds" / f"k{number}.yaml").write_text(_yaml(definition(number)))
        (folder / "shop.py").write_text(_APP)
        (folder / "pyproject.toml").write_text('[tool.kpy]\napp = "shop.py"\ncrds = ["crds/"]\n')
    return folder / "shop.py"


def definition(number: int) -> dict[str, Any]:
    """Return a definition with fields, bounds, and a rule for each field."""
    properties = {f"field{at}": _field() for at in range(_FIELDS)}
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": properties}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    group = f"k{number}.example.com"
    spec = {"group": group, "scope": "Namespaced", "names": {"kind": "Lamp", "plural": "lamps"}, "versions": [version]}
    kind = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    return {**kind, "metadata": {"name": f"lamps.{group}"}, "spec": spec}


def _field() -> dict[str, Any]:
    inner = {f"part{at}": {"type": "string", "description": _TEXT, "maxLength": 63} for at in range(_INNER)}
    rule = {"rule": "!has(self.part0) || self.part0.startsWith('a')", "message": "part0 begins with a"}
    return {"type": "object", "description": _TEXT, "properties": inner, "x-kubernetes-validations": [rule]}


def _yaml(tree: dict[str, Any]) -> str:
    """Return a definition as YAML, as they are published."""
    from kpy.output.emit import to_yaml

    return to_yaml([json.loads(json.dumps(tree))])
