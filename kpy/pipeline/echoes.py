"""One mistake, one finding: what kpy itself wrote from a wrong value is not reported beside it.

The port of a container becomes that of a Service and of a route, the name of a workload that of its container, its
Service and its autoscaler, and one amount the limit and the request. Where the value is wrong, all of them are, and the
user can mend it at one place only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from kpy.checking.object_set import Finding
from kpy.manifest import Resource
from kpy.pipeline.draft import Draft

__all__ = ["without_echoes"]

Steps = tuple[str | int, ...]

#: The fields whose value kpy takes from another object, or from another place of the same one.
_COPIED: Final = frozenset(
    {
        "name",
        "number",
        "port",
        "targetPort",
        "serviceName",
        "app.kubernetes.io/name",
        "app.kubernetes.io/component",
    }
)
#: The metadata that an object has from its chart, or from the app.
_INHERITED: Final = ("namespace", "labels", "annotations")
_NAME: Final[Steps] = ("metadata", "name")
_FAMILIES: Final = ("schema", "api")


class _Wrong(NamedTuple):
    """A value that has a finding."""

    number: int
    steps: Steps
    value: str | int

    @property
    def is_source(self) -> bool:
        """Whether kpy copies values from there: names of objects, and ports."""
        return self.steps == _NAME or "ports" in self.steps


def without_echoes(findings: Iterable[Finding], draft: Draft) -> Iterator[Finding]:
    """Yield the findings but those that repeat another one about the value that both have."""
    found = [(finding, _wrong(finding, draft)) for finding in findings]
    sources: dict[object, list[_Wrong]] = {}
    for finding, wrong in found:
        if wrong is not None and wrong.is_source and finding.diagnostic.severity == "error":
            sources.setdefault(wrong.value, []).append(wrong)
    said: set[tuple[object, ...]] = set()
    for finding, wrong in found:
        if wrong is None:
            yield finding
            continue
        place = draft.where(draft.resources[wrong.number], wrong.steps)
        key: tuple[object, ...] = (finding.diagnostic.rule, wrong.number, wrong.value, wrong.steps[-1], place)
        chart = _inherited_from(wrong.steps, draft.resources[wrong.number])
        if chart is not None:
            key = (finding.diagnostic.rule, id(chart), wrong.value, wrong.steps, None)
        if key not in said and not any(_is_echo(wrong, source, draft) for source in sources.get(wrong.value, ())):
            said.add(key)
            yield finding


def _inherited_from(steps: Steps, resource: Resource) -> object:
    """Return the chart that gave an object a namespace, label or annotation that it does not say itself."""
    if len(steps) < 2 or steps[0] != "metadata" or steps[1] not in _INHERITED:
        return None
    own = getattr(resource.construct, str(steps[1]), None)
    is_own = steps[2] in own if len(steps) > 2 and isinstance(own, Mapping) else own is not None
    return None if is_own else resource.chart


def _wrong(finding: Finding, draft: Draft) -> _Wrong | None:
    """Return the value that a finding is about, where a construct wrote it."""
    resource = draft.resources[finding.number]
    if finding.diagnostic.family not in _FAMILIES or resource.is_raw or not finding.steps:
        return None
    value = _value(resource.tree, finding.steps)
    is_scalar = isinstance(value, str | int) and not isinstance(value, bool)
    return _Wrong(finding.number, finding.steps, value) if is_scalar else None


def _value(tree: Any, steps: Sequence[str | int]) -> Any:
    for step in steps:
        try:
            tree = tree[step]
        except (KeyError, IndexError, TypeError):
            return None
    return tree


def _is_echo(wrong: _Wrong, source: _Wrong, draft: Draft) -> bool:
    """Return whether a value was copied from a place that has a finding: of the same object, or of one it refers to."""
    if wrong.steps[-1] not in _COPIED or (wrong.number, wrong.steps) == (source.number, source.steps):
        return False
    if wrong.number == source.number:
        return source.steps == _NAME and wrong.steps != _NAME
    meant = draft.resources[source.number].construct
    targets = draft.links(draft.resources[wrong.number]).targets
    return meant is not None and any(target is meant for _, _, target in targets)
