"""Volumes of a pod: names, one source each, and what the common sources demand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import POD_SPEC, faulty, is_bare_pod, metadata_of_pod, path_fault
from kpy.syntax.formats import label_fault, subdomain_fault

__all__ = ["sound_volumes"]

_VOLUME = "core/v1 Volume"
_KEY_TO_PATH = "core/v1 KeyToPath"
_FILES = (
    "core/v1 ConfigMapVolumeSource",
    "core/v1 SecretVolumeSource",
    "core/v1 DownwardAPIVolumeSource",
    "core/v1 ProjectedVolumeSource",
)

_VOLUMES = "https://kubernetes.io/docs/concepts/storage/volumes/"
_CONFIG_MAPS = _VOLUMES + "#configmap"
_HOST_PATH = _VOLUMES + "#hostpath"
_EPHEMERAL = "https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes"

#: In the order in which a server looks for them: the first that it finds is the volume's.
_SOURCES = (
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
)


def sound_volumes(spec: Tree, at: Path, check: Check) -> dict[str, Tree]:
    """Return the volumes without a fault, by name: a server acts as if the others were not there."""
    volumes: Sequence[Tree] = spec.get("volumes", ())
    bad = {index for index, _ in _bad_claim_names(spec, check)}
    if check.diagnostics:
        bad |= faulty(at + "volumes", check)
    sound: dict[str, Tree] = {
        volume.get("name", ""): volume for index, volume in enumerate(volumes) if index not in bad
    }
    if check.kind != "StatefulSet":
        return sound
    return sound | {name: {"persistentVolumeClaim": {}} for name in _claim_templates(check) if not label_fault(name)}


def _claim_templates(check: Check) -> set[str]:
    """Return the names of a StatefulSet's claim templates: its pods have volumes of these names, whatever they say."""
    spec = check.root.get("spec") if check.kind == "StatefulSet" else None
    templates = spec.get("volumeClaimTemplates") if isinstance(spec, dict) else None
    if not isinstance(templates, list):
        return set()
    metadatas = [template.get("metadata") for template in templates if isinstance(template, dict)]
    return {str(metadata.get("name", "")) for metadata in metadatas if isinstance(metadata, dict)}


@rule("volume-source-ambiguous", on=_VOLUME, source=_VOLUMES)
def volume_source_ambiguous(volume: Tree, at: Path, check: Check) -> None:
    """A volume has one source only."""
    if len(volume) < 3:
        return
    sources = [name for name in _SOURCES if name in volume and (name != "image" or check.at_least("1.35"))]
    for name in sources[1:]:
        check.report(at + name, f"a volume cannot be `{sources[0]}` and `{name}` at once", fix="make two volumes of it")


@rule("volume-file-mode", on=_FILES, source=_CONFIG_MAPS, needs="defaultMode")
def volume_file_mode(source: Tree, at: Path, check: Check) -> None:
    """The default mode of files must be from 0 to 0777; JSON has decimal numbers only, and there it is 511."""
    _report_mode(source, "defaultMode", at, check)


@rule("volume-item-mode", on=(_KEY_TO_PATH, "core/v1 DownwardAPIVolumeFile"), source=_CONFIG_MAPS, needs="mode")
def volume_item_mode(item: Tree, at: Path, check: Check) -> None:
    """The mode of a file must be from 0 to 0777; JSON has decimal numbers only, and there it is 511."""
    volume = at.parent.parent
    _report_mode(item, "mode", at, check, field=volume + "mode" if volume.field == "downwardAPI" else None)


def _report_mode(value: Tree, name: str, at: Path, check: Check, *, field: Path | None = None) -> None:
    mode = value.get(name)
    if mode is None or 0 <= mode <= 0o777:
        return
    octal = int(str(mode), 8) if mode > 0 and set(str(mode)) <= set("01234567") else 0o1000
    fix = f"write 0{mode}, which is {octal}" if octal <= 0o777 else ""
    message = f"`{name}` is {mode}; it must be from 0 to 511, which is 0777"
    check.report(at + name, message, fix=fix, field=field)


@rule("volume-item-path-invalid", on=_KEY_TO_PATH, source=_CONFIG_MAPS)
def volume_item_path_invalid(item: Tree, at: Path, check: Check) -> None:
    """The path of an item must stay in the volume, and not begin with `..`."""
    path = item.get("path", "")
    if fault := path_fault(path) or ('must not begin with ".."' if path.startswith("..") else None):
        check.report(at + "path", f'path "{path}" {fault}')


@rule("empty-dir-size-negative", on="core/v1 EmptyDirVolumeSource", source=_VOLUMES + "#emptydir", needs="sizeLimit")
def empty_dir_size_negative(source: Tree, at: Path, check: Check) -> None:
    """The size limit of an emptyDir must not be negative."""
    limit = source.get("sizeLimit")
    if limit is not None and str(limit).lstrip().startswith("-") and str(limit).strip(" -0.") != "":
        check.report(at + "sizeLimit", f'`sizeLimit` is "{limit}", and must not be negative')


@rule("host-path-invalid", on="core/v1 HostPathVolumeSource", source=_HOST_PATH)
def host_path_invalid(source: Tree, at: Path, check: Check) -> None:
    """The path of a hostPath volume must not have `..` in it."""
    path = source.get("path", "")
    if ".." in path.split("/"):
        check.report(at + "path", f'path "{path}" must not have ".." in it')


@rule("image-volume-reference-required", on="core/v1 ImageVolumeSource", source=_VOLUMES + "#image")
def image_volume_reference_required(source: Tree, at: Path, check: Check) -> None:
    """A volume of an image must name the image; in templates, servers before 1.37 overlook that it is missing."""
    if not source.get("reference") and check.at_least("1.35" if is_bare_pod(check) else "1.37"):
        check.report(at + "reference", "an `image` volume has no `reference`", fix="name an image")


@rule("ephemeral-claim-name-invalid", on=POD_SPEC, source=_EPHEMERAL, needs="volumes")
def ephemeral_claim_name_invalid(spec: Tree, at: Path, check: Check) -> None:
    """The claim of an ephemeral volume is named after pod and volume, and the two must make a DNS subdomain."""
    for index, message in _bad_claim_names(spec, check):
        check.report(at + "volumes" + index + "name", message)


def _bad_claim_names(spec: Tree, check: Check) -> Iterator[tuple[int, str]]:
    """Iterate over the volumes whose claim could not be named: their indices, and what is wrong."""
    for index, volume in enumerate(spec.get("volumes", ())):
        if "ephemeral" not in volume:
            continue
        pod, name = _pod_name(check), volume.get("name")
        if pod and name and (fault := subdomain_fault(f"{pod}-{name}")):
            yield index, f'the claim of the volume would be named "{pod}-{name}", and that {fault}'


@rule("volume-name-duplicate", on=POD_SPEC, source=_VOLUMES, needs="volumes")
def volume_name_duplicate(spec: Tree, at: Path, check: Check) -> None:
    """The volumes of a pod must have different names."""
    volumes = spec.get("volumes", ())
    if len(volumes) < 2:
        return
    bad = faulty(at + "volumes", check)
    replaced = _claim_templates(check)
    seen = set()
    for index, volume in enumerate(volumes):
        name = volume.get("name")
        if name in replaced:
            continue
        if name and name in seen:
            check.report(at + "volumes" + index + "name", f'there is another volume named "{name}"')
        elif index not in bad:
            seen.add(name)


@rule("claim-made-for-volume", on=POD_SPEC, source=_EPHEMERAL, needs="volumes")
def claim_made_for_volume(spec: Tree, at: Path, check: Check) -> None:
    """A volume must not use the claim that is going to be made for an ephemeral volume of the same pod."""
    volumes = spec["volumes"]
    ephemeral = [volume.get("name", "") for volume in volumes if "ephemeral" in volume]
    pod = _pod_name(check) if ephemeral else ""
    made = {f"{pod}-{name}" for name in ephemeral if pod}
    for index, volume in enumerate(volumes if made else ()):
        name = volume.get("persistentVolumeClaim", {}).get("claimName")
        if name in made:
            message = f'claim "{name}" will be made for an ephemeral volume of this pod'
            check.report(at + "volumes" + index + "persistentVolumeClaim" + "claimName", message)


def _pod_name(check: Check) -> str:
    """Return the name of the pod, or nothing for a template."""
    return str(metadata_of_pod(check).get("name", ""))
