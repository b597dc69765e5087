"""Sync waves of Argo CD, from what `after` says: a wave waits until all objects of the one before are healthy.

https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kpy.errors import UsageError
from kpy.graph.references import names_of
from kpy.graph.shapes import Identity
from kpy.objects import metadata_of
from kpy.redaction.encrypted import is_signed

if TYPE_CHECKING:
    from kpy.manifest import Manifest, Resource

__all__ = ["WAVE", "add_waves", "waves_of"]

#: The annotation with the wave of an object.
WAVE: Final = "argocd.argoproj.io/sync-wave"

#: What makes an object a hook, and when it runs: before all objects that are none, or after them. Argo CD takes the
#: hooks of Helm for its own.
_HOOKS: Final[Mapping[str, Mapping[str, int]]] = {
    "argocd.argoproj.io/hook": {"PreSync": -1, "Sync": 0, "PostSync": 1},
    "helm.sh/hook": {"pre-install": -1, "pre-upgrade": -1, "post-install": 1, "post-upgrade": 1},
}


def add_waves(manifest: Manifest) -> None:
    """Annotate the objects of a manifest with their waves, but for the first one, which needs no words.

    Raises `UsageError` where a wave that was said by hand, a hook, or an encrypted object stands against `after`.
    """
    from kpy.output.emit import to_yaml
    from kpy.schema import api

    for resource, wave in zip(manifest.resources, waves_of(manifest.resources, manifest.release), strict=True):
        if not wave or WAVE in _annotations(resource):
            continue
        if is_signed(resource.tree):
            raise UsageError.at(
                resource.where,
                f"{resource} would come in the sync wave {wave}, since it comes after others, and what SOPS has "
                "encrypted takes no annotation: leave `after` out, or annotate it before it is encrypted",
            )
        metadata = {**resource.metadata, "annotations": {**_annotations(resource), WAVE: str(wave)}}
        resource.tree = {**resource.tree, "metadata": metadata}
        resource.text = to_yaml((resource.tree,), schema=api(manifest.release))


def waves_of(resources: Sequence[Resource], kubernetes: str | None = None) -> list[int]:
    """Return the wave of each resource; they come in the order of a manifest, in which `after` is kept.

    What comes after others comes in a later wave, and what names an object that stands before it, is in its namespace
    or of its kind, in none that is earlier. Raises `UsageError` as `add_waves` does.
    """
    placed: dict[Identity, _Placed] = {}
    definitions: dict[tuple[str, str], Identity] = {}
    for resource, named in zip(resources, names_of(resources, kubernetes=kubernetes), strict=True):
        phase = _phase(resource)
        needs: list[tuple[Identity, int]] = [(key, 1) for key in resource.after]
        needs += [(target, 0) for target in (*named, *_around(resource, definitions))]
        last = _last(resource, phase, [(placed[target], step) for target, step in needs if target in placed])
        placed[resource.identity] = _Placed(resource, phase, _settled(resource, last))
        if resource.kind == "CustomResourceDefinition":
            spec = resource.tree.get("spec") or {}
            definitions[spec.get("group", ""), (spec.get("names") or {}).get("kind", "")] = resource.identity
    return [placed[resource.identity].wave for resource in resources]


class _Placed(NamedTuple):
    """A resource whose wave is known."""

    resource: Resource
    #: When it is applied: before all others, with them, or after them; nothing for hooks that a sync does not run.
    phase: int | None
    wave: int


class _Last(NamedTuple):
    """What a resource needs that comes last, and the first wave in which the resource can come then."""

    resource: Resource
    wave: int
    first: int


def _around(resource: Resource, definitions: Mapping[tuple[str, str], Identity]) -> Iterator[Identity]:
    """Yield what a resource needs and does not name: its namespace, and its definition."""
    group, kind, namespace, _ = resource.identity
    if namespace:
        yield "", "Namespace", "", namespace
    if (group, kind) in definitions:
        yield definitions[group, kind]


def _last(resource: Resource, phase: int | None, needs: Sequence[tuple[_Placed, int]]) -> _Last | None:
    """Return what comes last of all that a resource needs; each has the number of waves that lie between."""
    last = None
    for other, step in needs:
        if phase is None or other.phase is None or other.resource is resource:
            continue
        if step and other.phase > phase:
            raise UsageError.at(
                resource.where,
                f"{resource} comes after {other.resource}, which is a hook that Argo CD runs later: "
                "leave `after` out, or make it a hook, too",
            )
        if other.phase == phase and other.wave + step > (last.first if last else 0):
            last = _Last(other.resource, other.wave, other.wave + step)
    return last


def _settled(resource: Resource, last: _Last | None) -> int:
    """Return the wave of a resource: what it says itself, if that is late enough."""
    least = last.first if last else 0
    said = _annotations(resource).get(WAVE)
    if said is None:
        return least
    try:
        wave = int(str(said))
    except ValueError:
        raise UsageError.at(resource.where, f"{resource}: {WAVE}: {said!r}: a wave is a whole number") from None
    if last is not None and wave < least:
        raise UsageError.at(
            resource.where,
            f"{resource} has the sync wave {wave} by its annotation, and needs {last.resource}, which comes in wave "
            f"{last.wave}: leave the annotation out, or say {least} or more",
        )
    return wave


def _phase(resource: Resource) -> int | None:
    """Return when an object is applied: before all others, with them, or after them; nothing for other hooks."""
    annotations = _annotations(resource)
    for key, phases in _HOOKS.items():
        if said := annotations.get(key):
            found = [phases[word.strip()] for word in str(said).split(",") if word.strip() in phases]
            return min(found) if found else None
    return 0


def _annotations(resource: Resource) -> Mapping[str, Any]:
    found = metadata_of(resource.tree).get("annotations")
    return found if isinstance(found, Mapping) else {}
