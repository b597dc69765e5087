"""A mapping of a compose file, read key by key, so that none is lost: what nobody has taken is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kpy.errors import LoadError
from kpy.source import Location

__all__ = ["ComposeError", "Fields", "Note", "Notes", "Where", "shape_of"]


class ComposeError(LoadError):
    """A compose file that cannot be read."""


class Note(NamedTuple):
    """What of a compose file has no place in Kubernetes, or needs somebody to do something."""

    #: The place in the file, as compose has it: `services.web.container_name`.
    key: str
    text: str
    where: Location | None = None

    def __str__(self) -> str:
        """Return the note for people: `compose.yaml:5:3: services.web.init: ...`."""
        return f"{self.where}: {self.key}: {self.text}" if self.where else f"{self.key}: {self.text}"


class Notes:
    """The notes on a file, each of them once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Note] = {}

    def add(self, key: str, text: str, where: Location | None = None) -> None:
        """Remember a note."""
        self._found.setdefault((key, text), Note(key, text, where))

    def __iter__(self) -> Iterator[Note]:
        """Iterate over the notes in the order in which they were found."""
        return iter(self._found.values())


class Where:
    """Says the line of a place of a file; places that were merged from several files have that of the last."""

    def __init__(self) -> None:
        self._documents: list[Any] = []

    def learn(self, document: Any) -> None:
        """Remember a document of a file."""
        self._documents.insert(0, document)

    def of(self, steps: tuple[str | int, ...]) -> Location | None:
        """Return the place of the nearest value on the way to these steps."""
        for document in self._documents:
            tree, length = document.tree, 0
            for step in steps:
                try:
                    tree = tree[step]
                except (KeyError, IndexError, TypeError):
                    break
                length += 1
            if length == len(steps) or length > 1:
                place: Location = document.where(steps[:length], key=True)
                return place
        return self._documents[0].where() if self._documents else None


class Fields:
    """The fields of one mapping. `take` gives one and marks it; `rest` names those that nobody took."""

    def __init__(self, value: object, steps: tuple[str | int, ...], notes: Notes, where: Where) -> None:
        self.steps, self.notes, self.places = steps, notes, where
        if value is None:
            value = {}
        if not isinstance(value, Mapping):
            raise self.wrong(f"expected a mapping, not {shape_of(value)}")
        self._values: dict[str, Any] = {str(key): inner for key, inner in value.items()}
        self._taken: set[str] = set()

    @property
    def path(self) -> str:
        """The place as people write it: `services.web.deploy`."""
        return ".".join(map(str, self.steps))

    def __contains__(self, key: str) -> bool:
        """Return whether a field is there and says something."""
        return self._values.get(key) is not None

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the fields."""
        return iter(self._values)

    def take(self, key: str) -> Any:
        """Return the value of a field, which is dealt with by that; nothing when it is not there."""
        self._taken.add(key)
        return self._values.get(key)

    def inner(self, key: str) -> Fields:
        """Return the mapping of a field."""
        return Fields(self.take(key), (*self.steps, key), self.notes, self.places)

    def text(self, key: str) -> str:
        """Return the text of a field; a number or a truth value is written as YAML has it."""
        value = self.take(key)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int | float):
            return str(value)
        raise self.wrong(f"expected text, not {shape_of(value)}", key)

    def flag(self, key: str) -> bool:
        """Return whether a field is true."""
        value = self.take(key)
        if value in (None, "", False, "false", "no", "off", "n"):
            return False
        if value in (True, "true", "yes", "on", "y"):
            return True
        raise self.wrong(f"expected true or false, not {value!r}", key)

    def strings(self, key: str) -> list[str]:
        """Return a list of texts; one text is a list of one."""
        value = self.take(key)
        if value is None:
            return []
        if isinstance(value, str):
            return [value]
        if not isinstance(value, list):
            raise self.wrong(f"expected a list, not {shape_of(value)}", key)
        return [self._as_text(each, key) for each in value]

    def items(self, key: str) -> list[Any]:
        """Return a list of anything."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(f"expected a list, not {shape_of(value)}", key)
        return list(value)

    def pairs(self, key: str) -> dict[str, str | None]:
        """Return names with values, of a mapping or of a list of `NAME=value`."""
        value = self.take(key)
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return {str(name): None if each is None else self._as_text(each, key) for name, each in value.items()}
        if not isinstance(value, list):
            raise self.wrong(f"expected a mapping, or a list of `NAME=value`, not {shape_of(value)}", key)
        found: dict[str, str | None] = {}
        for each in value:
            name, equals, text = self._as_text(each, key).partition("=")
            found[name] = text if equals else None
        return found

    def note(self, key: str, text: str) -> None:
        """Remember a note on a field."""
        steps = (*self.steps, key) if key else self.steps
        self.notes.add(".".join(map(str, steps)), text, self.places.of(steps))

    def rest(self, reasons: Mapping[str, str]) -> None:
        """Name every field that nobody has taken, with the reason; one that compose does not have is told, too."""
        for key, value in self._values.items():
            if key in self._taken or key.startswith("x-") or value is None:
                continue
            self.note(key, reasons.get(key) or _unknown(key, reasons, self._taken))

    def wrong(self, text: str, key: str = "") -> ComposeError:
        """Return the error for what cannot be read."""
        steps = (*self.steps, key) if key else self.steps
        place = ".".join(map(str, steps))
        return ComposeError.at(self.places.of(steps), f"{place}: {text}" if place else text)

    def _as_text(self, value: object, key: str) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int | float):
            return str(value)
        raise self.wrong(f"expected text, not {shape_of(value)}", key)


def shape_of(value: object) -> str:
    """Return what a value is, for a message."""
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list) else repr(value)


def _unknown(key: str, reasons: Mapping[str, str], taken: set[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key, {*reasons, *taken}, n=1, cutoff=0.7)
    return "no key of compose is called so" + (f"; did you mean `{near[0]}`?" if near else "")
