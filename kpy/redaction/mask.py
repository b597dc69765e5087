"""Secret values out of trees and texts, in all the forms in which a message may quote them."""

from __future__ import annotations

import binascii
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from kpy.redaction.fields import HIDDEN, LAST_APPLIED, OPEN_FIELDS, PLAIN_KEYS, is_secret, is_secret_kind
from kpy.redaction.finder import SHORTEST, Finder

__all__ = ["Mask", "hide_from_now_on", "hide_value", "redacted"]

#: What was given to this run of the program as a secret, wherever it ends up.
_GIVEN: ContextVar[tuple[str, ...]] = ContextVar("given", default=())

#: Values of plain keys are hidden where they stand; elsewhere only when they are long.
_LONG = 12
#: Shorter values, and shorter lines of values, would hide words that have nothing to do with them.
_SHORTEST, _SHORTEST_LINE = SHORTEST, 8


def hide_from_now_on(secret: str) -> None:
    """Let every mask that is made from now on hide a text, also where it is in no Secret."""
    if secret not in _GIVEN.get():
        _GIVEN.set((*_GIVEN.get(), secret))


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
        if given := _GIVEN.get():
            self._new.append([{"kind": "Secret", "stringData": {str(at): text for at, text in enumerate(given)}}])
        self._names: set[str] = set(names)
        self._values: set[str] = set()
        self._finder = Finder(())

    def learn(self, trees: Iterable[object]) -> None:
        """Remember the values of the Secrets among these objects; the names of all of them are never hidden."""
        self._new.append(trees)

    @property
    def names(self) -> set[str]:
        """What is never hidden: the names of all objects."""
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
                    self._values |= {form for key, value in _leaves(tree) for form in _elsewhere(key, value)}
            self._finder = Finder(self._values - self._names)
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
            for form in sorted(_forms(leaf), key=len, reverse=True):
                quoted = rf"""(?<=["'`]){re.escape(form)}(?=["'`]|\.\.\.)"""
                text = re.sub(quoted, HIDDEN, text) if len(form) < _SHORTEST else text.replace(form, HIDDEN)
            text = _without_beginning(text, leaf)
        else:
            written = json.dumps(leaf, default=repr)
            text = re.sub(rf"(?<![\w.]){re.escape(written)}(?![\w.]*\w)", HIDDEN, text)
    return text


def _without_beginning(text: str, value: str) -> str:
    """Return a message without the beginning of a value that was too long to be quoted whole."""
    head = value[:_SHORTEST_LINE]
    at = text.find(head) if len(head) == _SHORTEST_LINE else -1
    while at >= 0:
        end = at + _SHORTEST_LINE
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


def _elsewhere(key: str, value: object) -> set[str]:
    """Return the forms of a value that are hidden in any text, wherever it comes from."""
    shortest = _LONG if key.lower() in PLAIN_KEYS else _SHORTEST
    text = value if isinstance(value, str) else json.dumps(value, default=repr)
    if isinstance(value, bool) or len(text.strip()) < shortest:
        return set()
    return {form for form in _forms(text) if len(form) >= shortest}


def _forms(value: str) -> set[str]:
    """Return a value in the ways in which a message may quote it: all of it, one of its lines, or its base64."""
    lines = {line.strip() for line in value.splitlines()}
    plain = {value, value.strip(), *(line for line in lines if len(line) >= _SHORTEST_LINE)}
    quoted = {json.dumps(text, ensure_ascii=is_ascii)[1:-1] for text in plain for is_ascii in (True, False)}
    quoted |= {repr(text)[1:-1] for text in plain}
    encoded = {b64encode(text.encode("utf-8", "surrogatepass")).decode() for text in (value, value.strip())}
    return {form for form in plain | quoted | {_for_html(text) for text in quoted} | encoded if form}


def _for_html(text: str) -> str:
    """Return JSON as Go writes it, where characters of HTML are escaped as well."""
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _decoded(value: str) -> str:
    try:
        return b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
