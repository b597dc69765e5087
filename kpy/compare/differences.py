"""Two JSON trees of one kind, side by side, by what they mean to an API server.

Elements of lists are the same where the API's list keys say so (`containers[name=api]`); other lists are compared by
position, from both ends inwards. Quantities are compared by value, bytes by content, sets without order. What a server
would fill in counts as said, `null`, zeros that say nothing and empty maps and lists as not said, and what only a
server writes is left out.
The order of elements counts where it restarts pods, in the spec of a pod, and where webhooks change objects in turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from kpy.compare.equality import is_same_scalar
from kpy.compare.secret_texts import with_texts_as_data
from kpy.objects import Tree
from kpy.redaction.fields import HIDDEN, is_secret, is_secret_field
from kpy.schema import Api, Field, Shape, Type
from kpy.schema.defaults import default, dependent_defaults
from kpy.schema.zeros import said

__all__ = ["Difference", "differences"]

#: How much of a text a machine is told.
_LONGEST = 10_000

Steps = tuple[str, ...]

_SERVER_METADATA = frozenset(
    {
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "generation",
        "managedFields",
        "resourceVersion",
        "selfLink",
        "uid",
        "namespace",  # a part of what the object is; a server ignores that of a cluster-scoped kind
    }
)
_BOOKKEEPING = frozenset({"kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision"})
_ZEROS: Mapping[Shape, object] = {"boolean": False, "integer": 0, "number": 0, "string": ""}
#: The types whose lists with keys have an order that counts.
_ORDERED = frozenset(
    {
        "admissionregistration/v1 MutatingWebhookConfiguration",
        "core/v1 Container",
        "core/v1 EphemeralContainer",
        "core/v1 PodSpec",
        "core/v1 ResourceRequirements",
    }
)


class Difference(NamedTuple):
    """One place where two objects differ."""

    #: The way to it: field names, and `[key]` or `[name=api]` for what is found by key.
    steps: Steps
    #: The value before; nothing where it was not said.
    old: Any
    #: The value after; nothing where it is not said any more.
    new: Any
    #: `order` where only the order of the elements differs; old and new are their names then. `default` where neither
    #: says the field, and a server fills it in now.
    note: str = ""
    #: What a server puts in the place of a value that is not said any more; nothing where it leaves the field absent.
    default: object = None

    @property
    def path(self) -> str:
        """The way to it as text: `spec.template.spec.containers[name=api].image`."""
        return "".join(step if step.startswith("[") else f".{step}" for step in self.steps).removeprefix(".")

    def is_within(self, *fields: str) -> bool:
        """Tell whether it lies at or below a path of field names, whatever the elements are called."""
        return tuple(step for step in self.steps if not step.startswith("["))[: len(fields)] == fields

    def to_dict(self) -> dict[str, object]:
        """Return it as plain JSON; of very long texts, the beginning and the length."""
        said: dict[str, object] = {"path": self.path, "old": _cut(self.old), "new": _cut(self.new)}
        if self.default is not None:
            said["default"] = self.default
        return {**said, "note": self.note} if self.note else said


def _cut(value: Any) -> Any:
    """Return a value with its long texts cut: aliases can make a small file have a gigabyte of them."""
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[:_LONGEST]}… ({len(value):,} characters)"
    if isinstance(value, Mapping):
        return {key: _cut(item) for key, item in value.items()}
    return [_cut(item) for item in value] if isinstance(value, list) else value


def differences(old: Tree, new: Tree, kind: Type | None, api: Api) -> list[Difference]:
    """Return all places where two objects differ, in the order of the new one; Secret values are hidden.

    `kind` is the type of the objects, or nothing for custom resources.
    """
    hides = is_secret(new)
    walk = _Walk(api, is_secret=hides)
    walk.struct((), _as_stored(old, hides), _as_stored(new, hides), kind)
    return walk.found


def _as_stored(tree: Tree, has_texts: bool) -> Tree:
    """Return the object without what only a server writes, and with the texts of a Secret as data."""
    tree = {key: value for key, value in tree.items() if key != "status"}
    metadata = tree.get("metadata")
    if isinstance(metadata, Mapping):
        kept = {key: value for key, value in metadata.items() if key not in _SERVER_METADATA}
        annotations = kept.get("annotations")
        if isinstance(annotations, Mapping):
            kept["annotations"] = {key: value for key, value in annotations.items() if key not in _BOOKKEEPING}
        tree["metadata"] = kept
    return with_texts_as_data(tree) if has_texts else tree


class _Walk:
    """One walk over two trees; what differs is collected in `found`."""

    def __init__(self, api: Api, *, is_secret: bool = False) -> None:
        self.api = api
        self.is_secret = is_secret
        self.found: list[Difference] = []

    def report(self, steps: Steps, old: Any, new: Any, note: str = "") -> None:
        if self.is_secret and is_secret_field(steps):
            old, new = (None if value is None else HIDDEN for value in (old, new))
        self.found.append(Difference(steps, old, new, note))

    def struct(self, steps: Steps, old: Tree, new: Tree, type_: Type | None) -> None:
        """Compare two structs, field by field."""
        for name in _keys(old, new):
            field = None if type_ is None else type_.fields.get(name)
            before, after = old.get(name), new.get(name)
            if type_ is not None:
                before, after = said(type_, field, before), said(type_, field, after)
            if type_ is not None and (before is None) != (after is None):
                filled_before = default(type_.name, name, old) if before is None else before
                filled_after = default(type_.name, name, new) if after is None else after
                if {} in (filled_before, filled_after):
                    before, after = filled_before, filled_after
                elif None not in (filled_before, filled_after) and self.alike(filled_before, filled_after, field):
                    continue
                elif after is None and isinstance(filled_after, str | int | bool) and not isinstance(before, Mapping):
                    self.found.append(Difference((*steps, name), before, None, default=filled_after))
                    continue
            self.value((*steps, name), before, after, field, is_ordered=type_ is not None and type_.name in _ORDERED)
        if type_ is not None:
            self.implied(steps, old, new, type_)

    def implied(self, steps: Steps, old: Mapping[str, Any], new: Mapping[str, Any], type_: Type) -> None:
        """Report what neither says, and what a server fills in now because of what stands beside it."""
        for name in dependent_defaults(type_.name):
            if old.get(name) is None and new.get(name) is None and name in type_.fields:
                before, after = default(type_.name, name, old), default(type_.name, name, new)
                if before is None and isinstance(after, str | int | bool):  # what is stored already stays
                    self.found.append(Difference((*steps, name), None, after, "default"))

    def alike(self, old: Any, new: Any, field: Field | None) -> bool:
        """Tell whether two values mean the same."""
        walk = _Walk(self.api)
        walk.value((), old, new, field)
        return not walk.found

    def value(self, steps: Steps, old: Any, new: Any, field: Field | None, *, is_ordered: bool = False) -> None:
        """Compare two values of a field; without a field, as what they look like."""
        if old is None and new is None:
            return
        match field:
            case None:
                self.free(steps, old, new)
            case Field(container="") if field.type is None and field.shape in ("object", "any"):
                self.free(steps, old, new)
            case Field(container=""):
                self.one(steps, old, new, field)
            case Field(container="list") if _is_list(old) and _is_list(new):
                old, new = ([_element(item, field) for item in items or ()] for items in (old, new))
                self.elements(steps, old, new, field, is_ordered=is_ordered)
            case Field(container="map" | "map-list") if _is_map(old) and _is_map(new):
                for key in _keys(old or {}, new or {}):
                    self.one((*steps, f"[{key}]"), (old or {}).get(key), (new or {}).get(key), field)
            case _:
                self.free(steps, old, new)

    def one(self, steps: Steps, old: Any, new: Any, field: Field) -> None:
        """Compare two single values: a struct, or a scalar of the field's shape."""
        if isinstance(old, Mapping) and isinstance(new, Mapping) and field.type:
            self.struct(steps, old, new, self.api.type(field.type))
        elif isinstance(old, (Mapping, list)) or isinstance(new, (Mapping, list)):
            self.free(steps, old, new)
        elif not is_same_scalar(old, new, field.shape):
            self.report(steps, old, new)

    def free(self, steps: Steps, old: Any, new: Any) -> None:
        """Compare two values of which nothing is known."""
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            for key in _keys(old, new):
                step = key if key.isidentifier() else f"[{key}]"
                self.free((*steps, step), old.get(key), new.get(key))
        elif isinstance(old, list) and isinstance(new, list):
            self.positions(steps, old, new, None)
        elif not is_same_scalar(old, new, "any"):
            self.report(steps, old, new)

    def elements(self, steps: Steps, old: Sequence[Any], new: Sequence[Any], field: Field, *, is_ordered: bool) -> None:
        """Compare two lists as the API treats them: as a set, by keys, or by position."""
        element = None if field.type is None else self.api.type(field.type)
        keys = field.list_keys or ((field.merge_key,) if field.merge_key else ())
        if field.list_type == "set" and not field.type:
            if sorted(map(repr, old)) != sorted(map(repr, new)):
                self.report(steps, old, new)
        elif element is not None and keys and all(isinstance(item, Mapping) for item in (*old, *new)):
            self.keyed(
                steps, _by_keys(old, keys, element), _by_keys(new, keys, element), element, is_ordered=is_ordered
            )
        elif not old or not new:
            if old or new:
                self.report(steps, old or None, new or None)
        else:
            self.positions(steps, old, new, field)

    def keyed(self, steps: Steps, old: dict[str, Any], new: dict[str, Any], element: Type, *, is_ordered: bool) -> None:
        """Compare two lists whose elements have names."""
        for key in _keys(old, new):
            if key in old and key in new:
                self.struct((*steps, key), old[key], new[key], element)
            else:
                self.report((*steps, key), old.get(key), new.get(key))
        kept_old, kept_new = [key for key in old if key in new], [key for key in new if key in old]
        if is_ordered and kept_old != kept_new:
            self.report(steps, [key[1:-1] for key in kept_old], [key[1:-1] for key in kept_new], "order")

    def positions(self, steps: Steps, old: Sequence[Any], new: Sequence[Any], field: Field | None) -> None:
        """Compare two lists by position, leaving out what they have in common at both ends."""
        short = min(len(old), len(new))
        start = _count(self.alike_elements(old[at], new[at], field) for at in range(short))
        rest = range(1, short - start + 1)
        end = _count(self.alike_elements(old[-at], new[-at], field) for at in rest) if len(old) != len(new) else 0
        for at in range(start, max(len(old), len(new)) - end):
            before = old[at] if at < len(old) - end else None
            after = new[at] if at < len(new) - end else None
            if before is None or after is None or field is None:
                self.free((*steps, f"[{at}]"), before, after)
            else:
                self.one((*steps, f"[{at}]"), before, after, field)

    def alike_elements(self, old: Any, new: Any, field: Field | None) -> bool:
        """Tell whether two elements of a list mean the same."""
        walk = _Walk(self.api)
        if field is None:
            walk.free((), old, new)
        else:
            walk.one((), old, new, field)
        return not walk.found


def _by_keys(items: Sequence[Tree], keys: Sequence[str], element: Type) -> dict[str, Any]:
    """Return the elements by what identifies them, as a step of a path; the same key again gets a number."""
    found: dict[str, Any] = {}
    seen: Counter[str] = Counter()
    for item in items:
        values = ((key, _value(element, key, item)) for key in keys)
        step = ",".join(f"{key}={value}" for key, value in values if value is not None)
        seen[step] += 1
        found[f"[{step}#{seen[step]}]" if seen[step] > 1 else f"[{step}]"] = item
    return found


def _element(value: object, field: Field) -> object:
    """Return an element of a list as a server understands it: `null` is the zero of what the list holds."""
    return value if value is not None else {} if field.type else _ZEROS.get(field.shape)


def _value(type_: Type, name: str, struct: Tree) -> object:
    """Return what a server has in a field: what is said, or else its default."""
    value = said(type_, type_.fields.get(name), struct.get(name))
    return default(type_.name, name, struct) if value is None else value


def _keys(old: Tree, new: Tree) -> list[str]:
    """Return the keys of both, in the order of the new one, with those that went at the end."""
    return [str(key) for key in (*new, *(key for key in old if key not in new))]


def _count(answers: Iterable[bool]) -> int:
    """Return how many answers are yes before the first no."""
    count = 0
    for answer in answers:
        if not answer:
            break
        count += 1
    return count


def _is_list(value: Any) -> bool:
    return value is None or isinstance(value, list)


def _is_map(value: Any) -> bool:
    return value is None or isinstance(value, Mapping)
