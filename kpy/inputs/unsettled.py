"""What files do not settle: fields that a kustomization changes, and objects that only it makes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from kpy.documents import Document
from kpy.inputs.effects import Effect, Field, effects_of, overlap
from kpy.inputs.kustomize import Kustomization, Kustomizations

__all__ = ["Unsettled"]

#: Families of findings about what an object is, by itself or for a policy: what may change, may be mended.
_REFERENCE: Final = "reference"
_INTERNAL: Final = "internal"
_TEMPLATE_LABELS: Final[Field] = ("spec", "template", "metadata", "labels")


class Unsettled:
    """The fields of documents that are not judged."""

    def __init__(self, documents: Sequence[Document], kustomizations: Iterable[Kustomizations]) -> None:
        self._documents = documents
        self._effects: dict[str, list[Effect]] = {}
        #: The files whose kustomizations make objects that are not here.
        self._incomplete: set[str] = set()
        self._kept: dict[int, list[Effect]] = {}
        for group in kustomizations:
            for kustomization in [*group]:
                self._learn(group, kustomization)

    def _learn(self, group: Kustomizations, kustomization: Kustomization) -> None:
        chain = group.chain(kustomization)
        effects = [effect for each in chain for effect in effects_of(each)]
        below = group.below(kustomization)
        changes_pods = any(overlap(_TEMPLATE_LABELS, effect.field) and effect.is_patch for effect in effects)
        is_incomplete = changes_pods or any(each.makes_more for each in below)
        for file in group.files(kustomization):
            if effects:
                self._effects.setdefault(file, []).extend(effects)
            if is_incomplete:
                self._incomplete.add(file)

    def has_namespace(self, document: Document) -> bool:
        """Return whether a kustomization says in which namespace the objects of a document are."""
        effects = self._effects.get(os.path.normpath(document.file), ())
        return any(effect.field == ("metadata", "namespace") and not effect.is_patch for effect in effects)

    def hides(self, number: int, steps: Field, family: str, related: Iterable[int] = ()) -> bool:
        """Return whether a finding at a place of a document rests on what is not settled.

        `related` are the documents of the objects that explain it.
        """
        if family == _INTERNAL or not (self._effects or self._incomplete):
            return False
        if any(overlap(effect.field, steps) for effect in self._on(number)):
            return True
        if family != _REFERENCE:
            return False
        numbers = [*related]
        if not numbers and os.path.normpath(self._documents[number].file) in self._incomplete:
            return True
        return any(effect.is_patch for other in (number, *numbers) for effect in self._on(other))

    def _on(self, number: int) -> list[Effect]:
        if number not in self._kept:
            document = self._documents[number]
            tree: Mapping[str, Any] = document.tree if isinstance(document.tree, dict) else {}
            is_list = str(tree.get("kind", "")).endswith("List")
            effects = self._effects.get(os.path.normpath(document.file), [])
            if is_list:
                effects = [effect._replace(field=("items", "*", *effect.field)) for effect in effects]
            self._kept[number] = [effect for effect in effects if is_list or effect.is_on(tree)]
        return self._kept[number]
