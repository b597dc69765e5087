"""What is said for the parameters of an app, in layers: later layers win, and tables are merged key by key."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from kpy.errors import LoadError
from kpy.watch import saw_variable

__all__ = ["Keys", "Layer", "Text", "Values", "is_reference"]

#: The keys that lead to a value: `("database", "size")`.
Keys = tuple[str, ...]


class Text(NamedTuple):
    """What a command line says for one value, as often as it says it."""

    texts: tuple[str, ...]


class Layer(NamedTuple):
    """Values of one place: a file of values, a table of settings, a command line."""

    tree: Mapping[str, Any]
    #: Says where the value at some keys is, for messages: `values/prod.yaml:3:5`.
    place: Callable[[Keys], str]
    #: The folder from which the files of references are looked for.
    folder: str = ""
    is_command_line: bool = False
    #: The file of values; empty for what is said elsewhere.
    file: str = ""


class Values:
    """The values of all layers as one tree, each with the layer that it comes from."""

    def __init__(self, *layers: Layer, implied: Mapping[str, str] | None = None) -> None:
        self.tree: dict[str, Any] = {}
        #: What is given to parameters of these names where nothing else is: the name of the environment.
        self._implied = implied or {}
        self._origins: dict[Keys, Layer] = {}
        for layer in layers:
            self._merge(self.tree, layer.tree, layer, ())

    @classmethod
    def of_texts(
        cls, texts: Mapping[str, Sequence[str]], *layers: Layer, implied: Mapping[str, str] | None = None
    ) -> Values:
        """Return the values of layers with the texts of a command line above them; `a.b` is the key b in a table a."""
        tree: dict[str, Any] = {}
        for key, said in texts.items():
            *outer, last = key.split(".")
            place = tree
            for step in outer:
                inner = place.setdefault(step, {})
                if not isinstance(inner, dict):
                    raise LoadError(f"--set {key}=...: `{step}` is set to a text as well, so there is nothing in it")
                place = inner
            if isinstance(place.get(last), dict):
                raise LoadError(f"--set {key}={said[0]}: a value in `{key}` is set as well: choose one")
            place[last] = Text(tuple(said))
        own = Layer(tree, lambda keys: f"--set {'.'.join(keys)}", is_command_line=True)
        return cls(*layers, own, implied=implied)

    def for_names(self, names: Collection[str]) -> dict[str, Any]:
        """Return the values for parameters of these names: all that are said, and those that are implied."""
        return {**{name: Text((said,)) for name, said in self._implied.items() if name in names}, **self.tree}

    def at(self, keys: Keys) -> object:
        """Return the value at some keys; nothing where there is none."""
        found: object = self.tree
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def is_of_command_line(self, keys: Keys) -> bool:
        """Return whether the command line says the value at some keys, or nothing at all does."""
        layer = self._layer(keys)
        return layer is None or layer.is_command_line

    def place(self, keys: Keys) -> str:
        """Return where the value at some keys is said."""
        layer = self._layer(keys)
        return layer.place(keys) if layer is not None else ""

    def resolve(self, keys: Keys, reference: Mapping[str, str]) -> str:
        """Return the text that a reference means, `{env: NAME}` or `{file: PATH}`, which no text shows from now on.

        A line break at the end of a file is left out. Raises `LoadError` where there is no such variable or file.
        """
        (how, name), where = next(iter(reference.items())), self.place(keys)
        if how == "env":
            saw_variable(name)
            if name not in os.environ:
                raise LoadError(f"{where}: the environment variable {name} is not set")
            found = os.environ[name]
        else:
            layer = self._layer(keys)
            path = os.path.join(layer.folder if layer is not None else "", name)
            try:
                with open(path, encoding="utf-8") as file:
                    found = file.read().removesuffix("\n").removesuffix("\r")
            except UnicodeDecodeError:
                raise LoadError(f"{where}: the file {path} is no text in UTF-8") from None
            except OSError as error:
                raise LoadError(f"{where}: the file {path} cannot be read: {error.strerror}") from None
        from kpy.redaction.given import hide_from_now_on

        hide_from_now_on(found)
        return found

    def _layer(self, keys: Keys) -> Layer | None:
        return next((self._origins[keys[:end]] for end in range(len(keys), 0, -1) if keys[:end] in self._origins), None)

    def _merge(self, into: dict[str, Any], tree: Mapping[str, Any], layer: Layer, above: Keys) -> None:
        for key, value in tree.items():
            keys = (*above, str(key))
            before = into.get(key)
            if isinstance(value, Mapping):
                if not isinstance(before, dict) or is_reference(before) or is_reference(value):
                    before = into[key] = {}
                    self._origins[keys] = layer
                self._merge(before, value, layer, keys)
            else:
                into[key] = value
                self._origins[keys] = layer


def is_reference(value: object) -> bool:
    """Return whether a value looks like a reference: `{env: NAME}` or `{file: PATH}` and nothing else."""
    return (
        isinstance(value, Mapping)
        and len(value) == 1
        and next(iter(value)) in ("env", "file")
        and isinstance(next(iter(value.values())), str)
    )
