"""Write plain JSON trees as YAML or as JSON, the last pass.

Written for this one job, because every object goes through it: it knows no tags, no anchors, no folding and no flow
style but `{}` and `[]`, and what it writes is the same data to readers of YAML 1.1 and of YAML 1.2. The style is that
of kubectl: two spaces, the dashes of a list below its key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kpy.output.key_order import FREE, KeyOrder, order_of
from kpy.output.scalars import KINDS, SCALARS, WORDS, Unwritable, block, lone_surrogate, separate_long_keys
from kpy.schema import Api, api

__all__ = ["to_json", "to_yaml", "write_each"]

Write = Callable[[str], None]


def to_yaml(trees: Iterable[Mapping[str, object]], *, schema: Api | None = None, keeps_order: bool = False) -> str:
    """Return objects as YAML, one document each, separated by `---` lines.

    The keys of known types are put in order, unless the order that they have is kept. Raises `EmitError` for what is
    not JSON, saying where it is.
    """
    parts: list[str] = []
    add = parts.append

    def write_document(tree: Mapping[str, object], order: KeyOrder) -> None:
        if parts:
            add("\n---\n")
        if tree:
            _write_mapping(tree, FREE if keeps_order else order, "\n", "", add)
        else:
            add("{}")

    write_each(trees, schema, write_document)
    if parts:
        add("\n")
    return separate_long_keys("".join(parts))


def to_json(trees: Iterable[Mapping[str, object]], *, schema: Api | None = None) -> str:
    """Return objects as the JSON of one `List` that has them as items, with their keys in the order of YAML."""
    items: list[object] = []
    write_each(trees, schema, lambda tree, order: items.append(_checked(tree, order)))
    whole = {"apiVersion": "v1", "kind": "List", "items": items}
    return json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_each(
    trees: Iterable[Mapping[str, object]], schema: Api | None, write: Callable[[Mapping[str, object], KeyOrder], None]
) -> None:
    """Call a writer with each object and the order of its keys, and explain what it could not write."""
    schema = schema or api()
    for tree in trees:
        order = order_of(tree, schema)
        try:
            if not isinstance(tree, dict):
                raise Unwritable
            write(tree, order)
        except (Unwritable, RecursionError, ValueError) as error:
            from kpy.output.faults import explain

            raise explain(tree, order, error) from None


def _write_mapping(mapping: Mapping[str, Any], order: KeyOrder, margin: str, start: str, write: Write) -> None:
    """Write a mapping that is not empty.

    The margin is a line feed and the indentation of the keys; the start is what stands before the first key.
    """
    for key, lead, within in order.entries(mapping):
        value = mapping[key]
        kind = KINDS[type(value)]
        if kind is str:
            word = WORDS[value]
            write(f"{start}{lead} {word or block(value, margin + '  ')}")
        elif kind is dict:
            if value:
                write(start + lead)
                deeper = margin + "  "
                _write_mapping(value, within, deeper, deeper, write)
            else:
                write(f"{start}{lead} {{}}")
        elif kind is list:
            if value:
                write(start + lead)
                _write_list(value, within, margin, margin, write)
            else:
                write(f"{start}{lead} []")
        else:
            write(f"{start}{lead} {SCALARS[kind](value)}")
        start = margin


def _write_list(elements: list[Any], within: KeyOrder, margin: str, start: str, write: Write) -> None:
    """Write a list that is not empty; the order is that within its elements."""
    deeper = margin + "  "
    for value in elements:
        kind = KINDS[type(value)]
        if kind is dict and value:
            _write_mapping(value, within, deeper, start + "- ", write)
        elif kind is str:
            write(f"{start}- {WORDS[value] or block(value, deeper)}")
        elif kind is list and value:
            _write_list(value, within, deeper, start + "- ", write)
        elif value or kind not in (dict, list):
            write(f"{start}- {SCALARS[kind](value)}")
        else:
            write(f"{start}- {{}}" if kind is dict else f"{start}- []")
        start = margin


def _checked(value: Any, order: KeyOrder) -> object:
    """Return a copy of a value with its keys in order, once it is sure that all of it can be written."""
    kind = KINDS[type(value)]
    if kind is dict:
        return {key: _checked(value[key], within) for key, _, within in order.entries(value)}
    if kind is list:
        return [_checked(element, order) for element in value]
    if kind is not str:
        SCALARS[kind](value)
    elif lone_surrogate(value):
        raise Unwritable
    return value
