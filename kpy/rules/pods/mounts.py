"""Volumes in containers: mounts and block devices."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import CONTAINERS, POD_SPEC, all_containers, path_fault, quoted
from kpy.rules.pods.volumes import sound_volumes

_MOUNT = "core/v1 VolumeMount"
_DEVICE = "core/v1 VolumeDevice"

_VOLUMES = "https://kubernetes.io/docs/concepts/storage/volumes/"
_SUB_PATH = _VOLUMES + "#using-subpath"
_PROPAGATION = _VOLUMES + "#mount-propagation"
_READ_ONLY = _VOLUMES + "#recursive-read-only-mounts"
_BLOCK = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#raw-block-volume-support"

_PROPAGATIONS = ("None", "HostToContainer", "Bidirectional")
_RECURSIVE = ("Disabled", "Enabled", "IfPossible")

# Their index is not in the path that a server says.


@rule("mount-volume-unknown", on=POD_SPEC, source=_VOLUMES)
def mount_volume_unknown(spec: Tree, at: Path, check: Check) -> None:
    """A mount must name a volume of the pod, and one without a fault."""
    for field, index, container in check.once(all_containers, spec, at):
        for position, mount in enumerate(container.get("volumeMounts", ())):
            name = mount.get("name")
            if name and name not in check.once(sound_volumes, spec, at):
                check.report(at + field + index + "volumeMounts" + position + "name", _unknown(spec, name))


@rule("mount-sub-path-invalid", on=_MOUNT, source=_SUB_PATH)
def mount_sub_path_invalid(mount: Tree, at: Path, check: Check) -> None:
    """The path in a volume must be relative, and have no `..`."""
    for field in ("subPath", "subPathExpr"):
        path = mount.get(field)
        if path and (fault := path_fault(path)):
            check.report(at + field, f'`{field}` "{path}" {fault}', field=at.parent + field)


@rule("mount-sub-path-ambiguous", on=_MOUNT, source=_SUB_PATH, needs="subPathExpr")
def mount_sub_path_ambiguous(mount: Tree, at: Path, check: Check) -> None:
    """The path in a volume is either literal or an expression."""
    if mount.get("subPath") and mount.get("subPathExpr"):
        check.report(at + "subPathExpr", "a mount has both `subPath` and `subPathExpr`", fix="keep one of them")


@rule("mount-propagation-unsupported", on=_MOUNT, source=_PROPAGATION, needs="mountPropagation")
def mount_propagation_unsupported(mount: Tree, at: Path, check: Check) -> None:
    """Mounts propagate from the node (HostToContainer), both ways (Bidirectional), or not (None)."""
    value = mount.get("mountPropagation", "None")
    if value not in _PROPAGATIONS:
        message = f'`mountPropagation` is "{value}"; it must be {quoted(_PROPAGATIONS)}'
        check.report(at + "mountPropagation", message, field=at.parent + "mountPropagation")


@rule("mount-propagation-unprivileged", on=CONTAINERS, source=_PROPAGATION, needs="volumeMounts")
def mount_propagation_unprivileged(container: Tree, at: Path, check: Check) -> None:
    """Only a privileged container may propagate its mounts to the node."""
    if container.get("securityContext", {}).get("privileged"):
        return
    for index, mount in enumerate(container.get("volumeMounts", ())):
        if mount.get("mountPropagation") == "Bidirectional":
            message = "only a privileged container may use the mount propagation Bidirectional"
            fix = "use HostToContainer, or set `securityContext.privileged`"
            mounts = at + "volumeMounts"
            place = mounts + index + "mountPropagation"
            check.report(place, message, fix=fix, field=mounts + "mountPropagation")


@rule("mount-recursive-read-only-unsupported", on=_MOUNT, source=_READ_ONLY, needs="recursiveReadOnly")
def mount_recursive_read_only_unsupported(mount: Tree, at: Path, check: Check) -> None:
    """Whether mounts below a mount are read-only too is Disabled, Enabled or IfPossible."""
    value = mount["recursiveReadOnly"]
    if value not in _RECURSIVE and check.at_least("1.31"):
        message = f'`recursiveReadOnly` is "{value}"; it must be {quoted(_RECURSIVE)}'
        check.report(at + "recursiveReadOnly", message, field=at.parent + "recursiveReadOnly")


@rule("mount-recursive-read-only-conflict", on=_MOUNT, source=_READ_ONLY, needs="recursiveReadOnly")
def mount_recursive_read_only_conflict(mount: Tree, at: Path, check: Check) -> None:
    """A mount that is recursively read-only must be read-only, and must not propagate."""
    if mount["recursiveReadOnly"] not in ("Enabled", "IfPossible") or not check.at_least("1.31"):
        return
    place, server_field = at + "recursiveReadOnly", at.parent + "recursiveReadOnly"
    if not mount.get("readOnly"):
        check.report(place, "`recursiveReadOnly` is for mounts with `readOnly: true`", field=server_field)
    if mount.get("mountPropagation", "None") != "None":
        check.report(place, "`recursiveReadOnly` is for mounts that do not propagate", field=server_field)


@rule("mount-and-device", on=CONTAINERS, source=_BLOCK, needs="volumeDevices")
def mount_and_device(container: Tree, at: Path, check: Check) -> None:
    """A volume is either mounted or a block device, and no path is both."""
    mounts = {mount.get("name", ""): mount.get("mountPath", "") for mount in container.get("volumeMounts", ())}
    devices = {device.get("name", ""): device.get("devicePath", "") for device in container.get("volumeDevices", ())}
    if not mounts or not devices:
        return
    for field, path_field, others in (
        ("volumeMounts", "mountPath", devices),
        ("volumeDevices", "devicePath", mounts),
    ):
        other = "volumeDevices" if others is devices else "volumeMounts"
        for index, item in enumerate(container[field]):
            name, path = item.get("name", ""), item.get(path_field, "")
            if name and name in others:
                check.report(at + field + index + "name", f'volume "{name}" is also in `{other}`')
            if path and path in others.values():
                check.report(at + field + index + path_field, f'"{path}" is also in `{other}`')


@rule("device-path-invalid", on=_DEVICE, source=_BLOCK)
def device_path_invalid(device: Tree, at: Path, check: Check) -> None:
    """The path of a block device has no `..`."""
    path = device.get("devicePath", "")
    if ".." in path.split("/"):
        check.report(at + "devicePath", f'"{path}" must not have ".." in it')


@rule("device-duplicate", on=CONTAINERS, source=_BLOCK, needs="volumeDevices")
def device_duplicate(container: Tree, at: Path, check: Check) -> None:
    """The block devices of a container have different volumes and different paths."""
    for field in ("name", "devicePath"):
        seen = set()
        for index, device in enumerate(container.get("volumeDevices", ())):
            value = device.get(field)
            if value and value in seen:
                check.report(at + "volumeDevices" + index + field, f'"{value}" is taken by another block device')
            if field == "name" or ".." not in (value or "").split("/"):
                seen.add(value)


@rule("device-volume-unknown", on=POD_SPEC, source=_BLOCK)
def device_volume_unknown(spec: Tree, at: Path, check: Check) -> None:
    """A block device must name a volume of the pod, and one without a fault."""
    for where, name in check.once(_devices, spec, at):
        if name not in check.once(sound_volumes, spec, at):
            check.report(where + "name", _unknown(spec, name))


@rule("device-volume-not-block", on=POD_SPEC, source=_BLOCK)
def device_volume_not_block(spec: Tree, at: Path, check: Check) -> None:
    """Only a claim, or a volume made from a claim template, can be a block device."""
    for where, name in check.once(_devices, spec, at):
        volume = check.once(sound_volumes, spec, at).get(name)
        if volume is not None and "persistentVolumeClaim" not in volume and "ephemeral" not in volume:
            check.report(where + "name", f'volume "{name}" is not a claim, so it cannot be a block device')


def _devices(spec: Tree, at: Path, check: Check) -> list[tuple[Path, str]]:
    """Return the block devices that name a volume, each with its path and that name."""
    return [
        (at + field + index + "volumeDevices" + position, device["name"])
        for field, index, container in check.once(all_containers, spec, at)
        if "volumeDevices" in container
        for position, device in enumerate(container["volumeDevices"])
        if device.get("name")
    ]


def _unknown(spec: Tree, name: str) -> str:
    if any(volume.get("name") == name for volume in spec.get("volumes", ())):
        return f'volume "{name}" cannot be used, for it has a fault of its own'
    return f'the pod has no volume "{name}"'
