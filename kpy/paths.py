"""A place in a document: the path of a field, as an API server writes it."""

from __future__ import annotations

__all__ = ["ROOT", "Path"]


class Path:
    """A place in a document; cheap to make, written out only when something is reported.

    `Path()` is the whole document, `Path() + "spec" + "containers" + 0` a place in it.
    """

    __slots__ = ("_bracket", "_parent", "_step")

    def __init__(self, parent: Path | None = None, step: str | int = "", *, bracket: bool = False) -> None:
        self._parent = parent
        self._step = step
        self._bracket = bracket

    def __add__(self, step: str | int) -> Path:
        """Return the path of a field (`+ "image"`) or of a list element (`+ 0`)."""
        return Path(self, step)

    def key(self, key: str) -> Path:
        """Return the path of a key of a map, which is written in brackets: `limits[cpu]`."""
        return Path(self, key, bracket=True)

    @property
    def parent(self) -> Path:
        """The path one step up; the root is its own parent."""
        return self._parent or self

    @property
    def field(self) -> str:
        """The name of the nearest field: `initContainers` for `spec.initContainers[0]`, `data` for `data[key]`."""
        if isinstance(self._step, str) and not self._bracket:
            return self._step
        path = self
        while path._parent is not None and (path._bracket or isinstance(path._step, int)):
            path = path._parent
        return str(path._step)

    @property
    def end(self) -> str:
        """The nearest field and what follows it: `labels[app]` for `metadata.labels[app]`, `args[0]`."""
        if self._parent is None or not (self._bracket or isinstance(self._step, int)):
            return str(self._step)
        return f"{self._parent.end}[{self._step}]"

    @property
    def steps(self) -> tuple[str | int, ...]:
        """The fields, indices and keys from the root to here."""
        steps: list[str | int] = []
        path = self
        while path._parent is not None:
            steps.append(path._step)
            path = path._parent
        return tuple(reversed(steps))

    def __eq__(self, other: object) -> bool:
        """Return whether it is the same place."""
        return self is other or (isinstance(other, Path) and self.steps == other.steps)

    def __hash__(self) -> int:
        """Return a hash of the place."""
        return hash(self.steps)

    def __str__(self) -> str:
        """Return the path as an API server writes it: `spec.containers[0].resources.limits[cpu]`."""
        if self._parent is None:
            return ""
        before = str(self._parent)
        if self._bracket or isinstance(self._step, int):
            return f"{before}[{self._step}]"
        return f"{before}.{self._step}" if before else self._step

    def __repr__(self) -> str:
        """Return the path for a prompt."""
        return f"<Path {self}>"


#: The whole document.
ROOT = Path()
