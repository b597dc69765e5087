"""Files that containers see: read into ConfigMaps, within the bounds of these."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any, Final

from kpy.importing.compose.names import key_of_file
from kpy.rules.policies.secret_values import secret_form, secret_setting

__all__ = ["config_map", "read_folder", "read_text_or_bytes", "secret_in"]

#: A ConfigMap may hold one MiB; with its names and other fields it must stay below.
_MOST_BYTES: Final = 900_000
_MOST_FILES: Final = 50


def read_text_or_bytes(path: Path) -> str | bytes | None:
    """Return what is in a file; nothing where it cannot be read or is more than a ConfigMap holds."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        content = path.read_bytes()
    except OSError:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content


def read_folder(path: Path) -> dict[str, str | bytes] | None:
    """Return the files of a folder by their names; nothing where they are none, too many, too big, or in folders."""
    try:
        entries = sorted(each for each in path.iterdir() if not each.name.startswith("."))
    except OSError:
        return None
    if not entries or len(entries) > _MOST_FILES or not all(each.is_file() for each in entries):
        return None
    found: dict[str, str | bytes] = {}
    total = 0
    for each in entries:
        content = read_text_or_bytes(each)
        key = key_of_file(each.name)
        if content is None or key in found:
            return None
        total += len(content)
        found[key] = content
    return found if total <= _MOST_BYTES else None


def secret_in(name: str, content: str | bytes) -> bool:
    """Return whether a file holds what looks like a secret, so that it must not be written into a program."""
    if isinstance(content, bytes):
        return False
    return bool(secret_form(content) or secret_setting(name, content))


def config_map(name: str, contents: dict[str, str | bytes]) -> dict[str, Any]:
    """Return a ConfigMap of texts and other contents."""
    texts = {key: each for key, each in contents.items() if isinstance(each, str)}
    binaries = {key: b64encode(each).decode() for key, each in contents.items() if isinstance(each, bytes)}
    tree: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
    if texts:
        tree["data"] = texts
    if binaries:
        tree["binaryData"] = binaries
    return tree
