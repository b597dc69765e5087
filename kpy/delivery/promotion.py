"""From one environment to the next: which keys of its file of values change, and which do not, and why."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from kpy.editing import EditError, edit_values, same
from kpy.errors import LoadError, UsageError
from kpy.loading.near import near_or_known
from kpy.loading.values import Keys, Layer, Values, is_reference
from kpy.project.environments import shown_path
from kpy.project.values import values_files, values_layers
from kpy.redaction.fields import is_sensitive_name

if TYPE_CHECKING:
    from kpy.project import Project

__all__ = ["Change", "Left", "Promotion", "plan_promotion"]


class Change(NamedTuple):
    """A key whose value becomes that of the other environment."""

    keys: Keys
    #: What the file says so far; nothing where it does not have the key.
    old: object
    new: object
    is_new: bool

    @property
    def name(self) -> str:
        """The key as `--only` takes it."""
        return ".".join(self.keys)

    @property
    def is_secret(self) -> bool:
        """Whether neither value may be shown."""
        return any(map(is_sensitive_name, self.keys))


class Left(NamedTuple):
    """A key that is not promoted, and why."""

    name: str
    why: str


class Promotion(NamedTuple):
    """What becomes of a file of values."""

    #: The real path of the file, and what messages call it.
    path: str
    shown: str
    content: bytes
    #: What the file is to be.
    wanted: bytes
    changes: tuple[Change, ...]
    left: tuple[Left, ...]
    #: The keys that the file has and the other environment has not; they stay.
    only_there: tuple[str, ...]


class _Side(NamedTuple):
    """An environment: its name, what it says, and the layer of its file of values."""

    name: str
    layers: Sequence[Layer]
    file: Layer | None

    @property
    def values(self) -> Values:
        return Values(*self.layers)


def plan_promotion(old: Project, new: Project, target: str, only: Sequence[str]) -> Promotion:
    """Return what becomes of the file of values of `new` when it gets what `old` says for the keys `only`, or for all.

    Both are one project, each in an environment; the app is `target`. Nothing is written. Raises `UsageError` for keys
    that there are not, `LoadError` where a file cannot be read, or cannot be changed in these places alone.
    """
    path = _file_to_change(old, new, target)
    shown = shown_path(path)
    source, goal = _side(old, target), _side(new, target)
    assert goal.file is not None, "its path is known"
    chosen = _chosen(source, only)
    changes, left = [], []
    for keys, value in chosen:
        why = _why_not(keys, value, source, goal, only)
        before = _at(goal.file.tree, keys)
        if why:
            left.append(Left(".".join(keys), why))
        elif before is None or not same(before[0], value):
            changes.append(Change(keys, before[0] if before else None, value, before is None))
    content = _content(path, shown)
    try:
        wanted = edit_values(content, os.path.splitext(path)[1], {each.keys: each.new for each in changes})
    except EditError as error:
        raise LoadError(f"{goal.file.place(error.keys) if error.keys else shown}: {error}") from None
    named = {".".join(keys) for keys, _ in _leaves(source.values.tree, ())}
    only_there = [".".join(keys) for keys, _ in _leaves(goal.file.tree, ()) if ".".join(keys) not in named]
    return Promotion(
        os.path.realpath(path), shown, content, wanted, tuple(changes), tuple(left), () if only else tuple(only_there)
    )


def _file_to_change(old: Project, new: Project, target: str) -> str:
    """Return the file of values to change, which is that of `new` alone and stands in the project."""
    assert old.environment is not None
    assert new.environment is not None
    name, folder = new.environment.name, os.path.realpath(new.folder or os.curdir)
    files = values_files(new, target)
    if not files:
        raise LoadError(
            f'the environment {name} names no file of values: write values = "values/{{env}}.yaml" in '
            f"[tool.kpy.environments.{name}]"
        )
    path, real = files[0], os.path.realpath(files[0])
    shown = shown_path(path)
    if not os.path.isfile(real):
        raise LoadError(f"{shown}: there is no such file of values, which {name} names: make it, it may be empty")
    if any(os.path.realpath(file) == real for file in values_files(old, target)):
        raise LoadError(
            f"{shown}: {old.environment.name} and {name} both read this file, so that there is nothing to promote: "
            "give each a file of its own, with {env} in `values`"
        )
    if os.path.commonpath([folder, real]) != folder:
        raise LoadError(f"{shown}: the file is not in the folder of the project, so that kpy does not change it")
    return path


def _side(project: Project, target: str) -> _Side:
    layers = values_layers(project, target)
    assert project.environment is not None
    return _Side(project.environment.name, layers, next((layer for layer in layers if layer.file), None))


def _chosen(source: _Side, only: Sequence[str]) -> list[tuple[Keys, object]]:
    """Return the keys that are meant, with their values: those of the file, or all that are named."""
    if not only:
        if source.file is None:
            raise UsageError(f"{source.name} names no file of values: name keys with --only")
        return list(_leaves(source.file.tree, ()))
    there = list(_leaves(source.values.tree, ()))
    found: dict[Keys, object] = {}
    for word in only:
        named = {keys: value for keys, value in there if _is_meant(word, keys)}
        if not named:
            raise UsageError(_unknown(word, there, source))
        found |= named
    return list(found.items())


def _is_meant(word: str, keys: Keys) -> bool:
    return f"{'.'.join(keys)}.".startswith(f"{word}.")


def _unknown(word: str, there: Sequence[tuple[Keys, object]], source: _Side) -> str:
    for keys, _ in there:
        if f"{word}.".startswith(f"{'.'.join(keys)}."):
            return f"--only {word}: `{'.'.join(keys)}` is one value, which is promoted whole: --only {'.'.join(keys)}"
    known = dict.fromkeys(".".join(keys[:end]) for keys, _ in there for end in range(1, len(keys) + 1))
    return (
        f"--only {word}: {source.name} says nothing for `{word}`, and what the code says by itself is the same "
        f"everywhere{near_or_known(word, list(known)[:20])}"
    )


def _why_not(keys: Keys, value: object, source: _Side, goal: _Side, only: Sequence[str]) -> str:
    """Return why a key is not promoted; empty where it is. Raises `UsageError` where it is named all the same."""
    name = ".".join(keys)
    is_named = name in only
    if not only and not same(source.values.at(keys), value):
        return f"{source.name} has it from {source.values.place(keys)}: --only {name} promotes that"
    if not is_named and (is_reference(value) or any(map(is_sensitive_name, keys))):
        return f"it is secret: --only {name} promotes it"
    if is_reference(value) and "file" in _table(value) and _folder(source, keys) != _folder_of(goal.file):
        why = "its file is found from the folder of the file of values, and that is another one"
    elif (above := _above(keys, goal)) is not None:
        why = f"{above.place(keys)} says it for {goal.name}, and wins over the file"
    else:
        return ""
    if only:
        raise UsageError(f"--only {name}: {why}")
    return why


def _above(keys: Keys, goal: _Side) -> Layer | None:
    """Return what says something for a key, or for a part of it, above the file of values."""
    assert goal.file is not None, "its path is known"
    for layer in goal.layers[goal.layers.index(goal.file) + 1 :]:
        if _at(layer.tree, keys) is not None or any(
            (found := _at(layer.tree, keys[:end])) is not None and not isinstance(found[0], Mapping)
            for end in range(1, len(keys))
        ):
            return layer
    return None


def _folder(source: _Side, keys: Keys) -> str:
    """Return the folder from which the file of a reference is found."""
    saying = [layer for layer in source.layers if _at(layer.tree, keys) is not None]
    return _folder_of(saying[-1]) if saying else ""


def _folder_of(layer: Layer | None) -> str:
    return os.path.realpath(layer.folder) if layer is not None else ""


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _leaves(tree: Mapping[str, Any], above: Keys) -> Iterator[tuple[Keys, object]]:
    """Yield the values of a tree that are no tables, and those that are references, with the keys that lead to them."""
    for key, value in tree.items():
        keys = (*above, str(key))
        if isinstance(value, Mapping) and not is_reference(value):
            yield from _leaves(value, keys)
        else:
            yield keys, value


def _at(tree: Mapping[str, Any], keys: Keys) -> tuple[object] | None:
    """Return the value at some keys, alone; nothing where there is none."""
    found: object = tree
    for key in keys:
        if not isinstance(found, Mapping) or key not in found:
            return None
        found = found[key]
    return (found,)


def _content(path: str, shown: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise LoadError(f"{shown}: the values cannot be read: {error.strerror}") from None
