"""Baselines: the findings that a project has accepted, so that `kpy validate` reports only what is new.

A baseline is a file of JSON, one finding a line, that names the rule, the object and the field of each, and never a
value. Lines of the source are not in it, so that moving code changes nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from kpy.diagnostics import Diagnostic, Place, Report
from kpy.errors import LoadError, WriteError
from kpy.reporting.fingerprints import Fingerprint, fingerprint

__all__ = ["Baseline", "Sifted", "baseline_of", "read_baseline", "sift", "write_baseline"]

_MARK: Final = "kpy-baseline"
_VERSION: Final = 1
#: More than any project has findings.
_MOST_BYTES: Final = 64 << 20
_FIELDS: Final = ("rule", "object", "namespace", "field")


class Baseline(NamedTuple):
    """The findings that a project has accepted."""

    #: The name of the project; empty when it has none.
    project: str
    findings: frozenset[Fingerprint]


class Sifted(NamedTuple):
    """Findings beside a baseline."""

    #: What is new.
    report: Report
    #: How many findings are known.
    known: int
    #: What the baseline has and was not found.
    gone: list[Fingerprint]


def baseline_of(
    report: Iterable[Diagnostic], *, project: str, folder: str, mandatory: frozenset[str] = frozenset()
) -> Baseline:
    """Return the baseline that accepts all findings, but for mandatory rules and faults of kpy itself.

    Files are named from the folder.
    """
    accepted = (found for found in report if _may_be_accepted(found, mandatory))
    return Baseline(project, frozenset(each for found in accepted for each in _fingerprints(found, folder)))


def sift(report: Report, baseline: Baseline, *, folder: str, mandatory: frozenset[str] = frozenset()) -> Sifted:
    """Return what is new in a report. A finding of many places is new in those alone that are.

    Findings of mandatory rules are always new.
    """
    known = _Known(baseline.findings)
    new = []
    for found in report:
        rest = _unknown_part(found, known, folder) if _may_be_accepted(found, mandatory) else found
        if rest is not None:
            new.append(rest)
    gone = sorted(baseline.findings - known.met)
    return Sifted(Report(new, mask=report.mask), len(report) - len(new), gone)


def _may_be_accepted(found: Diagnostic, mandatory: frozenset[str]) -> bool:
    """Return whether a finding may be accepted: no fault of kpy itself, and of no rule that is mandatory."""
    return found.family != "internal" and mandatory.isdisjoint((found.rule, *found.also))


class _Known:
    """The findings of a baseline, and which of them were met."""

    def __init__(self, findings: Iterable[Fingerprint]) -> None:
        self._namespaces: dict[tuple[str, str, str], dict[str, Fingerprint]] = {}
        for each in findings:
            self._namespaces.setdefault(each[:3], {})[each.namespace] = each
        self.met: set[Fingerprint] = set()

    def have(self, findings: Iterable[Fingerprint]) -> bool:
        """Return whether all of these are known."""
        unknown = [each for each in findings if not self._has(each)]
        return not unknown

    def _has(self, each: Fingerprint) -> bool:
        """Return whether a finding is known: where either side says no namespace, it may be the same."""
        there = self._namespaces.get(each[:3])
        if there is None:
            return False
        same = [said for namespace, said in there.items() if not namespace or each.namespace in ("", namespace)]
        self.met.update(same)
        return bool(same)


def _unknown_part(found: Diagnostic, known: _Known, folder: str) -> Diagnostic | None:
    """Return a finding with the places that are not known; nothing when all of them are."""
    spots = [found, *(_at(found, place) for place in found.places)]
    new = [spot for spot in spots if not known.have(_of_spot(spot, folder))]
    if len(new) == len(spots):
        return found
    if not new:
        return None
    first, *others = new
    places = tuple(Place(other.resource, other.field, other.where, other.anchor, other.origin) for other in others)
    return first._replace(places=places, more_places=0)


def _at(found: Diagnostic, place: Place) -> Diagnostic:
    """Return a finding as it would be if this place were its only one."""
    return found._replace(
        resource=place.resource,
        field=place.field,
        where=place.where,
        anchor=place.anchor,
        origin=place.origin,
        made_in=(),
        places=(),
    )


def _fingerprints(found: Diagnostic, folder: str) -> Iterator[Fingerprint]:
    for spot in (found, *(_at(found, place) for place in found.places)):
        yield from _of_spot(spot, folder)


def _of_spot(found: Diagnostic, folder: str) -> Iterator[Fingerprint]:
    """Yield what stays the same of a finding, for each rule that says so."""
    one = fingerprint(found, folder)
    yield from (one._replace(rule=rule) for rule in (found.rule, *found.also))


def write_baseline(file: str, baseline: Baseline) -> None:
    """Write a baseline, whole or not at all. Raises `WriteError`."""
    lines = [json.dumps({name: getattr(each, name) for name in _FIELDS}) for each in sorted(baseline.findings)]
    findings = ",\n".join(f"    {line}" for line in lines)
    head = f'{{\n  "{_MARK}": {_VERSION},\n  "project": {json.dumps(baseline.project)},\n  "findings": ['
    text = f"{head}\n{findings}\n  ]\n}}\n" if lines else f"{head}]\n}}\n"
    beside = f"{file}.{os.getpid()}.tmp"
    try:
        with open(beside, "x", encoding="ascii", newline="\n") as stream:
            stream.write(text)
        os.replace(beside, file)
    except OSError as error:
        raise WriteError(f"{file}: the baseline cannot be written: {error.strerror}") from None


def read_baseline(file: str, *, project: str) -> Baseline:
    """Return the baseline in a file. Raises `LoadError` when it is none, or that of another project."""
    try:
        with open(file, "rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise LoadError(f"{file}: there is no such file; to make it, add --write-baseline") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file has such a name"
        raise LoadError(f"{file}: the baseline cannot be read: {reason}") from None
    if len(content) > _MOST_BYTES:
        raise LoadError(f"{file}: the baseline has more than {_MOST_BYTES >> 20} MiB")
    baseline = _parsed(content, file)
    if baseline.project and project and baseline.project != project:
        raise LoadError(
            f'{file}: this is the baseline of the project "{baseline.project}", and "{project}" is checked: '
            "name another file"
        )
    return baseline


def _parsed(content: bytes, file: str) -> Baseline:
    try:
        tree = json.loads(content)
    except (ValueError, RecursionError) as error:
        if b"\n<<<<<<< " in content:
            raise LoadError(f"{file}: the baseline has a merge conflict in it: resolve it") from None
        reason = error if isinstance(error, ValueError) else "it is nested too deeply"
        raise LoadError(f"{file}: this is not a baseline of kpy: {reason}") from None
    if not isinstance(tree, Mapping) or _MARK not in tree:
        raise LoadError(f'{file}: this is not a baseline of kpy: it has no "{_MARK}"')
    if tree[_MARK] != _VERSION:
        raise LoadError(f"{file}: this kpy does not know baselines of version {tree[_MARK]!r}: a newer kpy wrote it")
    project, findings = tree.get("project", ""), tree.get("findings", [])
    if not isinstance(project, str) or not isinstance(findings, list):
        raise LoadError(f'{file}: the baseline is broken: "project" is a text and "findings" is a list')
    return Baseline(project, frozenset(_entry(each, number, file) for number, each in enumerate(findings, 1)))


def _entry(each: Any, number: int, file: str) -> Fingerprint:
    if not isinstance(each, dict) or not all(isinstance(each.get(name, ""), str) for name in _FIELDS):
        named = ", ".join(f'"{name}"' for name in _FIELDS)
        raise LoadError(f"{file}: the baseline is broken: finding {number} is not an object of the texts {named}")
    return Fingerprint(**{name: each.get(name, "") for name in _FIELDS})
