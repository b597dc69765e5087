"""Single files of ConfigMaps and Secrets, mounted by `subPath`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from kpy.checking.hints import near_word
from kpy.checking.object_set import Member, Objects, See, SetCheck, rule_on_all
from kpy.objects import title
from kpy.paths import Path
from kpy.rules.references.keys import keys_of, may_have_key
from kpy.rules.references.selected_pods import WITH_PODS, Template, pods_of

__all__: list[str] = []

_SOURCE: Final = "https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath"
#: The sources of volumes that hold keys: the kind, and the field with the name.
_SOURCES: Final = (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName"))


class _Volume(NamedTuple):
    """A volume of the keys of a ConfigMap or Secret."""

    kind: str
    name: str
    #: The paths that it gives to keys; none where all keys are files of their names.
    paths: tuple[str, ...]


@rule_on_all("sub-path-missing", source=_SOURCE, kinds=WITH_PODS)
def sub_path_missing(objects: Objects, check: SetCheck) -> None:
    """A `subPath` names a file that the mounted ConfigMap or Secret does not have: an empty folder takes its place."""
    for template in pods_of(objects).templates:
        volumes = dict(_volumes(template))
        for mount, at in _mounts(template) if volumes else ():
            volume = volumes.get(mount.get("name", ""))
            path = str(mount.get("subPath") or "").strip("/")
            if volume is not None and path:
                _look(objects, check, template.member, volume, path, at + "subPath")


def _volumes(template: Template) -> Iterator[tuple[str, _Volume]]:
    for volume in template.spec.get("volumes") or ():
        for field, kind, name in _SOURCES:
            source: Mapping[str, Any] = volume.get(field) or {}
            if source.get(name) and not source.get("optional"):
                paths = tuple(str(item.get("path") or "") for item in source.get("items") or ())
                yield volume.get("name", ""), _Volume(kind, source[name], paths)


def _mounts(template: Template) -> Iterator[tuple[Mapping[str, Any], Path]]:
    place = template.at + "spec"
    for field in ("containers", "initContainers"):
        for number, container in enumerate(template.spec.get(field) or ()):
            for index, mount in enumerate(container.get("volumeMounts") or ()):
                yield mount, place + field + number + "volumeMounts" + index


def _look(objects: Objects, check: SetCheck, member: Member, volume: _Volume, path: str, at: Path) -> None:
    holders = objects.find("", volume.kind, volume.name, member.namespace)
    files = {*volume.paths} or {key for holder in holders for key in keys_of(holder)}
    if not holders or not files or any(file == path or file.startswith(f"{path}/") for file in files):
        return
    if not volume.paths and any(may_have_key(holder, path) for holder in holders):
        return
    near = near_word(path, sorted(files)[:500])
    check.report(
        member,
        at,
        f'{volume.kind} "{volume.name}" has no "{path}" in this volume: an empty folder is mounted',
        fix=f'did you mean "{near}"?' if near else f"it has {', '.join(sorted(files)[:8])}",
        see_also=[See(title(holder.tree), holder) for holder in holders[:3]],
    )
