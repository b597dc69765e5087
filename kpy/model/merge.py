"""Strategic merge: a patch in the API's own names laid onto a tree, as `kubectl patch` and the API server do it.

Maps merge key by key and `null` deletes. Whether a list is replaced or merged, and by which keys, the schema says: by
all keys that tell elements apart in server-side apply, so that 53/UDP is another port than 53/TCP. Kinds and fields
that it does not know merge as JSON merge patches (RFC 7386). The directives `$patch`, `$retainKeys`,
`$setElementOrder/...` and `$deleteFromPrimitiveList/...` are understood.
https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kpy.errors import UsageError
from kpy.model.plain import free_to_plain
from kpy.model.scalars import type_of
from kpy.schema import Field, Type

__all__ = ["strategic_merge"]

Tree = dict[str, Any]
#: What the schema says of a key of a map.
Lookup = Callable[[str], Field | None]

#: What an element means that leaves out one of the keys by which elements are told apart.
_DEFAULTS: Mapping[Any, Any] = {"protocol": "TCP"}
_ORDER, _DELETE = "$setElementOrder/", "$deleteFromPrimitiveList/"


def strategic_merge(tree: Mapping[str, Any], patch: Mapping[str, object], type: Type | None = None) -> Tree:
    """Return a tree with a patch merged onto it; neither is changed, and what the patch leaves alone is shared.

    Values of the patch may be models. Raises `UsageError` with the path for a patch that cannot be merged, such as a
    list element without the key by which its list is merged.
    """
    return _maps(tree, free_to_plain(patch), _fields(type), "")


def _fields(type: Type | None) -> Lookup:
    return _nothing if type is None else type.fields.get


def _nothing(key: str) -> Field | None:
    return None


def _inner(field: Field | None) -> Lookup:
    """Return what the schema says of the keys of a map that the field holds."""
    if field is None or field.type is None:
        return _nothing
    if field.container == "map":
        element = Field(field.name, f"@{field.type}")
        return lambda key: element
    return _fields(type_of(field.type))


def _maps(own: Mapping[str, Any], patch: Tree, known: Lookup, path: str) -> Tree:
    match patch.get("$patch"):
        case None | "merge":
            pass
        case "replace":
            return _without_directives(patch)
        case "delete":
            return {}
        case other:
            raise _wrong(path, f'`$patch: {other}` is not known; expected "replace", "delete" or "merge"')
    merged = _retained(own, patch, path)
    for key, value in patch.items():
        if key.startswith(_DELETE):
            _delete(merged, key.removeprefix(_DELETE), value)
    for key, value in patch.items():
        if not _is_directive(key):
            _set(merged, key, value, known(key), f"{path}.{key}" if path else key)
    for key, value in patch.items():
        if key.startswith(_ORDER):
            name = key.removeprefix(_ORDER)
            _arrange(merged, own, name, value, known(name))
    return merged


def _retained(own: Mapping[str, Any], patch: Tree, path: str) -> Tree:
    """Return the own fields that the patch lets stay."""
    keys = patch.get("$retainKeys")
    if keys is None:
        return dict(own)
    lost = [key for key, value in patch.items() if value is not None and key not in keys and not _is_directive(key)]
    if lost:
        raise _wrong(path, f"`$retainKeys` {keys!r} must have every field that the patch sets; {lost[0]!r} is missing")
    return {key: value for key, value in own.items() if key in keys}


def _set(merged: Tree, key: str, value: Any, field: Field | None, path: str) -> None:
    own = merged.get(key)
    strategy = field.strategy if field is not None else ()
    if value is None:
        merged.pop(key, None)
    elif isinstance(value, dict) and isinstance(own, dict) and "replace" not in strategy:
        merged[key] = _maps(own, value, _inner(field), path)
    elif isinstance(value, list) and isinstance(own, list) and field is not None and "merge" in strategy:
        merged[key] = _lists(own, value, field, path)
    elif _is_marked(value) and "replace" not in strategy:
        merged.pop(key, None)
    else:
        merged[key] = _settled(value)


def _lists(own: list[Any], patch: list[Any], field: Field, path: str) -> list[Any]:
    if field.merge_key is None:
        merged = [*dict.fromkeys([*own, *patch])]
        return _interleaved(merged, patch, own, _itself)
    wrong = next((item for item in [*patch, *own] if not isinstance(item, dict)), None)
    if wrong is not None:
        raise _wrong(path, f"every element of this list is a mapping, which {wrong!r} is not")
    key = field.merge_key
    for item in patch:
        if key not in item and item.get("$patch") != "replace":
            raise _wrong(path, f"{item!r} does not say its `{key}`, by which the elements of this list are merged")
    if any(item.get("$patch") == "replace" for item in patch):
        return [_settled(item) for item in patch if "$patch" not in item]
    identity = _identity_of(field)
    gone = [item for item in patch if item.get("$patch") == "delete"]
    kept = [item for item in own if not any(_is_meant(each, item, field) for each in gone)]
    merged = list(kept)
    said: list[Tree] = []
    for item in patch:
        if "$patch" in item:
            continue
        place = _place(item, merged, field)
        if place is None:
            said.append(_settled(item))
            merged.append(said[-1])
        else:
            merged[place] = _maps(merged[place], item, _inner(Field(key, f"@{field.type}")), f"{path}[{item[key]}]")
            said.append(merged[place])
    return _interleaved(merged, said, kept, identity)


def _identity_of(field: Field) -> Callable[[Tree], tuple[Any, ...]]:
    """Return what tells the elements of a list apart: all keys of the list, `53/UDP` from `53/TCP`."""
    keys = field.list_keys or (field.merge_key or "",)
    return lambda item: tuple(item.get(key, _DEFAULTS.get(key)) for key in keys)


def _place(item: Tree, elements: list[Tree], field: Field) -> int | None:
    """Return which element an element of a patch means: by all keys that it says, and else by their defaults."""
    places = [at for at, old in enumerate(elements) if _is_meant(item, old, field)]
    if len(places) < 2:
        return places[0] if places else None
    identity = _identity_of(field)
    return next((at for at in places if identity(elements[at]) == identity(item)), places[0])


def _is_meant(item: Tree, old: Tree, field: Field) -> bool:
    """Return whether an element has the keys that an element of a patch says."""
    keys = (field.merge_key or "", *(key for key in field.list_keys if key in item))
    return all(key in old or key in _DEFAULTS for key in keys) and all(
        old.get(key, _DEFAULTS.get(key)) == item[key] for key in keys
    )


def _delete(merged: Tree, key: str, values: Any) -> None:
    if isinstance(merged.get(key), list) and isinstance(values, list):
        merged[key] = [item for item in merged[key] if item not in values]


def _arrange(merged: Tree, own: Mapping[str, Any], name: str, order: Any, field: Field | None) -> None:
    """Put the elements of a list in the order that a `$setElementOrder` directive says."""
    if not isinstance(merged.get(name), list) or not isinstance(order, list):
        return
    key = field.merge_key if field is not None else None
    before = own.get(name)
    merged[name] = _interleaved(
        merged[name],
        order,
        before if isinstance(before, list) else [],
        _itself if key is None else lambda item: item.get(key) if isinstance(item, dict) else item,
    )


def _interleaved(merged: list[Any], patch: list[Any], own: list[Any], identity: Callable[[Any], Any]) -> list[Any]:
    """Return elements in the server's order: those of the patch in its order, each other one before the first
    element of the patch that came after it.
    """
    order = [identity(item) for item in own]
    said = [identity(item) for item in patch]
    right = sorted((item for item in merged if identity(item) in said), key=lambda item: said.index(identity(item)))
    left = [item for item in merged if identity(item) not in said]
    result: list[Any] = []
    for item in right:
        while left and _stands_before(identity(left[0]), identity(item), order):
            result.append(left.pop(0))
        result.append(item)
    return result + left


def _stands_before(one: Any, other: Any, order: list[Any]) -> bool:
    return one in order and other in order and order.index(one) < order.index(other)


def _itself(item: Any) -> Any:
    return item


def _settled(value: Any) -> Any:
    """Return a new value without what only makes sense in a patch: nulls and directives."""
    if isinstance(value, dict):
        return _without_directives(value)
    if isinstance(value, list):
        return [_settled(item) for item in value if not _is_marked(item)]
    return value


def _without_directives(values: Tree) -> Tree:
    kept = {key: value for key, value in values.items() if value is not None and not _is_directive(key)}
    return {key: _settled(value) for key, value in kept.items() if not _is_marked(value)}


def _is_directive(key: str) -> bool:
    return key in ("$patch", "$retainKeys") or key.startswith((_ORDER, _DELETE))


def _is_marked(value: Any) -> bool:
    return isinstance(value, dict) and "$patch" in value


def _wrong(path: str, text: str) -> UsageError:
    return UsageError(f"patch: `{path}`: {text}" if path else f"patch: {text}")
