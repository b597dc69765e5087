"""What is known of a set of objects beside the objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from kpy.checking.fault_places import Steps
from kpy.diagnostics import Diagnostic
from kpy.objects import Tree

if TYPE_CHECKING:
    from kpy.inputs.surroundings import Surroundings

__all__ = ["Setting"]


class Setting(NamedTuple):
    """What is known of a set of objects beside the objects."""

    #: Whether they are the objects of an app, all of which are known, and not documents that somebody else wrote.
    is_app: bool = False
    #: The file of each document, where there are files.
    files: Sequence[str] = ()
    #: The files of which something could not be read.
    unread: frozenset[str] = frozenset()
    #: What lives outside, as `Kind/name` with `*` and `?`.
    external: Sequence[str] = ()
    #: Whether the settings give a severity to a rule, by its name and family.
    asks_for: Callable[[str, str], bool] = lambda name, family: False
    #: The objects as they stand, before the objects take their places.
    before: Sequence[Tree] = ()
    #: The objects that an app gave for names, and the workloads that it gave for selectors, by node and key: each by
    #: its number, or nothing where it is not among the objects.
    given: Mapping[tuple[int, Any], int | None] = {}
    #: What is known of files beside the documents; nothing without files.
    surroundings: Surroundings | None = None

    def is_made(self, kind: str, name: str) -> bool:
        """Return whether an object is made from files, and no document has it."""
        return self.surroundings is not None and (kind, name) in self.surroundings.made

    def is_unsettled(self, found: Diagnostic, number: int, steps: Steps, related: Iterable[int]) -> bool:
        """Return whether a finding at a place of a document rests on what the files do not settle.

        `related` are the documents of the objects that explain it.
        """
        return self.surroundings is not None and self.surroundings.hide(found, number, steps, [*related])
