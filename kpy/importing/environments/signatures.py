"""What a keyword takes, as its annotation says."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

import kpy as _kpy
from kpy.importing.kinds import construct_name
from kpy.python_source.expressions import Imported, Node, Variable

__all__ = ["Accepted", "Signatures"]

#: Names of types that take any text.
_TEXTS = re.compile(
    r"\b(str|Any|object|Amounts|QuantityInput|Time|JsonObject|Json|EnvInput|EnvValue|PortsInput|ServicePortsInput|LabelsInput|SelectorInput|TlsInput|PolicyPortsInput|ResourceInput|Referable)\b"
)
_KEYS = re.compile(r"\bMapping\[str, ")

#: What passes its keywords on to a construct.
_ARGUMENTS = re.compile(r"^Unpack\[(\w+)Arguments\]$")


class Accepted:
    """What a keyword takes; one of which nothing is known takes nothing but what stands there."""

    def __init__(self, annotation: str = "") -> None:
        self._annotation = annotation

    @property
    def is_optional(self) -> bool:
        """Whether `None` is "not given"."""
        return "None" in self._annotation

    @property
    def takes_texts(self) -> bool:
        """Whether any text will do, for the value or for what is in it."""
        return bool(_TEXTS.search(_KEYS.sub("", self._annotation)))

    @property
    def takes_mapping_of_texts(self) -> bool:
        """Whether it is a mapping of any texts, which a `dict[str, str]` is to type checkers."""
        return self.takes_texts and ("dict[" not in self._annotation or "dict[str, str]" in self._annotation)

    @property
    def takes_list_of_texts(self) -> bool:
        """Whether it is a list of any texts."""
        return bool(re.search(r"\b((Sequence|Several)\[[^\[\]]*\bstr\b|list\[str\])", self._annotation))


class Signatures:
    """Looks up what the keywords of calls take."""

    def __init__(self, kind_of: Callable[[object], tuple[str, str] | None]) -> None:
        #: API version and kind of what a variable holds.
        self._kind_of = kind_of

    def keyword(self, head: Node | None, name: str) -> Accepted:
        """Return what a keyword of a call takes, or a positional argument by its number."""
        if isinstance(head, Imported):
            return _accepted(head.module, head.name, head.rest, name)
        if isinstance(head, Variable):
            kind = self._kind_of(head.key)
            construct = construct_name(*kind) if kind is not None else None
            if construct is not None:
                return _accepted("kpy", construct, head.rest, name)
        return Accepted()


@cache
def _accepted(module: str, name: str, rest: str, keyword: str) -> Accepted:
    try:
        target: Any = _kpy if module == "kpy" else import_module(module)
        for part in (name, *rest.split(".")):
            target = getattr(target, part) if part else target
        if isinstance(target, type) and not keyword.isdigit():
            for cls in target.__mro__:
                said = inspect.get_annotations(cls).get(keyword)
                if said is not None:
                    return Accepted(str(said))
            return Accepted()
        parameters = inspect.signature(target).parameters
        if keyword.isdigit() or keyword in parameters:
            found = [*parameters.values()][int(keyword)] if keyword.isdigit() else parameters[keyword]
            return Accepted(str(found.annotation))
        more = _ARGUMENTS.search(str([*parameters.values()][-1].annotation))
        return _accepted("kpy", more[1], "", keyword) if more else Accepted()
    except (AttributeError, LookupError, TypeError, ValueError):
        return Accepted()
