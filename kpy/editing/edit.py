"""Values into a text at their keys, and the proof that nothing else has changed: the text is read again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kpy.editing.faults import EditError
from kpy.editing.splices import line_end_of
from kpy.editing.toml_edits import set_in_toml
from kpy.editing.yaml_edits import set_in_yaml

__all__ = ["EditError", "edit_values", "read_tree", "same"]

Keys = tuple[str, ...]

_MARK = "\ufeff"


def edit_values(content: bytes, suffix: str, changes: Mapping[Keys, Any]) -> bytes:
    """Return a file with other values at some keys; keys that are not there are added at the end of their mapping.

    `suffix` says what the file is: `.yaml`, `.yml`, `.json` or `.toml`. Comments, order, quotes, indentation and line
    ends stay as they are; a list is replaced whole. Raises `EditError` where a value cannot be changed in its place
    alone, and for what cannot be read.
    """
    text = _decoded(content)
    mark, text = (_MARK, text[1:]) if text.startswith(_MARK) else ("", text)
    line_end = line_end_of(text)
    for keys, value in changes.items():
        tree = read_tree(text.encode(), suffix)
        wanted = _with(tree, keys, value)
        if same(tree, wanted):
            continue
        if suffix == ".toml":
            new = set_in_toml(text, keys, value, tree, line_end=line_end)
        else:
            new = set_in_yaml(text, keys, value, is_json=suffix == ".json", line_end=line_end)
        _prove(new, suffix, keys, wanted)
        text = new
    return (mark + text).encode()


def read_tree(content: bytes, suffix: str) -> dict[str, Any]:
    """Return the values of a file, an empty one where it has none. Raises `EditError` for what cannot be read."""
    if suffix == ".toml":
        import tomllib

        try:
            return tomllib.loads(_decoded(content).removeprefix(_MARK))
        except tomllib.TOMLDecodeError as error:
            raise EditError((), f"{error}") from None
    from kpy.documents import read_content

    reading = read_content(content, "")
    errors = [*reading.errors, *(error for document in reading.documents for error in document.errors)]
    if errors:
        raise EditError((), errors[0].message)
    trees = [document.tree for document in reading.documents]
    if len(trees) > 1 or not all(isinstance(tree, dict) for tree in trees):
        raise EditError((), "a file of values is one mapping")
    return trees[0] if trees else {}


def same(one: object, other: object) -> bool:
    """Return whether two values are written alike: `1` is no `true`, and the order of keys does not matter."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise EditError((), "the file is no text in UTF-8") from None


def _with(tree: Mapping[str, Any], keys: Keys, value: Any) -> dict[str, Any]:
    """Return a tree with another value at some keys; tables on the way are made. Raises `EditError`."""
    first, *rest = keys
    if not rest:
        return {**tree, first: value}
    inner = {} if tree.get(first) is None else tree[first]
    if not isinstance(inner, dict):
        what = "a list" if isinstance(inner, list) else "a single value"
        raise EditError(keys, f"`{first}` is {what} there, and no table with a `{rest[0]}` in it")
    return {**tree, first: _with(inner, tuple(rest), value)}


def _prove(text: str, suffix: str, keys: Keys, wanted: dict[str, Any]) -> None:
    """Refuse a text that says anything else than what was wanted."""
    dotted = ".".join(keys)
    try:
        found = read_tree(text.encode(), suffix)
    except EditError:
        raise EditError(keys, f"`{dotted}` cannot be changed where it stands: change it by hand") from None
    different = list(_different(found, wanted, ()))
    if others := [f"`{'.'.join(each)}`" for each in different if each != keys]:
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        raise EditError(
            keys,
            f"changing `{dotted}` would change {', '.join(others[:3])}{more} as well: change it by hand",
        )
    if different:
        raise EditError(keys, f"`{dotted}` cannot be changed where it stands: change it by hand")


def _different(one: object, other: object, keys: Keys) -> Iterator[Keys]:
    """Yield the keys at which two trees differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            yield from (
                _different(one[key], other[key], (*keys, str(key)))
                if key in one and key in other
                else iter([(*keys, str(key))])
            )
    elif not same(one, other):
        yield keys
