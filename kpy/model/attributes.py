"""Attributes that are not there: the error for one knows what may be meant, and looks for it when it is read."""

from __future__ import annotations

from kpy.errors import KpyError
from kpy.model.fields import FieldOwner, fields_of
from kpy.model.suggestions import hint_for
from kpy.source import Location

__all__ = ["INNER", "UnknownAttributeError"]

#: Methods that only kpy calls, which nobody means.
INNER = frozenset({"build", "ensure_selected", "lower_into", "path_of_file", "selector_tree", "trees"})


class UnknownAttributeError(KpyError, AttributeError):
    """A model or a construct was asked for an attribute that it does not have."""

    def __init__(self, owner: FieldOwner, name: str, where: Location | None) -> None:
        super().__init__(name=name, obj=owner)
        self.owner = owner
        self.where = where

    def __str__(self) -> str:
        """Return the message; code that only asks whether there is the attribute does not wait for it."""
        cls = type(self.owner)
        there = {*fields_of(cls).defaults, *dir(cls), *vars(self.owner)} - INNER
        names = [name for name in there if not name.startswith("_")]
        text = f"{cls.__name__} has no attribute `{self.name}`{hint_for(str(self.name), sorted(names), cls).after}"
        return f"{self.where}: {text}" if self.where else text
