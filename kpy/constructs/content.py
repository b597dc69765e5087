"""Names that follow the content, of ConfigMaps, Secrets and Jobs; and content from files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from kpy.errors import ArgumentError, LoadError
from kpy.model.declarative import Declarative
from kpy.source import caller

__all__ = ["Hashed", "RunsOnce", "as_if_written", "content_digest", "env_file", "literal", "read_files", "work_digest"]

#: Folders that are about to be written, by their absolute paths: they are read as if they were there.
_coming: dict[str, Mapping[str, bytes]] = {}

FileInput = str | Path | Mapping[str, str | Path]


class Hashed(Declarative):
    """An object whose content can roll out the pods that use it when it changes."""

    content_hash: bool | Literal["annotation"] = False
    """`True` makes the name `<name>-<10 hex digits of the content>`, and every reference by object follows.
    `"annotation"` keeps the name and annotates the pods that use the object with the digest."""


class RunsOnce(Declarative):
    """Work that runs once for each content."""

    content_hash: bool = False
    """`True` makes the name `<name>-<10 hex digits of the content>`: another content is another Job, and the same
    content does not run again. `kpy apply` waits for it before what comes `after=` it."""


#: Fields of a Job that a server lets change in place: they say how long and how patiently, and not what.
_PATIENCE = frozenset(
    {
        "activeDeadlineSeconds",
        "backoffLimit",
        "parallelism",
        "podReplacementPolicy",
        "suspend",
        "ttlSecondsAfterFinished",
    }
)


def content_digest(tree: Mapping[str, Any]) -> str:
    """Return ten hex digits that change with the content of a ConfigMap or Secret and with nothing else."""
    from hashlib import sha256  # it loads OpenSSL, which few apps need

    content = {key: tree[key] for key in ("data", "binaryData", "stringData", "type") if key in tree}
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:10]


def work_digest(tree: Mapping[str, Any]) -> str:
    """Return ten hex digits that change with what a Job does, and not with how long it may take or is kept."""
    from hashlib import sha256

    content = {key: value for key, value in (tree.get("spec") or {}).items() if key not in _PATIENCE}
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:10]


def literal(value: object, what: str) -> str:
    """Return a text or a number as a text.

    Raises `ArgumentError` for what may be written in several ways, such as `True`. It never shows a value.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        raise ArgumentError(f'{what} must be text, not {value}: write "true", "True" or "1", as the program reads it')
    if isinstance(value, int | float):
        return str(value)
    hint = "; a variable of the environment that is not set?" if value is None else ""
    raise ArgumentError(f"{what} must be text or a number, not a value of the type {type(value).__name__}{hint}")


def read_files(files: tuple[FileInput, ...]) -> tuple[dict[str, str], dict[str, bytes]]:
    """Return the texts and the other contents of files, by key; folders give their files by name."""
    contents: dict[str, bytes] = {}
    for key, content in (entry for said in files for entry in _read(said)):
        if key in contents:
            raise ArgumentError(
                f"two files have the key {key!r}, and one would be lost: give one another key, "
                f'`{{"other-{key}": "path/to/{key}"}}`'
            )
        contents[key] = content
    texts: dict[str, str] = {}
    binaries: dict[str, bytes] = {}
    for key, content in contents.items():
        try:
            texts[key] = content.decode()
        except UnicodeDecodeError:
            binaries[key] = content
    return texts, binaries


@contextmanager
def as_if_written(folders: Mapping[str, Mapping[str, bytes]]) -> Iterator[None]:
    """Read folders, absolute paths to the contents of files by name, as they will be."""
    _coming.update(folders)
    try:
        yield
    finally:
        for folder in folders:
            del _coming[folder]


def env_file(file: str | Path) -> dict[str, str]:
    """Return the `KEY=value` lines of a file; blank lines and lines that begin with `#` do not count.

    Values are taken as they stand, quotes included, as kubectl does.
    """
    path = _resolve(file)
    values: dict[str, str] = {}
    for number, line in enumerate(_text(path).splitlines(), start=1):
        text = line.lstrip()
        if not text or text.startswith("#"):
            continue
        key, equals, value = text.partition("=")
        if not equals:
            raise LoadError(f"{path}:{number}: {line!r} is not a variable: expected `KEY=value`")
        if key in values:
            raise LoadError(f"{path}:{number}: {key!r} is set twice; leave one out")
        values[key] = value
    return values


def _read(said: FileInput) -> list[tuple[str, bytes]]:
    if isinstance(said, Mapping):
        return [(key, _content(_resolve(path))) for key, path in said.items()]
    path = _resolve(said)
    coming = _coming.get(os.path.abspath(path)) if _coming else None
    if coming is not None:
        return sorted(coming.items())
    if path.is_dir():
        return [(inner.name, _content(inner)) for inner in sorted(path.iterdir()) if inner.is_file()]
    return [(path.name, _content(path))]


def _resolve(path: str | Path) -> Path:
    """Return the path, a relative one from the folder of the user's file that makes the call."""
    place = caller(2)
    return Path(path) if place is None else Path(place.file).parent / path


def _text(path: Path) -> str:
    try:
        return _content(path).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise LoadError(f"{path} is not UTF-8 text: {problem.reason} at offset {problem.start}") from problem


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise LoadError(f"cannot read {str(path)!r}: {problem.strerror or problem}") from problem
    except ValueError as problem:
        raise LoadError(f"cannot read {str(path)!r}: no file has such a name") from problem
