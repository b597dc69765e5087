"""Keys of objects that no document has: those that generators and custom resources give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpy.checking.object_set import Member, Objects
from kpy.rules.references.custom_made import makers_of
from kpy.schema.custom.places import Made

__all__ = ["keys_made", "may_be_made"]


def keys_made(objects: Objects, kind: str, name: str, namespace: str) -> frozenset[str] | None:
    """Return all keys that an object gets that is made; nothing where it is not made, or some cannot be told."""
    surroundings = objects.setting.surroundings
    keys: list[frozenset[str] | None] = []
    if surroundings is not None and (kind, name) in surroundings.made:
        keys.append(surroundings.made.keys(kind, name))
    if kind == "Secret":
        keys += [_keys(member, how) for member, how in makers_of(objects, "", kind, name, namespace)]
    known = [each for each in keys if each is not None]
    return frozenset().union(*known) if keys and len(known) == len(keys) else None


def may_be_made(objects: Objects, kind: str, name: str, key: str) -> bool:
    """Return whether a generator may add a key to an object that is here."""
    surroundings = objects.setting.surroundings
    return surroundings is not None and surroundings.made.may_have(kind, name, key)


def _keys(member: Member, how: Made) -> frozenset[str] | None:
    """Return the keys of the Secret that a custom resource makes; nothing when not all can be told."""
    match member.group, member.kind:
        case ("bitnami.com", "SealedSecret"):
            return _sealed(member)
        case ("external-secrets.io", "ExternalSecret"):
            return _external(member)
    keys = how.row.options.get("keys")
    return frozenset(keys.split(",")) if keys else None


def _sealed(member: Member) -> frozenset[str] | None:
    template = _mapping(member.spec.get("template"))
    sealed = member.spec.get("encryptedData")
    if not isinstance(sealed, Mapping):
        return None
    return (
        frozenset(sealed) | frozenset(_mapping(template.get("data"))) | frozenset(_mapping(template.get("stringData")))
    )


def _external(member: Member) -> frozenset[str] | None:
    target = _mapping(member.spec.get("target"))
    template = _mapping(target.get("template"))
    if target.get("creationPolicy") in ("Merge", "None") or template.get("templateFrom"):
        return None
    templated = _mapping(template.get("data"))
    if templated and template.get("mergePolicy") != "Merge":
        return frozenset(templated)
    if member.spec.get("dataFrom"):
        return None
    entries = member.spec.get("data")
    keys = [_mapping(entry).get("secretKey") for entry in (entries if isinstance(entries, list) else ())]
    return frozenset(key for key in keys if isinstance(key, str)) | frozenset(templated)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
