"""Files of values, in YAML or TOML: what people and bots edit, while the code stays as it is."""

from __future__ import annotations

import os
from typing import Any

from kpy.errors import LoadError
from kpy.loading.values import Keys, Layer

__all__ = ["read_values"]


def read_values(path: str, shown: str, content: bytes | None = None) -> Layer:
    """Return the values of a file, `.yaml`, `.yml`, `.json` or `.toml`; `shown` is what messages call it.

    With `content` it is as if the file had that. Raises `LoadError` for a file that cannot be read, or that is no table
    of values.
    """
    if not path.endswith((".yaml", ".yml", ".json", ".toml")):
        raise LoadError(f"{shown}: a file of values is YAML or TOML: its name ends in .yaml, .yml, .json or .toml")
    content = _content(path, shown) if content is None else content
    layer = (_read_toml if path.endswith(".toml") else _read_yaml)(path, shown, content)
    return layer._replace(file=path)


def _read_yaml(path: str, shown: str, content: bytes) -> Layer:
    from kpy.documents import read_content

    reading = read_content(content, shown)
    errors = [*reading.errors, *(error for document in reading.documents for error in document.errors)]
    if errors:
        first = errors[0]
        raise LoadError(f"{first.where or shown}: {first.message}{f': {first.fix}' if first.fix else ''}")
    if not reading.documents:
        return Layer({}, lambda keys: shown)
    document = reading.documents[0]
    if len(reading.documents) > 1:
        raise LoadError(f"{reading.documents[1].where()}: a file of values is one document, and here begins another")
    if not isinstance(document.tree, dict):
        raise LoadError(f"{document.where()}: a file of values is a mapping of parameters to values")
    _refuse_encrypted(document.tree, shown)

    def place(keys: Keys) -> str:
        steps: list[str | int] = []
        tree: Any = document.tree
        for key in keys:
            step: str | int = int(key) if isinstance(tree, list) and key.isdecimal() else key
            steps.append(step)
            tree = _inside(tree, step)
        return str(document.where(steps, key=True))

    return Layer(document.tree, place, os.path.dirname(path))


def _inside(tree: Any, step: str | int) -> Any:
    """Return the value at a step; nothing where there is none."""
    if isinstance(tree, list):
        return tree[step] if isinstance(step, int) and step < len(tree) else None
    return tree.get(step) if isinstance(tree, dict) else None


def _read_toml(path: str, shown: str, content: bytes) -> Layer:
    import tomllib

    try:
        text = content.decode()
        tree = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LoadError(f"{shown}: {error}") from None
    _refuse_encrypted(tree, shown)

    def place(keys: Keys) -> str:
        from kpy.loading.toml_places import place_in_toml

        found = place_in_toml(text, keys)
        return f"{shown}:{found[0]}:{found[1]}" if found else shown

    return Layer(tree, place, os.path.dirname(path))


def _content(path: str, shown: str) -> bytes:
    from kpy.watch import saw_file, saw_place

    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        saw_place(path)
        raise LoadError(f"{shown}: the values cannot be read: {error.strerror}") from None
    saw_file(path, content)
    return content


def _refuse_encrypted(tree: dict[str, Any], shown: str) -> None:
    if isinstance(tree.get("sops"), dict) and "mac" in tree["sops"]:
        raise LoadError(
            f"{shown}: it is encrypted with SOPS, and kpy decrypts nothing: give secrets by reference, "
            '{ env = "NAME" } or { file = "PATH" }, and let `sops exec-env` or `sops exec-file` start kpy'
        )
