"""Write plain JSON trees as YAML, the last pass.

Written for this one job, because every object goes through it: it knows no tags, no anchors, no folding and no flow
style but `{}` and `[]`, and what it writes is the same data to readers of YAML 1.1 and of YAML 1.2. The style is that
of kubectl: two spaces, the dashes of a list below its key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from kpy.pipeline.faults import explain
from kpy.pipeline.layout import KeyOrder, order_of
from kpy.pipeline.scalars import WORDS, Unwritable, block, float_text, separate_long_keys
from kpy.schema import Api, api

__all__ = ["to_yaml"]

Write = Callable[[str], None]


def to_yaml(trees: Iterable[Mapping[str, object]], *, schema: Api | None = None) -> str:
    """Return objects as YAML, one document each, separated by `---` lines.

    The keys of known types are put in order. Raises `EmitError` for what is not JSON, saying where it is.
    """
    schema = schema or api()
    parts: list[str] = []
    for tree in trees:
        if parts:
            parts.append("\n---\n")
        order = order_of(tree, schema)
        try:
            _write_document(tree, order, parts.append)
        except (Unwritable, RecursionError, ValueError) as error:
            raise explain(tree, order, error) from None
    if parts:
        parts.append("\n")
    return separate_long_keys("".join(parts))


class _Kinds(dict[type, type]):
    """Types to the type of JSON that a value is written as, remembered."""

    def __missing__(self, kind: type) -> type:
        for known in (str, dict, list, bool, int, float, type(None)):
            if issubclass(kind, known):
                self[kind] = known
                return known
        raise Unwritable


_KINDS: Final = _Kinds()
_SCALARS: Final[dict[type, Callable[[Any], str]]] = {
    bool: {True: "true", False: "false"}.__getitem__,
    int: int.__repr__,
    float: float_text,
    type(None): lambda _: "null",
}


def _write_document(tree: Mapping[str, Any], order: KeyOrder, write: Write) -> None:
    if not isinstance(tree, dict):
        raise Unwritable
    if tree:
        _write_mapping(tree, order, "\n", "", write)
    else:
        write("{}")


def _write_mapping(mapping: Mapping[str, Any], order: KeyOrder, margin: str, start: str, write: Write) -> None:
    """Write a mapping that is not empty.

    The margin is a line feed and the indentation of the keys; the start is what stands before the first key.
    """
    for key, lead, within in order.entries(mapping):
        value = mapping[key]
        kind = _KINDS[type(value)]
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
            write(f"{start}{lead} {_SCALARS[kind](value)}")
        start = margin


def _write_list(elements: Sequence[Any], within: KeyOrder, margin: str, start: str, write: Write) -> None:
    """Write a list that is not empty; the order is that within its elements."""
    deeper = margin + "  "
    for value in elements:
        kind = _KINDS[type(value)]
        if kind is dict and value:
            _write_mapping(value, within, deeper, start + "- ", write)
        elif kind is str:
            write(f"{start}- {WORDS[value] or block(value, deeper)}")
        elif kind is list and value:
            _write_list(value, within, deeper, start + "- ", write)
        elif value or kind not in (dict, list):
            write(f"{start}- {_SCALARS[kind](value)}")
        else:
            write(f"{start}- {{}}" if kind is dict else f"{start}- []")
        start = margin
