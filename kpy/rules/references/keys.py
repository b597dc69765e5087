"""Keys of ConfigMaps and Secrets that variables and volumes want."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from kpy.checking.hints import near_word
from kpy.checking.object_set import Member, Objects, See, SetCheck
from kpy.checking.rule import Rule, declare
from kpy.diagnostics import Severity
from kpy.objects import title
from kpy.paths import Path
from kpy.schema.references import Naming

__all__ = ["KEYS", "Named", "check_keys", "check_made_keys", "keys_of", "may_have_key"]

KEYS: Final[Mapping[str, Rule]] = {
    "ConfigMap": declare(
        "config-map-key-missing",
        "A container needs a key that the ConfigMap does not have: it does not start. `optional: true` allows it. "
        "Variables are read from `data` alone; volumes have the keys of `binaryData` too.",
        source="https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/",
        family="reference",
    ),
    "Secret": declare(
        "secret-key-missing",
        "A container needs a key that the Secret does not have: it does not start. `optional: true` allows it.",
        source="https://kubernetes.io/docs/concepts/configuration/secret/",
        family="reference",
    ),
}
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "ConfigMap": ("data", "binaryData"),
    "Secret": ("data", "stringData"),
}
_TOKEN_KEYS: Final = frozenset({"token", "ca.crt", "namespace"})
#: Among how many keys a near one is looked for.
_NAMES: Final = 500


class Named(NamedTuple):
    """One name, as a field says it."""

    member: Member
    node: Mapping[str, Any]
    at: Path
    field: str
    naming: Naming
    group: str
    kind: str
    name: str
    namespace: str


def check_keys(objects: Objects, check: SetCheck, named: Named, holders: list[Member]) -> None:
    """Report the keys that are wanted of a ConfigMap or Secret and that no candidate has."""
    if named.node.get("optional") is True:
        return
    fields = _FIELDS[named.kind]
    if named.naming.key_field and named.kind == "ConfigMap":
        fields = fields[:1]
    for key, at in _wanted(named):
        is_there = any(key in _keys(member, fields) or _may_have(member, fields, key) for member in holders)
        if not is_there and not _are_filled(objects, holders) and not _is_added(objects, named, key):
            _report(objects, check, named, key, at, holders, fields)


def check_made_keys(objects: Objects, check: SetCheck, named: Named) -> None:
    """Report the keys that are wanted of an object that is made from files or by a controller, and has others."""
    from kpy.rules.references.made_keys import keys_made

    if named.node.get("optional") is True:
        return
    wanted = [*_wanted(named)]
    made = keys_made(objects, named.kind, named.name, named.namespace) if wanted else None
    if made is None:
        return
    keys = sorted(made)
    for key, at in wanted:
        if key not in made:
            near = near_word(key, keys[:_NAMES])
            check.report(
                named.member,
                at,
                f'{named.kind} "{named.name}" has no key "{key}"{_instead(keys, is_binary=False)}',
                fix=f'did you mean "{near}"?' if near else f'add "{key}" where it is made, or write `optional: true`',
                severity="warning",
                rule=KEYS[named.kind],
            )


def keys_of(member: Member) -> set[str]:
    """Return all keys of a ConfigMap or Secret."""
    return _keys(member, _FIELDS[member.kind])


def may_have_key(member: Member, key: str) -> bool:
    """Return whether a key may be in what could not be read."""
    return _may_have(member, _FIELDS[member.kind], key)


def _wanted(named: Named) -> Iterator[tuple[str, Path]]:
    if named.naming.key_field and (key := named.node.get(named.naming.key_field)):
        yield key, named.at.parent + named.naming.key_field
    for index, item in enumerate(named.node.get("items") or ()):
        if item.get("key"):
            yield item["key"], named.at.parent + "items" + index + "key"


def _keys(member: Member, fields: tuple[str, ...]) -> set[str]:
    keys: set[str] = set()
    for field in fields:
        held = member.tree.get(field)
        if isinstance(held, dict):
            keys.update(held)
    if member.tree.get("type") == "kubernetes.io/service-account-token":
        keys |= _TOKEN_KEYS
    return keys


def _may_have(member: Member, fields: tuple[str, ...], key: str) -> bool:
    """Return whether a key may be in what could not be read, or be one that is refused."""
    refused = member.faults.refused if member.faults is not None else ()
    if any(place and place[0] in fields for place in refused):
        return True
    return not all(member.is_clear(field, key) for field in fields)


def _report(
    objects: Objects,
    check: SetCheck,
    named: Named,
    key: str,
    at: Path,
    holders: list[Member],
    fields: tuple[str, ...],
) -> None:
    keys = sorted(set().union(*(_keys(member, fields) for member in holders)))
    is_binary = any(key in _keys(member, ("binaryData",)) for member in holders)
    near = None if is_binary else near_word(key, keys[:_NAMES])
    is_proven = len(holders) == 1 and named.member.known is not None and objects.together(named.member, holders[0])
    fix = f'did you mean "{near}"?' if near else f'add "{key}" to it, or write `optional: true`'
    check.report(
        named.member,
        at,
        f'{named.kind} "{named.name}" has no key "{key}"{_instead(keys, is_binary)}',
        fix="put it under `data`, or mount the ConfigMap as a volume" if is_binary else fix,
        severity=_severity(objects, bool(keys or is_binary), is_proven=is_proven),
        see_also=[See(title(member.tree), member) for member in holders[:3]],
        rule=KEYS[named.kind],
    )


def _severity(objects: Objects, has_keys: bool, *, is_proven: bool) -> Severity:
    """Return how bad it is that a key lacks: who declares an empty object means it to be filled, but for in an app."""
    if not has_keys:
        return "warning" if objects.setting.is_app else "note"
    return "error" if is_proven else "warning"


def _is_added(objects: Objects, named: Named, key: str) -> bool:
    """Return whether a generator may add a key to the object."""
    from kpy.rules.references.made_keys import may_be_made

    return may_be_made(objects, named.kind, named.name, key)


def _are_filled(objects: Objects, holders: list[Member]) -> bool:
    """Return whether a controller writes keys into one of some objects."""
    from kpy.rules.references.annotated import is_filled
    from kpy.rules.references.custom_made import made_by
    from kpy.rules.references.custom_makers import is_spoken_of

    def is_written(holder: Member) -> bool:
        if made_by(objects, "", holder.kind, holder.name, holder.namespace) is not None:
            return True
        return holder.kind == "Secret" and is_spoken_of(objects, holder.name, holder.namespace)

    return any(is_filled(holder) or is_written(holder) for holder in holders)


def _instead(keys: list[str], is_binary: bool) -> str:
    """Return what there is instead of a key, as the end of a sentence."""
    if is_binary:
        return " under `data`; it is under `binaryData`, which variables cannot read"
    if not keys:
        return "; it is empty; somebody else may fill it"
    return f"; it has {', '.join(keys[:8])}" + (", ..." if len(keys) > 8 else "")
