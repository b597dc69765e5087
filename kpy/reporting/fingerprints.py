"""What stays the same of a finding while files change around it: its rule, its object and its field, never a value.

Lines are not in it, nor the numbers of list items that have a name, so that moving code and adding a container leave
it as it is. Nor is what a kustomization gives: the namespace, other names of the objects in its files, and the suffix
of the names of those that it generates.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Final, NamedTuple

from kpy.diagnostics import Diagnostic

__all__ = ["Fingerprint", "fingerprint", "keys_of"]

#: An object as `kpy.objects.title` writes it.
_TITLE: Final = re.compile(r'(\S+) "(?:([^"/]*)/)?([^"]*)"')
#: What kustomize appends to the names of generated ConfigMaps and Secrets.
_SUFFIX: Final = re.compile(r"-[2456789bcdfghkmt]{10}$")


class Fingerprint(NamedTuple):
    """What stays the same of a finding."""

    rule: str
    #: The object, as kind and name; for what is found in a whole file, that file from the folder.
    object: str
    #: The field, with the names of list items in the place of their numbers.
    field: str
    #: The namespace that the object says; empty when it says none, which may be any.
    namespace: str = ""


def fingerprint(found: Diagnostic, folder: str = "") -> Fingerprint:
    """Return what stays the same of a finding; files are named from a folder, by default the current one."""
    match = _TITLE.fullmatch(found.origin or found.resource)
    if match:
        kind, namespace, name = match.groups()
        return Fingerprint(found.rule, f"{kind} {_SUFFIX.sub('', name)}", found.anchor or found.field, namespace or "")
    place = _relative(found.where.file, folder) if found.where is not None else ""
    return Fingerprint(found.rule, f"{found.resource} {place}".strip(), found.anchor or found.field)


def keys_of(findings: Iterable[Diagnostic]) -> list[str]:
    """Return a key for each finding that no other has: what stays the same, its file, and its number among its like."""
    seen: Counter[tuple[str, ...]] = Counter()
    keys = []
    for found in findings:
        parts = (*fingerprint(found), _relative(found.where.file, "") if found.where is not None else "")
        seen[parts] += 1
        keys.append(sha256("\0".join((*parts, str(seen[parts]))).encode("utf-8", "surrogatepass")).hexdigest()[:40])
    return keys


def _relative(file: str, folder: str) -> str:
    try:
        return os.path.relpath(file, folder or os.curdir).replace(os.sep, "/")
    except ValueError:  # another drive
        return file.replace(os.sep, "/")
