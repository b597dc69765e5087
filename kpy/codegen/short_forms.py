"""What the keyword fields of constructs accept beyond the API's own types.

A row widens one field. In its annotations, `module:Name` stands for a name that the generated code imports for type
checkers; a converter is named the same way and is imported when the construct is first called, so converters may live
in modules that import the generated ones.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["COMMON_ARGUMENTS", "EXTRA_ARGUMENTS", "FORMS", "FORMS_OF_TYPES", "GIVEN", "ShortForm"]


class ShortForm(NamedTuple):
    """How a field is widened."""

    #: All that it accepts, as an annotation without `None`.
    takes: str
    #: The function that makes what the field holds; empty when it holds what it is given.
    converter: str = ""
    #: What the field holds, as an annotation without `None`; empty for the API's own type.
    holds: str = ""


#: Type and field to how it is widened.
FORMS: dict[tuple[str, str], ShortForm] = {}

#: Struct type to how every field that holds one of it is widened.
FORMS_OF_TYPES: dict[str, ShortForm] = {}

#: The keywords that all objects share, as `kpy.constructs.object.Object` declares them.
COMMON_ARGUMENTS: dict[str, str] = {
    "namespace": "str | kpy.model.referable:Referable | None",
    "labels": "Mapping[str, str] | None",
    "annotations": "Mapping[str, str] | None",
    "metadata": "meta_v1.ObjectMeta | None",
    "patch": "Mapping[str, object] | None",
    "after": "Sequence[kpy.model.referable:Referable]",
    "waive": "Mapping[str, str] | None",
}

#: Kind to the keywords that its construct adds to those of the API.
EXTRA_ARGUMENTS: dict[str, dict[str, str]] = {
    "ConfigMap": {"content_hash": "bool"},
    "Secret": {"content_hash": "bool"},
}

#: Kind to the fields that its makers (`from_literals`) give themselves, so that no caller can.
GIVEN: dict[str, frozenset[str]] = {
    "ConfigMap": frozenset({"data", "binary_data"}),
    "Secret": frozenset({"data"}),
}
