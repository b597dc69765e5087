"""What an app is for many values: each set synthesised once, and its objects lined up with those of the others."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any, NamedTuple

from kpy.delivery.helm_chart.expressions import Values, key_of_values
from kpy.errors import KpyError

if TYPE_CHECKING:
    from kpy.manifest import Manifest, Resource
    from kpy.project.app_function import AppFunction

__all__ = ["Observer", "Seen", "Slot", "Slots"]


class Seen(NamedTuple):
    """An object that an app has for some values."""

    #: The way through the tree of constructs.
    path: str
    api_version: str
    kind: str
    tree: Mapping[str, Any]
    #: The line of the user that made it.
    where: str
    #: The name without the digest of the content; empty where there is none.
    base_name: str
    chart: str
    #: Where it stands among the objects.
    number: int = 0


class Observer:
    """Synthesises an app with values, plain data by the names of the parameters that become values."""

    def __init__(self, function: AppFunction, constants: Mapping[str, Any], kubernetes: str | None) -> None:
        self._function = function
        self._constants = constants
        self._kubernetes = kubernetes
        self._seen: dict[str, list[Seen] | None] = {}
        #: Why the last set of values was not accepted.
        self.refusal: Exception | None = None

    def manifest(self, values: Values) -> Manifest:
        """Return the manifest for values. Raises what the code of the app raises, and `SynthError`."""
        app = self._function.make({**self._constants, **values})
        return self._function.project.synth(app, kubernetes=self._kubernetes)

    def see(self, values: Values) -> list[Seen] | None:
        """Return the objects for values; nothing where the app or kpy does not accept them."""
        key = key_of_values(values)
        if key not in self._seen:
            self._seen[key] = self._try(values)
        return self._seen[key]

    def _try(self, values: Values) -> list[Seen] | None:
        quiet = io.StringIO()
        try:
            with redirect_stdout(quiet), redirect_stderr(quiet):
                manifest = self.manifest(values)
        except (KpyError, ValueError, TypeError, LookupError, ArithmeticError, AssertionError) as error:
            self.refusal = error
            return None
        return [_seen(resource, number) for number, resource in enumerate(manifest.resources)]


def _seen(resource: Resource, number: int) -> Seen:
    return Seen(
        resource.path,
        resource.api_version,
        resource.kind,
        resource.tree,
        str(resource.where or ""),
        resource.base_name,
        resource.chart.name,
        number,
    )


class Slot(NamedTuple):
    """An object of the chart, which is there for some values at least."""

    path: str
    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"


class Slots:
    """Which object for some values is which for others.

    An object is known by its way through the tree of constructs and its kind; where a name on that way follows a value,
    by the line that made it.
    """

    def __init__(self) -> None:
        #: What the objects were where they were first met, in order.
        self.first: dict[Slot, Seen] = {}

    def line_up(self, objects: list[Seen]) -> dict[Slot, Seen]:
        """Return objects by what they are."""
        found: dict[Slot, Seen] = {}
        rest = []
        for each in objects:
            slot = next((slot for slot in self._like(each) if slot not in found and slot.path == each.path), None)
            if slot is None:
                rest.append(each)
            else:
                found[slot] = each
        for each in rest:
            slot = next(
                (slot for slot in self._like(each) if slot not in found and self._is_other_name(slot, each)), None
            )
            if slot is None:
                number = sum(1 for other in self.first if (other.path, other.kind) == (each.path, each.kind))
                slot = Slot(each.path, each.kind, number)
                self.first[slot] = each
            found[slot] = each
        return found

    def made_with(self, slot: Slot) -> list[Slot]:
        """Return the objects of a kind that one line has made, which are those of a loop if there are several."""
        return self._like(self.first[slot])

    def _like(self, each: Seen) -> list[Slot]:
        return [slot for slot, seen in self.first.items() if (seen.kind, seen.where) == (each.kind, each.where)]

    def _is_other_name(self, slot: Slot, each: Seen) -> bool:
        return slot.path.count("/") == each.path.count("/")
