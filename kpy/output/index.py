"""The index of a folder: which files kpy wrote there, for which app, and what was in them.

{"outputs": {"shop": {"shop.yaml": "<SHA-256>"}, "tools": {...}}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from kpy.errors import WriteError
from kpy.output.inside import is_inside, read_plain
from kpy.output.names import fold

__all__ = ["INDEX", "Index", "hash_of", "read_index"]

#: The file that lists what kpy wrote.
INDEX: Final = ".kpy-files"

Hashes = Mapping[str, str]


class Index:
    """What kpy wrote into a folder, by output."""

    def __init__(self, outputs: Mapping[str, Hashes]) -> None:
        self._outputs = outputs

    def files_of(self, output: str) -> Hashes:
        """Return the files of an output, with their hashes."""
        return self._outputs.get(output, {})

    def others(self, output: str) -> dict[str, str]:
        """Return whose the files of all other outputs are, by their folded paths."""
        return {fold(path): name for name, files in self._outputs.items() if name != output for path in files}

    def to_bytes(self, output: str, files: Hashes) -> bytes:
        """Return the index as it is with these files of an output."""
        outputs = {**self._outputs, output: files}
        listed = {name: dict(sorted(outputs[name].items())) for name in sorted(outputs) if outputs[name]}
        return (json.dumps({"outputs": listed}, indent=2, ensure_ascii=False) + "\n").encode()


def read_index(root: Path) -> Index:
    """Return the index of a folder; an empty one where there is none. Raises `WriteError` when it is not kpy's."""
    content = read_plain(root, INDEX)
    if content is None:
        return Index({})
    try:
        outputs = json.loads(content)["outputs"]
        if not isinstance(outputs, dict) or not all(_is_listed(files) for files in outputs.values()):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise WriteError(f"{root / INDEX} is not as kpy wrote it: restore it, or remove it") from None
    return Index(outputs)


def hash_of(content: bytes | None) -> str:
    """Return the hash of what is in a file; that of nothing where there is none."""
    return sha256(content or b"").hexdigest()


def _is_listed(files: object) -> bool:
    return isinstance(files, dict) and all(isinstance(hash, str) and is_inside(path) for path, hash in files.items())
