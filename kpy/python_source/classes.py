"""The classes of typed models, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

__all__ = ["DeclaredField", "model_class"]


class DeclaredField(NamedTuple):
    """A field of a class."""

    #: In Python: `restart_policy`.
    name: str
    annotation: str
    #: What stands beneath it for editors, such as the releases that have it.
    note: str = ""


def model_class(
    name: str, base: str, docstring: str, constants: Mapping[str, str], fields: Iterable[DeclaredField]
) -> str:
    """Return the class of a model, all of whose fields may be left out, without a line end.

    `docstring` and notes are texts in which quotes and backslashes are escaped already; `constants` are the values of
    class variables, as Python.
    """
    return "\n".join(_lines(name, base, docstring, constants, fields))


def _lines(
    name: str, base: str, docstring: str, constants: Mapping[str, str], fields: Iterable[DeclaredField]
) -> Iterator[str]:
    yield f"class {name}({base}):"
    yield f'    """{docstring}"""'
    yield ""
    yield from (f"    {constant} = {value}" for constant, value in constants.items())
    yield ""
    for field in fields:
        yield f"    {field.name}: {field.annotation} = None"
        if field.note:
            yield f'    """{field.note}"""'
    yield ""
