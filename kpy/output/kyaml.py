"""Write plain JSON trees as KYAML, the strict subset of YAML that `kubectl get -o kyaml` prints.

Braces and brackets instead of indentation, text always in double quotes, keys bare where that is safe, a comma after
each value. Specified by KEP-5295, https://github.com/kubernetes/enhancements/tree/master/keps/sig-cli/5295-kyaml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from kpy.output.emit import write_each
from kpy.output.key_order import KeyOrder
from kpy.output.scalars import KINDS, LONGEST_KEY, SCALARS, quoted
from kpy.schema import Api

__all__ = ["to_kyaml"]

Write = Callable[[str], None]

_BARE_KEY: Final = re.compile(
    r"(?!(?i:true|false|yes|no|on|off|y|n|null|nan|inf|infinity|e-?[0-9_]+)\Z)[A-Za-z](?:[A-Za-z0-9_./-]*[A-Za-z0-9_])?"
)


def to_kyaml(trees: Iterable[Mapping[str, object]], *, schema: Api | None = None) -> str:
    """Return objects as KYAML documents, each after a `---` line.

    The keys of known types are put in order. Raises `EmitError` for what is not JSON, saying where it is.
    """
    parts: list[str] = []

    def write_document(tree: Mapping[str, object], order: KeyOrder) -> None:
        parts.append("---\n")
        _write(tree, order, "\n", parts.append)
        parts.append("\n")

    write_each(trees, schema, write_document)
    return "".join(parts)


def _write(value: Any, order: KeyOrder, margin: str, write: Write) -> None:
    """Write a value; the margin is a line feed and the indentation of the line that the value starts on."""
    kind = KINDS[type(value)]
    if kind is str:
        write(_folded(value, margin + "  ") if "\n" in value else quoted(value))
    elif kind is dict:
        _write_mapping(value, order, margin, write)
    elif kind is list:
        _write_list(value, order, margin, write)
    else:
        write(SCALARS[kind](value))


def _write_mapping(mapping: Mapping[str, Any], order: KeyOrder, margin: str, write: Write) -> None:
    deeper = margin + "  "
    write("{")
    for key, _, within in order.entries(mapping):
        write(f"{deeper}{_key(key)}: ")
        _write(mapping[key], within, deeper, write)
        write(",")
    write(f"{margin}}}" if mapping else "}")


def _write_list(elements: list[Any], within: KeyOrder, margin: str, write: Write) -> None:
    """Write a list: the brackets of elements that have brackets themselves go on the same lines."""
    write("[")
    if all(KINDS[type(element)] in (dict, list) for element in elements):
        for index, element in enumerate(elements):
            write(", " if index else "")
            _write(element, within, margin, write)
    else:
        for element in elements:
            write(margin + "  ")
            _write(element, within, margin + "  ", write)
            write(",")
        write(margin)
    write("]")


def _key(key: str) -> str:
    written = key if _BARE_KEY.fullmatch(key) else quoted(key)
    return written if len(written) <= LONGEST_KEY else f"? {written}"


def _folded(text: str, margin: str) -> str:
    r"""Return a text of several lines so that it looks like them: each ends in `\n` and a line feed that is not read.

    Readers also drop the spaces before a line, up to a backslash; it stands where the text itself has spaces there.
    """
    *lines, last = [("\\" if line.startswith(" ") else " ") + quoted(line)[1:-1] for line in text.split("\n")]
    ended = "".join(f"{margin}{line}\\n\\" for line in lines)
    rest = "" if last == " " else f"{margin}{last}\\"
    return f'"\\{ended}{rest}{margin}"'
