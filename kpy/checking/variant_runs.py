"""Checks of objects together, run for each set of files that can be applied together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kpy.checking.object_set import Finding, Member
from kpy.checking.variants import Variants

__all__ = ["check_variants"]

Look = Callable[[list[Member]], list[Finding]]
_Place = tuple[str, int, tuple[str | int, ...]]

#: How often everything beside a variant is looked at; then everything counts, its own variants too.
_MOST: Final = 8


def check_variants(variants: Variants, look: Look) -> list[Finding]:
    """Return what is found in each variant without the others, and a note for every set of them."""
    runs = _Runs(variants, look)
    findings = [*variants.notes()]
    for world in variants.worlds():
        for finding in look(variants.members(world.files)):
            is_counted = variants.file(finding) in world.home and not variants.rests_on_a_variant(finding)
            if is_counted and runs.confirm(finding, world.files):
                findings.append(finding)
    return findings


class _Runs:
    """Runs over all files that are no variants of some file: what refers to an object may find it in any of them."""

    def __init__(self, variants: Variants, look: Look) -> None:
        self._variants = variants
        self._look = look
        self._found: dict[frozenset[str], set[_Place]] = {}
        self._files: dict[str, frozenset[str]] = {}

    def confirm(self, finding: Finding, files: frozenset[str]) -> bool:
        """Return whether a finding stands beside all files, and not only beside those that it was found in."""
        if finding.diagnostic.family != "reference" or self._variants.rests_on_its_folder(finding):
            return True
        beside = self._beside(self._variants.file(finding))
        if beside <= files:
            return True
        if beside not in self._found:
            self._found[beside] = {_place(found) for found in self._look(self._variants.members(beside))}
        return _place(finding) in self._found[beside]

    def _beside(self, file: str) -> frozenset[str]:
        """Return the files that are no variants of one; all files where there are too many such sets."""
        if file not in self._files and len(self._found) < _MOST:
            self._files[file] = self._variants.beside(file)
        return self._files.get(file, self._variants.everything)


def _place(finding: Finding) -> _Place:
    return finding.diagnostic.rule, finding.number, finding.steps
