"""Which values are secret: by the field in which they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = [
    "HIDDEN",
    "LAST_APPLIED",
    "OPEN_FIELDS",
    "PLAIN_KEYS",
    "SECRETS_IN_THE_OPEN",
    "is_secret",
    "is_secret_argument",
    "is_secret_field",
    "is_secret_kind",
    "is_sensitive_name",
]

#: What stands for a secret value.
HIDDEN = "(hidden)"
#: The fields of a Secret that are not secret; all others are, also those that a Secret does not have.
OPEN_FIELDS = frozenset({"apiVersion", "immutable", "kind", "metadata", "type"})
#: An annotation in which kubectl keeps the whole object.
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
#: Keys of a Secret whose values are often plain words, and no secret by themselves.
PLAIN_KEYS = frozenset({"ca.crt", "database", "dbname", "email", "host", "hostname", "port", "url", "user", "username"})
#: The rules that find a secret where it does not belong: of the line that they are about, the value is not shown.
SECRETS_IN_THE_OPEN = frozenset({"secret-in-arguments", "secret-in-config-map", "secret-in-env", "secret-in-program"})
#: How like `secret` a kind must be to be meant as one.
_LIKENESS = 0.8


def is_secret_kind(kind: object) -> bool:
    """Return whether a kind is that of a Secret, or is meant to be: a slip in the kind must not show the values."""
    if not isinstance(kind, str):
        return False
    word = kind.strip().lower()
    if word in ("secret", "secrets"):
        return True
    if not 5 <= len(word) <= 7 or word[0] != "s":
        return False
    from difflib import SequenceMatcher

    return SequenceMatcher(None, word, "secret").ratio() >= _LIKENESS


def is_sensitive_name(name: object) -> bool:
    """Return whether a variable, argument or key of this name has a secret value, whatever it belongs to."""
    import re

    words = r"(?:^|[_-])(?:password|passwd|pwd|pw|secret|token|api[_-]?key|private[_-]?key)s?$"
    return isinstance(name, str) and re.search(words, name, re.IGNORECASE) is not None


def is_secret_argument(name: str, owner: str) -> bool:
    """Return whether the value of an argument must not be shown; `owner` is the class that it belongs to."""
    if is_secret_kind(owner):
        return name not in ("name", "key")
    return name in ("env", "literals") or is_sensitive_name(name)


def is_secret(tree: object) -> bool:
    """Return whether an object is a Secret."""
    return isinstance(tree, Mapping) and is_secret_kind(tree.get("kind"))


def is_secret_field(steps: Iterable[str | int]) -> bool:
    """Return whether what is at these steps of a Secret, or below them, is secret."""
    way = [str(step).removeprefix("[").removesuffix("]") for step in steps]
    return bool(way) and (way[0] not in OPEN_FIELDS or way[:3] == ["metadata", "annotations", LAST_APPLIED])
