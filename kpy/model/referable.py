"""Objects that other objects name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

__all__ = ["Ref", "Referable", "Selectable"]


class Referable:
    """An object that can stand wherever the API wants its name.

    Constructs and top-level kinds are referable. Lowering writes the name and records who refers to whom.
    """

    #: Whether the object exists outside the app, so that nobody adds it; see `Object.existing`.
    _is_existing: ClassVar[bool] = False

    if TYPE_CHECKING:

        @property
        def name(self) -> str:
            """The name that other objects refer to."""
            return ""


class Ref:
    """A reference to an object, which becomes what the field has keys for: name, kind, group, version, namespace."""

    def __init__(self, target: Referable, fields: dict[str, object]) -> None:
        #: The object that is meant.
        self.target = target
        #: What else the field says, in Python names.
        self.fields = fields

    def __repr__(self) -> str:
        """Return kind and name for messages and prompts."""
        return f"<Ref to {getattr(self.target, 'kind', '')} {self.target.name!r}>"


class Selectable:
    """An object that can stand wherever the API wants a label selector: its pods are meant."""

    def selector_tree(self) -> dict[str, Any]:
        """Return the selector of the pods as a `LabelSelector` tree."""
        return {}

    def ensure_selected(self, resource: Any) -> None:
        """Give the pods that a resource describes the labels they are selected by, where they lack them."""
