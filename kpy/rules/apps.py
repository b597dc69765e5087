"""What only an app can get wrong, because it is made of objects and not of names."""

from __future__ import annotations

from typing import Final

from kpy.rules.registry import declare

__all__ = ["APP_RULES", "FOREIGN_PODS", "FORGOTTEN_ADD", "OTHER_NAMESPACE"]

FORGOTTEN_ADD: Final = declare(
    "forgotten-add",
    "An object of an app names another one, or selects its pods, and nobody added that to a chart.",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/",
    family="reference",
)
OTHER_NAMESPACE: Final = declare(
    "other-namespace",
    "An object was given that is in another namespace: its name leads to nothing, or to another object.",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
    family="reference",
)
FOREIGN_PODS: Final = declare(
    "foreign-pods-selected",
    "An object was given a workload, and its selector selects the pods of another workload too.",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/",
    family="reference",
    severity="warning",
)

#: The rules that documents cannot break.
APP_RULES: Final = (FORGOTTEN_ADD, OTHER_NAMESPACE, FOREIGN_PODS)
