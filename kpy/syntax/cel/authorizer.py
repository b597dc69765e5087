"""The questions to the authorizer of a cluster, which nobody can answer without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn

from kpy.syntax.cel.errors import ClusterError
from kpy.syntax.cel.tables import LIBRARIES

__all__ = ["FUNCTIONS"]


def _ask(*_: Any) -> NoReturn:
    raise ClusterError("asks the authorizer of a cluster")


#: Every function of the authorizer's libraries, by the way to call it.
FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    line.split()[0].lstrip("."): _ask
    for library, _, _, table in LIBRARIES
    if library == "authorizer"
    for lines in table.values()
    for line in lines
}
