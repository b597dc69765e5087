"""Objects that `kubectl apply` has made on the client's side, and what becomes of their fields.

kubectl hands such an object over to server-side apply when it really applies, but not in a dry run: fields that its
last configuration set, and the app does not, then go. The dry run shows them still, so they are taken out here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kpy.kubectl.objects import Tree
from kpy.objects import metadata_of

__all__ = ["after_takeover", "is_from_kubectl"]

_LAST = "kubectl.kubernetes.io/last-applied-configuration"


def is_from_kubectl(live: Mapping[str, Any]) -> bool:
    """Tell whether an object was applied by kubectl on the client's side."""
    return _LAST in (metadata_of(live).get("annotations") or {})


def after_takeover(live: Mapping[str, Any], tried: Tree, tree: Mapping[str, Any]) -> Tree:
    """Return what a dry run gave, `tried`, without the fields that kubectl set and that `tree` does not."""
    try:
        before = json.loads(metadata_of(live)["annotations"][_LAST])
    except (KeyError, TypeError, ValueError):
        return tried
    found = _without(tried, before, tree)
    assert isinstance(found, dict)
    return found


def _without(value: Any, before: Any, now: Any) -> Any:
    if isinstance(value, Mapping) and isinstance(before, Mapping):
        now = now if isinstance(now, Mapping) else {}
        fields = {key: inner for key, inner in value.items() if not _goes(key, inner, before, now)}
        return {key: _without(inner, before.get(key), now.get(key)) for key, inner in fields.items()}
    if (names := _names(value)) and _names(before):
        old, new = _by_name(before), _by_name(now)
        kept = [element for name, element in zip(names, value, strict=True) if name not in old or name in new]
        return [_without(element, old.get(element["name"]), new.get(element["name"])) for element in kept]
    return value


def _goes(key: str, value: Any, before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return key in before and key not in now and not isinstance(value, Mapping) and not _names(value)


def _names(value: Any) -> list[str]:
    """Return the names of the elements of a list, where all have one."""
    if not isinstance(value, list) or not all(isinstance(each, Mapping) and "name" in each for each in value):
        return []
    return [each["name"] for each in value]


def _by_name(value: Any) -> dict[str, Any]:
    return dict(zip(_names(value), value, strict=True)) if _names(value) else {}
