"""Secret values out of trees and texts, in all the forms in which a message may quote them."""

from __future__ import annotations

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kpy.redaction.fields import HIDDEN, LAST_APPLIED, OPEN_FIELDS, is_secret, is_secret_kind
from kpy.redaction.finder import SHORTEST, Finder
from kpy.redaction.given import given_secrets
from kpy.redaction.quoting import SHORTEST_LINE, forms_elsewhere, forms_of

__all__ = ["Mask", "hide_value", "redacted"]


def redacted(tree: Mapping[str, Any], mask: Mask) -> dict[str, Any]:
    """Return an object as it may be shown: of a Secret the keys stay, and its values are hidden wherever they stand."""
    hides = is_secret(tree)
    return {
        key: _covered(value) if hides and key not in OPEN_FIELDS else mask.hide_in(value) for key, value in tree.items()
    }


class Mask:
    """Hides the values of Secrets in text: as they are, in base64, quoted as JSON or Go does, and line by line."""

    def __init__(self, trees: Iterable[object] = (), *, names: Iterable[str] = ()) -> None:
        #: Objects whose values are looked at when the first text is to be hidden, which is never in most runs.
        self._new: list[Iterable[object]] = [trees]
        #: What was given as a secret when the mask was made; unlike the values of Secrets, also as a name.
        self._given = given_secrets()
        if self._given:
            self._new.append([])
        self._names: set[str] = set(names)
        self._values: set[str] = set()
        self._finder = Finder(())

    def learn(self, trees: Iterable[object]) -> None:
        """Remember the values of the Secrets among these objects; no name of an object is hidden for being one."""
        self._new.append(trees)

    @property
    def names(self) -> set[str]:
        """What is hidden for no value of a Secret: the names of all objects."""
        self._settled()
        return self._names

    def hide(self, text: str) -> str:
        """Return the text without secret values."""
        return self._settled().replace(text, HIDDEN)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where secret values stand in a text, each with its beginning and end."""
        return list(self._settled().spans(text))

    def _settled(self) -> Finder:
        if self._new:
            known = [tree for trees in self._new for tree in trees if isinstance(tree, Mapping)]
            self._new.clear()
            for tree in known:
                self._names |= _names(tree)
                if is_secret_kind(tree.get("kind")):
                    self._values |= {form for key, value in _leaves(tree) for form in forms_elsewhere(key, value)}
            given = {form for secret in self._given for form in forms_elsewhere("", secret)}
            self._finder = Finder((self._values - self._names) | given)
        return self._finder

    def hide_in(self, value: object) -> object:
        """Return a JSON value whose texts have no secret values."""
        match value:
            case _ if not self._settled():
                return value
            case str():
                return self.hide(value)
            case Mapping():
                return {key: self.hide_in(item) for key, item in value.items()}
            case list() | tuple():
                return [self.hide_in(item) for item in value]
            case int() | float():
                return HIDDEN if self.hide(str(value)) == HIDDEN else value
        return value


def hide_value(text: str, value: object) -> str:
    """Return a message about a secret value without it; a short value is hidden only where the message quotes it."""
    for _, leaf in _scalars("", value):
        if isinstance(leaf, str):
            for form in sorted(forms_of(leaf), key=len, reverse=True):
                quoted = rf"""(?<=["'`]){re.escape(form)}(?=["'`]|\.\.\.)"""
                text = re.sub(quoted, HIDDEN, text) if len(form) < SHORTEST else text.replace(form, HIDDEN)
            text = _without_beginning(text, leaf)
        else:
            written = json.dumps(leaf, default=repr)
            text = re.sub(rf"(?<![\w.]){re.escape(written)}(?![\w.]*\w)", HIDDEN, text)
    return text


def _without_beginning(text: str, value: str) -> str:
    """Return a message without the beginning of a value that was too long to be quoted whole."""
    head = value[:SHORTEST_LINE]
    at = text.find(head) if len(head) == SHORTEST_LINE else -1
    while at >= 0:
        end = at + SHORTEST_LINE
        while end < len(text) and text[end] == value[end - at : end - at + 1]:
            end += 1
        text = f"{text[:at]}{HIDDEN}{text[end:]}"
        at = text.find(head, at + len(HIDDEN))
    return text


def _covered(value: object) -> object:
    match value:
        case Mapping():
            return {key: _covered(item) for key, item in value.items()}
        case list() | tuple():
            return [_covered(item) for item in value]
    return None if value is None else HIDDEN


def _names(tree: Mapping[object, object]) -> set[str]:
    metadata = tree.get("metadata")
    named = metadata if isinstance(metadata, Mapping) else {}
    return {value for value in (tree.get("kind"), named.get("name"), named.get("namespace")) if isinstance(value, str)}


def _leaves(tree: Mapping[object, object]) -> Iterator[tuple[str, object]]:
    """Yield the secret values of a Secret, each with its nearest key, and what the encoded ones stand for."""
    metadata = tree.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    if isinstance(annotations, Mapping):
        yield from _scalars("", annotations.get(LAST_APPLIED))
    for field, held in tree.items():
        if field not in OPEN_FIELDS:
            for key, value in _scalars("", held):
                yield key, value
                decoded = _decoded(value.strip()) if field == "data" and isinstance(value, str) else ""
                if decoded:
                    yield key, decoded
                yield from _inside(decoded or value)


def _inside(value: object) -> Iterator[tuple[str, object]]:
    """Yield what stands in a value that is JSON itself, such as the logins of a registry."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            yield from _scalars("", json.loads(value))
        except (ValueError, RecursionError):
            return


def _scalars(key: str, value: object) -> Iterator[tuple[str, object]]:
    match value:
        case Mapping():
            for name, item in value.items():
                yield from _scalars(str(name), item)
        case list() | tuple():
            for item in value:
                yield from _scalars(key, item)
        case None:
            return
        case _:
            yield key, value


def _decoded(value: str) -> str:
    try:
        return b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
