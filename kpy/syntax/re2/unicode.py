"""The categories and scripts of Unicode, and which characters differ in their case alone: as Go has them.

Python's own tables have no scripts, and their version differs from one Python to the next. `tools/re2` writes the file.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

__all__ = ["case_orbits", "ranges_of"]

_ORBITS = "~"
_ALIAS = "="
_MAJOR_CATEGORIES = "CLMNPSZ"


@lru_cache(128)
def ranges_of(name: str) -> tuple[tuple[int, int], ...] | None:
    """Return the characters of a category or script, such as `L`, `Lu`, `Letter`, `Greek`; nothing for another name.

    Go 1.25 takes names in any case and without their underscores, but no longer scripts of several words; those that
    were built before take the exact names. What one of the two takes is taken.
    """
    exact, canonical = _tables()
    if not name.isascii():
        return None
    if (text := exact.get(name)) is not None and name != _ORBITS:
        return _read(text)
    key = _canonical(name)
    if key == "any":
        return ((0, 0x10FFFF),)
    if key == "ascii":
        return ((0, 0x7F),)
    if key == "assigned":
        return _gaps(_read(exact["Cn"]))
    named = canonical.get(key)
    return _read(exact[named]) if named is not None else None


def case_orbits() -> list[tuple[int, ...]]:
    """Return the groups of characters that differ in their case alone."""
    return [tuple(int(code, 16) for code in orbit.split("-")) for orbit in _tables()[0][_ORBITS].split()]


@lru_cache(1)
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """Return the tables by name, not read yet, and the names by how they are looked up."""
    tables: dict[str, str] = {}
    canonical: dict[str, str] = {}
    _version, *lines = Path(__file__).with_name("unicode.txt").read_text("ascii").splitlines()
    for line in lines:
        name, _, text = line.partition(" ")
        if name.startswith(_ALIAS):
            canonical[_canonical(name[1:])] = text
        else:
            tables[name] = text
    _add_unions(tables)
    canonical |= {name.lower(): name for name in tables if name == name.capitalize() or name == "LC"}
    return tables, canonical


def _add_unions(tables: dict[str, str]) -> None:
    """Add the categories of one letter, which hold those of two, and the letters that have a case."""
    pairs = [name for name in tables if len(name) == 2 and name[0] in _MAJOR_CATEGORIES]
    for letter in _MAJOR_CATEGORIES:
        tables[letter] = " ".join(tables[name] for name in pairs if name[0] == letter)
    tables["LC"] = " ".join(tables[name] for name in ("Ll", "Lt", "Lu"))


def _canonical(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace(" ", "").lower()


def _read(text: str) -> tuple[tuple[int, int], ...]:
    ranges = []
    for item in text.split():
        low, _, high = item.partition("-")
        ranges.append((int(low, 16), int(high or low, 16)))
    return tuple(sorted(ranges))


def _gaps(ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    starts = [0, *(high + 1 for _, high in ranges)]
    ends = [*(low - 1 for low, _ in ranges), 0x10FFFF]
    return tuple((low, high) for low, high in zip(starts, ends, strict=True) if low <= high)
