"""What is known of documents beside their text: what of them is not settled, and what is made of other files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kpy.diagnostics import Diagnostic
from kpy.documents import Document
from kpy.inputs.encrypted import value_at
from kpy.inputs.made import Made
from kpy.inputs.placeholders import placeholder_at
from kpy.inputs.unsettled import Unsettled
from kpy.redaction.encrypted import SOPS, is_cipher, is_signed

__all__ = ["Surroundings"]

Field = tuple[str | int, ...]
#: Findings that are kpy's own fault are never held back.
_INTERNAL: Final = "internal"


class Surroundings:
    """What is known of documents beside their text."""

    def __init__(self, documents: Sequence[Document], unsettled: Unsettled, made: Made) -> None:
        self._documents = documents
        self._unsettled = unsettled
        #: The objects that are made from files.
        self.made = made
        #: The documents with placeholders where a server would refuse them, and the places of these.
        self.placeholders: dict[int, list[Field]] = {}
        self._encrypted = {number for number, document in enumerate(documents) if is_signed(document.tree)}

    def hide(self, found: Diagnostic, number: int, steps: Field, related: Sequence[int] = ()) -> bool:
        """Return whether a finding is not reported, as it rests on what is not settled.

        `number` and `steps` are its document and place, `related` the documents of the objects that explain it.
        """
        if found.family == _INTERNAL:
            return False
        if number in self._encrypted and self._is_cipher(number, steps):
            return True
        if self._unsettled.hides(number, steps, found.family, related):
            return True
        if not placeholder_at(self._documents[number].tree, steps, found):
            return False
        if found.severity == "error":
            self.placeholders.setdefault(number, []).append(steps)
        return True

    def _is_cipher(self, number: int, steps: Field) -> bool:
        """Return whether a place is of SOPS itself, or has an encrypted value."""
        return steps[:1] == (SOPS,) or is_cipher(value_at(self._documents[number].tree, steps))
