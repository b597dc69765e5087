"""JSON patches, as RFC 6902 has them and as API servers apply them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from kpy.syntax.cel.errors import EvaluationError

__all__ = ["TestFailedError", "patched"]


class TestFailedError(Exception):
    """A test of the patch failed, so that nothing is to be done."""

    __test__ = False


def patched(tree: Any, operations: Iterable[Mapping[str, Any]]) -> Any:
    """Return a tree with a patch.

    Raises:
        TestFailedError: a test of it failed.
        EvaluationError: it does not fit.
    """
    found = copy.deepcopy(tree)
    for operation in operations:
        found = _applied(found, operation)
    return found


def _applied(tree: Any, operation: Mapping[str, Any]) -> Any:
    word, path = operation.get("op") or "", operation.get("path") or ""
    match word:
        case "add":
            return _added(tree, path, operation.get("value"))
        case "replace":
            _found(tree, path, word)
            return _put(tree, path, operation.get("value"))
        case "remove":
            return _removed(tree, path, word)
        case "test":
            if not _same(_found(tree, path, word, missing=None), operation.get("value")):
                raise TestFailedError
            return tree
        case "copy":
            return _added(tree, path, copy.deepcopy(_found(tree, operation.get("from") or "", word)))
        case "move":
            source = operation.get("from") or ""
            value = _found(tree, source, word)
            return _added(_removed(tree, source, word), path, value)
    raise EvaluationError(f"JSON Patch: unexpected kind: {word}")


_MISSING = object()


def _steps(path: str) -> list[str]:
    if not path:
        return []
    if not path.startswith("/"):
        raise EvaluationError(f"JSON Patch: the path {path!r} does not begin with a slash")
    return [step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/")]


def _step(owner: Any, step: str) -> Any:
    if isinstance(owner, dict):
        return owner.get(step, _MISSING)
    if isinstance(owner, list) and step.isdecimal() and int(step) < len(owner):
        return owner[int(step)]
    return _MISSING


def _found(tree: Any, path: str, word: str, missing: Any = _MISSING) -> Any:
    value = tree
    for step in _steps(path):
        value = _step(value, step)
        if value is _MISSING:
            if missing is _MISSING:
                raise _lost(word, path)
            return missing
    return value


def _lost(word: str, path: str) -> EvaluationError:
    return EvaluationError(f"JSON Patch: {word} operation does not apply: doc is missing path: {path}")


def _owner(tree: Any, path: str, word: str) -> tuple[Any, str]:
    *way, last = _steps(path)
    value = tree
    for step in way:
        value = _step(value, step)
    if not isinstance(value, dict | list):
        raise _lost(word, path)
    return value, last


def _added(tree: Any, path: str, value: Any) -> Any:
    if not path:
        return value
    owner, last = _owner(tree, path, "add")
    if isinstance(owner, dict):
        owner[last] = value
    elif last == "-":
        owner.append(value)
    elif last.isdecimal() and int(last) <= len(owner):
        owner.insert(int(last), value)
    else:
        raise EvaluationError(f"JSON Patch: add operation does not apply: the index {last} is out of bounds")
    return tree


def _put(tree: Any, path: str, value: Any) -> Any:
    if not path:
        return value
    owner, last = _owner(tree, path, "replace")
    owner[int(last) if isinstance(owner, list) else last] = value
    return tree


def _removed(tree: Any, path: str, word: str) -> Any:
    if not path:
        raise EvaluationError("JSON Patch: the whole object cannot be removed")
    _found(tree, path, word)
    owner, last = _owner(tree, path, word)
    del owner[int(last) if isinstance(owner, list) else last]
    return tree


def _same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same JSON: `true` is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)
