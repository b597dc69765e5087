"""Updates of a custom resource, and why an API server of 1.36 refuses them; some bring a new definition along.

`tests/cluster/test_compare.py` asks a real one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["CustomUpdate", "custom_updates", "definition", "lamp"]

Tree = dict[str, Any]
GROUP = "lamps.example.com"


class CustomUpdate(NamedTuple):
    """An update of an object, and perhaps of its definition before it."""

    name: str
    schema: Tree
    old: Tree
    new: Tree
    #: Field and message of what is refused; nothing for what is taken.
    refused: tuple[str, str] | None = None
    #: The definition that comes with the new object, where it is another one.
    new_schema: Tree | None = None
    version: str = "v1"


def definition(schema: Tree, *versions: str, served: Mapping[str, Tree] | None = None) -> Tree:
    """Return the definition of a Lamp, whose `spec` has a schema."""
    names = versions or ("v1",)
    each = [
        {
            "name": name,
            "served": True,
            "storage": name == names[0],
            "subresources": {"status": {}},
            "schema": {
                "openAPIV3Schema": {"type": "object", "properties": {"spec": schema, "status": {"type": "object"}}}
            },
        }
        for name in names
    ]
    spec = {"group": GROUP, "scope": "Namespaced", "names": {"kind": "Lamp", "plural": "lamps"}, "versions": each}
    kind = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    return {**kind, "metadata": {"name": f"lamps.{GROUP}"}, "spec": spec}


def lamp(spec: Tree, version: str = "v1") -> Tree:
    return {"apiVersion": f"{GROUP}/{version}", "kind": "Lamp", "metadata": {"name": "web"}, "spec": spec}


def _spec(properties: Tree, *rules: Tree) -> Tree:
    return {"type": "object", "properties": properties, "x-kubernetes-validations": list(rules)}


def _text(*rules: Tree, **more: Any) -> Tree:
    return {"type": "string", **more, **({"x-kubernetes-validations": list(rules)} if rules else {})}


_FIXED = {"rule": "self == oldSelf", "message": "colour is fixed"}
_ONCE = {
    "rule": "oldSelf.hasValue() || self == 'new'",
    "optionalOldSelf": True,
    "message": "a new lamp is new",
}
_ITEM = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 20},
        "watt": {
            "type": "integer",
            "x-kubernetes-validations": [{"rule": "self >= oldSelf", "message": "never less"}],
        },
    },
}
_BULBS = {
    "type": "array",
    "maxItems": 10,
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
    "items": _ITEM,
}
_PLAIN = _spec({"colour": _text(), "size": {"type": "integer"}})
_STRICT = _spec(
    {"colour": _text({"rule": "self != 'red'", "message": "no red"}, pattern="^[a-z]+$"), "size": {"type": "integer"}}
)
_WHOLE = _spec(_PLAIN["properties"], {"rule": "self.size < 5", "message": "too large"})
_LEFT = _spec({"colour": _text()})


def custom_updates() -> list[CustomUpdate]:
    fixed = _spec({"colour": _text(_FIXED), "size": {"type": "integer"}})
    bulbs = _spec({"bulbs": _BULBS})
    return [
        CustomUpdate(
            "fixed value changes", fixed, {"colour": "red"}, {"colour": "blue"}, ("spec.colour", "colour is fixed")
        ),
        CustomUpdate("fixed value stays", fixed, {"colour": "red"}, {"colour": "red", "size": 2}),
        CustomUpdate("fixed value comes", fixed, {"size": 1}, {"colour": "red"}),
        CustomUpdate("fixed value goes", fixed, {"colour": "red"}, {"size": 1}),
        CustomUpdate(
            "old self may be absent",
            _spec({"colour": _text(_ONCE)}),
            {},
            {"colour": "x"},
            ("spec.colour", "a new lamp is new"),
        ),
        CustomUpdate(
            "item of a map list",
            bulbs,
            {"bulbs": [{"name": "a", "watt": 5}, {"name": "b", "watt": 9}]},
            {"bulbs": [{"name": "b", "watt": 8}, {"name": "a", "watt": 6}]},
            ("spec.bulbs[0].watt", "never less"),
        ),
        CustomUpdate(
            "order of a map list",
            bulbs,
            {"bulbs": [{"name": "a", "watt": 5}, {"name": "b", "watt": 9}]},
            {"bulbs": [{"name": "b", "watt": 9}, {"name": "a", "watt": 6}]},
        ),
        CustomUpdate(
            "new rule on what stays",
            _PLAIN,
            {"colour": "red", "size": 1},
            {"colour": "red", "size": 2},
            new_schema=_STRICT,
        ),
        CustomUpdate(
            "new rule on what changes",
            _PLAIN,
            {"colour": "blue"},
            {"colour": "red"},
            ("spec.colour", "no red"),
            new_schema=_STRICT,
        ),
        CustomUpdate(
            "new pattern on what stays",
            _PLAIN,
            {"colour": "A b", "size": 1},
            {"colour": "A b", "size": 2},
            new_schema=_STRICT,
        ),
        CustomUpdate(
            "new rule on what is around a change",
            _PLAIN,
            {"colour": "a", "size": 9},
            {"colour": "b", "size": 9},
            ("spec", "too large"),
            new_schema=_WHOLE,
        ),
        CustomUpdate(
            "rule that goes",
            fixed,
            {"colour": "red"},
            {"colour": "blue"},
            new_schema=_PLAIN,
        ),
        CustomUpdate(
            "field that goes is no old value any more",
            fixed,
            {"colour": "a", "size": 1},
            {"colour": "a"},
            new_schema=_LEFT,
        ),
        CustomUpdate(
            "another version",
            fixed,
            {"colour": "red"},
            {"colour": "blue"},
            ("spec.colour", "colour is fixed"),
            version="v2",
        ),
    ]
