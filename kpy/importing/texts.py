"""Long texts of ConfigMaps, in files of their own beside the app, as people keep dashboards, scripts and settings."""

from __future__ import annotations

import os
import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count
from typing import Any, Final

from kpy.importing.subjects import Subject
from kpy.importing.writer import kpy
from kpy.python_source.expressions import Bracket, Item, Text

__all__ = ["LINES", "TextFiles", "contents_of", "from_files", "has_long_texts"]

#: A text of more lines than this has a file of its own.
LINES: Final = 20
#: The folder of the texts, beside the app.
_FOLDER: Final = "config"
_KEY: Final = re.compile(r"[-_a-zA-Z0-9][-._a-zA-Z0-9]*")
_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")


class TextFiles:
    """The folders that an import writes beside its app: none that is there already, unless it is `replaced`."""

    def __init__(self, app: str, *, replaced: bool = False) -> None:
        self._root = os.path.dirname(os.path.abspath(app))
        self._is_replaced = replaced
        self._taken: set[str] = set()

    def give(self, subjects: Iterable[Subject]) -> dict[str, Mapping[str, bytes]]:
        """Give a folder to each ConfigMap with long texts; return what is to be in them, by their absolute paths."""
        found: dict[str, Mapping[str, bytes]] = {}
        for subject in subjects:
            if has_long_texts(subject) and (contents := contents_of(subject)):
                more = [f"{subject.namespace}-{subject.name}"] if subject.namespace else []
                found |= self.put([subject], contents, subject.name, *more)
        return found

    def put(
        self, subjects: Iterable[Subject], contents: Mapping[str, bytes], *names: str
    ) -> dict[str, Mapping[str, bytes]]:
        """Give a folder of one of these names, or of the first with a number, to ConfigMaps with these texts."""
        folder = self._free(names, contents)
        for subject in subjects:
            subject.texts = folder, contents
        return {os.path.join(self._root, folder): contents}

    def _free(self, names: Sequence[str], contents: Mapping[str, bytes]) -> str:
        words = chain(names, (f"{names[0]}-{number}" for number in count(2)))
        paths = (f"{_FOLDER}/{name}" for name in words)
        path = next(path for path in paths if path not in self._taken and self._is_free(path, contents))
        self._taken.add(path)
        return path

    def _is_free(self, path: str, contents: Mapping[str, bytes]) -> bool:
        """Return whether nothing of anybody's is in a folder, so that it will hold these files and no others."""
        place = os.path.join(self._root, path)
        if not os.path.lexists(place):
            return True
        return self._is_replaced and os.path.isdir(place) and {*os.listdir(place)} <= contents.keys()


def from_files(made: Bracket, subject: Subject) -> Bracket:
    """Return the call of a ConfigMap with its texts in files, from the call that has them all."""
    assert subject.texts is not None
    name, *rest = [item for item in made.items if item.head not in ("data=", "binary_data=")]
    folder = Item(Text(subject.texts[0]))
    return kpy("ConfigMap", name, folder, *rest, rest=".from_files")


def has_long_texts(subject: Subject) -> bool:
    """Return whether an object is a ConfigMap with a long text."""
    texts = _mapping(subject.tree.get("data")) if subject.is_object else None
    return subject.kind == "ConfigMap" and any(_is_long(text) for text in (texts or {}).values())


def contents_of(subject: Subject) -> dict[str, bytes]:
    """Return the files that a ConfigMap can be made of; nothing where files cannot hold what it has."""
    tree = subject.tree
    if subject.api_version != "v1" or subject.kind != "ConfigMap" or not _NAME.fullmatch(subject.name):
        return {}
    texts, binaries = _mapping(tree.get("data")), _mapping(tree.get("binaryData"))
    if texts is None or binaries is None:
        return {}
    keys = [*texts, *binaries]
    if not all(_KEY.fullmatch(key) for key in keys) or len({key.lower() for key in keys}) < len(keys):
        return {}
    try:
        contents = {key: text.encode() for key, text in texts.items()}
        return contents | {key: _binary(text) for key, text in binaries.items()}
    except (Error, ValueError):
        return {}


def _binary(text: str) -> bytes:
    """Return the content of binary data. Raises `ValueError` for what would come back otherwise than it was."""
    content = b64decode(text, validate=True)
    try:
        content.decode()
    except UnicodeDecodeError:
        if b64encode(content).decode() == text:
            return content
    raise ValueError("it is no binary data, or is written in another way")


def _mapping(value: Any) -> dict[str, str] | None:
    if value is None:
        return {}
    is_plain = isinstance(value, dict) and all(isinstance(text, str) for pair in value.items() for text in pair)
    return value if is_plain else None


def _is_long(text: str) -> bool:
    return text.count("\n") > LINES
