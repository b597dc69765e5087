"""Containers: names, images, and what init containers and ephemeral containers may not have."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import BLANKS, CONTAINERS, POD_SPEC, is_bare_pod, is_sidecar

_CONTAINER, _EPHEMERAL = CONTAINERS

_PODS = "https://kubernetes.io/docs/concepts/workloads/pods/"
_IMAGES = "https://kubernetes.io/docs/concepts/containers/images/"
_INIT = _PODS + "init-containers/"
_EPHEMERAL_PAGE = _PODS + "ephemeral-containers/"

_PROBES = ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")
_NOT_EPHEMERAL = ("ports", *_PROBES, "resizePolicy", "restartPolicy", "restartPolicyRules")


@rule("container-name-duplicate", on=POD_SPEC, source=_PODS)
def container_name_duplicate(spec: Tree, at: Path, check: Check) -> None:
    """The names of all containers of a pod must differ, init containers included."""
    seen: dict[str, str] = {}
    for field in ("containers", "initContainers", "ephemeralContainers"):
        for index, container in enumerate(spec.get(field, ())):
            name = container.get("name")
            if not name:
                continue
            first = seen.setdefault(name, here := f"{field}[{index}]")
            if first is not here:
                message = f'container name "{name}" is taken by `{first}`'
                check.report(at + field + index + "name", message, fix="give each container its own name")


@rule("container-image-required", on=CONTAINERS, source=_IMAGES, without="image")
def container_image_required(container: Tree, at: Path, check: Check) -> None:
    """Every container must name the image that it runs, in templates too."""
    subject = f'container "{container["name"]}"' if container.get("name") else "a container"
    check.report(at + "image", f"{subject} has no `image`", fix="set `image`")


@rule("container-image-blanks", on=CONTAINERS, source=_IMAGES, needs="image")
def container_image_blanks(container: Tree, at: Path, check: Check) -> None:
    """The image of a Pod's container must not begin or end with blanks; in templates a server overlooks them."""
    image = container.get("image", "")
    if image.strip(BLANKS) != image and (is_bare_pod(check) or at.field == "ephemeralContainers"):
        check.report(at + "image", f'image "{image}" begins or ends with a blank', fix=f'write "{image.strip(BLANKS)}"')


@rule("init-container-probe", on=POD_SPEC, source=_INIT, needs="initContainers")
def init_container_probe(spec: Tree, at: Path, check: Check) -> None:
    """Probes and lifecycle hooks are for init containers that keep running, those with `restartPolicy: Always`."""
    for index, container in enumerate(spec.get("initContainers", ())):
        if is_sidecar(container):
            continue
        for field in _PROBES:
            if field in container and not _is_dropped(field, container[field]):
                message = f"an init container without `restartPolicy: Always` has no use for `{field}`"
                fix = f"remove `{field}`, or set `restartPolicy: Always` to make it a sidecar"
                check.report(at + "initContainers" + index + field, message, fix=fix)


def _is_dropped(field: str, value: Tree) -> bool:
    """Return whether a server forgets the value: a lifecycle of nothing but a stop signal, as long as that is alpha."""
    return field == "lifecycle" and value.keys() == {"stopSignal"}


@rule("ephemeral-containers-at-creation", on=POD_SPEC, source=_EPHEMERAL_PAGE, needs="ephemeralContainers")
def ephemeral_containers_at_creation(spec: Tree, at: Path, check: Check) -> None:
    """Ephemeral containers are added to running pods, as `kubectl debug` does; new Pods and templates have none."""
    if spec.get("ephemeralContainers"):
        what = "a new Pod" if is_bare_pod(check) else "a pod template"
        check.report(at + "ephemeralContainers", f"{what} must not have ephemeral containers", fix="remove them")


@rule("ephemeral-container-field", on=_EPHEMERAL, source=_EPHEMERAL_PAGE)
def ephemeral_container_field(container: Tree, at: Path, check: Check) -> None:
    """An ephemeral container has no ports, resources, probes, lifecycle hooks or restart policies of its own."""
    for field in _NOT_EPHEMERAL:
        if field in container:
            check.report(at + field, f"an ephemeral container must not have `{field}`", fix=f"remove `{field}`")
    if container.get("resources"):
        check.report(at + "resources", "an ephemeral container must not have `resources`", fix="remove `resources`")


@rule("ephemeral-container-sub-path", on=_EPHEMERAL, source=_EPHEMERAL_PAGE, needs="volumeMounts")
def ephemeral_container_sub_path(container: Tree, at: Path, check: Check) -> None:
    """An ephemeral container mounts whole volumes, no paths in them."""
    for index, mount in enumerate(container.get("volumeMounts", ())):
        for field in ("subPath", "subPathExpr"):
            if mount.get(field):
                message = f"an ephemeral container must not mount a `{field}`"
                check.report(at + "volumeMounts" + index + field, message, fix=f"remove `{field}`")


@rule("ephemeral-container-target-unknown", on=POD_SPEC, source=_EPHEMERAL_PAGE, needs="ephemeralContainers")
def ephemeral_container_target_unknown(spec: Tree, at: Path, check: Check) -> None:
    """The target of an ephemeral container must be a container or init container of the pod."""
    for index, container in enumerate(spec.get("ephemeralContainers", ())):
        target = container.get("targetContainerName")
        others = (*spec.get("containers", ()), *spec.get("initContainers", ()))
        if target and not any(other.get("name") == target for other in others):
            check.report(
                at + "ephemeralContainers" + index + "targetContainerName", f'there is no container "{target}"'
            )
