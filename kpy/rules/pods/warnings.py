"""What a server takes in a pod, but warns of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.amounts import thousandths
from kpy.rules.pods.parts import CONTAINER_LISTS, POD_SPEC, all_containers, is_bare_pod, spec_around
from kpy.syntax.formats import label_fault, label_value_fault, subdomain_fault

_POD: Final = "core/v1 Pod"
_CONTAINER: Final = ("core/v1 Container", "core/v1 EphemeralContainer")
_SPREAD: Final = "core/v1 TopologySpreadConstraint"
_TERM: Final = "core/v1 PodAffinityTerm"

_VOLUMES: Final = "https://kubernetes.io/docs/concepts/storage/volumes/"
_DNS: Final = "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/"
_PORTS: Final = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports"
_RESOURCES: Final = "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/"
_NODES: Final = "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/"
_ENV: Final = "https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/"


@rule("pod-name-not-label", on=_POD, source=_DNS, severity="warning", needs="metadata")
def pod_name_not_label(pod: Tree, at: Path, check: Check) -> None:
    """The name of a Pod becomes its host name: one that is not a DNS label is not what the pod will see."""
    name = pod["metadata"].get("name", "")
    if not subdomain_fault(name) and (fault := label_fault(name)):
        check.report(at + "metadata" + "name", f'Pod name "{name}" becomes a host name, which {fault}')


@rule("node-preference-value", on="core/v1 PreferredSchedulingTerm", source=_NODES, severity="warning")
def node_preference_value(term: Tree, at: Path, check: Check) -> None:
    """A preferred node is compared with values that no label can have: nothing will match."""
    for index, requirement in enumerate(term.get("preference", {}).get("matchExpressions", ())):
        for position, value in enumerate(requirement.get("values", ())):
            if fault := label_value_fault(value):
                where = at + "preference" + "matchExpressions" + index + "values" + position
                check.report(where, f'value "{value}" {fault}')


@rule("label-selector-missing", on=(_SPREAD, _TERM), source=_NODES, severity="warning")
def label_selector_missing(term: Tree, at: Path, check: Check) -> None:
    """Without a label selector a spread constraint or affinity is about no pod at all."""
    if "labelSelector" not in term:
        check.report(
            at + "labelSelector", "there is no `labelSelector`, so no pod matches", fix="add one; {} is for all"
        )


@rule(
    "volume-paths-overlap",
    on="core/v1 Volume",
    source=_VOLUMES,
    severity="warning",
    needs=("configMap", "secret", "downwardAPI", "projected"),
)
def volume_paths_overlap(volume: Tree, at: Path, check: Check) -> None:
    """Two files of a volume have the same path, or one is where the other needs a folder."""
    root = _Folder()
    for path, origin in _file_paths(volume):
        if (other := _place(root, path, origin)) is not None:
            check.report(at, f'paths "{path}"{origin} and "{other[0]}"{other[1]} of the volume overlap')


class _Folder(dict[str, "_Folder"]):
    """A folder of a volume, or a file in it; the first file at or below it, with words for where it is from."""

    __slots__ = ("file", "is_file")

    def __init__(self, file: tuple[str, str] | None = None) -> None:
        super().__init__()
        self.file = file
        self.is_file = False


def _place(root: _Folder, path: str, origin: str) -> tuple[str, str] | None:
    """Put a file into its folder; return a file that is in its way."""
    folder, file = root, (path, origin)
    for name in path.split("/"):
        if folder.is_file:
            return folder.file
        folder = folder.setdefault(name, _Folder(file))
    if folder.file is not file:
        return folder.file
    folder.is_file = True
    return None


def _file_paths(volume: Tree) -> Iterator[tuple[str, str]]:
    """Iterate over the paths of files in a volume, each with words for where it is from."""
    for name in ("configMap", "secret", "downwardAPI"):
        for item in volume.get(name, {}).get("items", ()):
            if path := item.get("path", "").rstrip("/"):
                yield path, ""
    for source in volume.get("projected", {}).get("sources", ()):
        for name, projection in source.items():
            items = [projection] if name == "serviceAccountToken" else projection.get("items", ())
            for item in items:
                if path := item.get("path", "").rstrip("/"):
                    yield path, f" ({name})"


@rule("projected-source-empty", on="core/v1 VolumeProjection", source=_VOLUMES + "#projected", severity="warning")
def projected_source_empty(source: Tree, at: Path, check: Check) -> None:
    """An element of `sources` that names no source does nothing."""
    if not source:
        check.report(at, "an element of `sources` names no source", fix="remove it")


@rule("host-alias-duplicate", on=POD_SPEC, source=_DNS, severity="warning", needs="hostAliases")
def host_alias_duplicate(spec: Tree, at: Path, check: Check) -> None:
    """Two host aliases have the same IP address: with server-side apply the second replaces the first."""
    _report_repeated(spec, "hostAliases", "ip", at, check)


@rule("pull-secret-duplicate", on=POD_SPEC, source=_RESOURCES, severity="warning", needs="imagePullSecrets")
def pull_secret_duplicate(spec: Tree, at: Path, check: Check) -> None:
    """A Secret to pull images is named twice."""
    _report_repeated(spec, "imagePullSecrets", "name", at, check)


def _report_repeated(spec: Tree, name: str, key: str, at: Path, check: Check) -> None:
    seen = set()
    for index, item in enumerate(spec[name]):
        value = item.get(key, "")
        if value in seen:
            check.report(at + name + index + key, f'`{key}` "{value}" is there twice in `{name}`', fix="merge the two")
        seen.add(value)


@rule("pull-secret-unnamed", on=POD_SPEC, source=_RESOURCES, severity="warning", needs="imagePullSecrets")
def pull_secret_unnamed(spec: Tree, at: Path, check: Check) -> None:
    """A Secret to pull images has no name."""
    for index, secret in enumerate(spec["imagePullSecrets"]):
        if not secret.get("name"):
            check.report(
                at + "imagePullSecrets" + index + "name", "a Secret to pull images has no `name`", fix="set it"
            )


@rule(
    "bytes-fractional",
    on=(POD_SPEC, "core/v1 ResourceRequirements"),
    source=_RESOURCES,
    severity="warning",
    needs=("limits", "requests", "overhead"),
)
def bytes_fractional(value: Tree, at: Path, check: Check) -> None:
    """Memory and storage are counted in whole bytes; `100m` means a tenth of a byte."""
    for side in ("limits", "requests", "overhead"):
        amounts = value.get(side, {})
        for name in ("memory", "ephemeral-storage"):
            if name in amounts and thousandths(amounts[name]) % 1000 and _is_of_container(side, at):
                message = f"{amounts[name]} of {name} is not a whole number of bytes"
                check.report((at + side).key(name), message, fix="use M or Mi for megabytes")


def _is_of_container(side: str, at: Path) -> bool:
    """Return whether the resources are those of a container, or the overhead of a pod."""
    return at.field != "resources" if side == "overhead" else at.parent.field in CONTAINER_LISTS


@rule("env-hidden", on=_CONTAINER, source=_ENV, severity="warning", needs="env")
def env_hidden(container: Tree, at: Path, check: Check) -> None:
    """A variable that is defined twice hides its first value, and server-side apply refuses it."""
    if len(container["env"]) < 2:
        return
    seen = set()
    for index, variable in enumerate(container["env"]):
        name, value = variable.get("name", ""), variable.get("value", "")
        itself = f"$({name})"
        if name in seen and ("valueFrom" in variable or value == itself or itself not in value):
            message = f'environment variable "{name}" is defined before'
            topic = "env", at.steps, name
            check.report(at + "env" + index, message, fix="keep one definition", topic=topic)
        seen.add(name)


@rule("host-address-without-port", on="core/v1 ContainerPort", source=_PORTS, severity="warning", needs="hostIP")
def host_address_without_port(port: Tree, at: Path, check: Check) -> None:
    """An address of the node without a port of the node does nothing."""
    is_filled_in = is_bare_pod(check) and spec_around(at, check).get("hostNetwork")
    if port["hostIP"] and not port.get("hostPort") and not is_filled_in:
        check.report(at, "`hostIP` is set, but no `hostPort`", fix="set `hostPort`, or remove `hostIP`")


@rule("port-repeated", on=POD_SPEC, source=_PORTS, severity="warning")
def port_repeated(spec: Tree, at: Path, check: Check) -> None:
    """Two ports of a pod have the same number and protocol: one of them, or both, may not work."""
    seen: dict[tuple[int, str], list[tuple[str, int]]] = {}
    for place, port in check.once(_ports, spec, at):
        here = (port.get("hostIP", ""), port.get("hostPort", 0))
        others = seen.setdefault((port.get("containerPort", 0), port.get("protocol") or "TCP"), [])
        if any(_is_unclear(here, other) for other in others):
            shown = f"{port.get('containerPort', 0)} ({port.get('protocol') or 'TCP'})"
            check.report(place, f"port {shown} is defined before in this pod", fix="keep one definition")
        others.append(here)


def _is_unclear(one: tuple[str, int], other: tuple[str, int]) -> bool:
    same_port = one[1] == other[1]
    return one == other or not one[1] or not other[1] or (same_port and bool(one[0]) != bool(other[0]))


@rule("port-name-repeated", on=POD_SPEC, source=_PORTS, severity="warning")
def port_name_repeated(spec: Tree, at: Path, check: Check) -> None:
    """Services and probes that name a port mean the first one of the pod with this name."""
    seen = set()
    for place, port in check.once(_ports, spec, at):
        name = port.get("name")
        if name and name in seen:
            check.report(
                place, f'another port of this pod is named "{name}", and meant by it', fix="rename one of them"
            )
        seen.add(name)


def _ports(spec: Tree, at: Path, check: Check) -> list[tuple[Path, Tree]]:
    """Return the ports of all containers of a pod that has several."""
    with_ports = [one for one in check.once(all_containers, spec, at) if "ports" in one[2]]
    if sum(len(container["ports"]) for _, _, container in with_ports) < 2:
        return []
    return [
        (at + field + index + "ports" + position, port)
        for field, index, container in with_ports
        for position, port in enumerate(container["ports"])
    ]


@rule("grace-period-negative", on=POD_SPEC, source=_PORTS, severity="warning", needs="terminationGracePeriodSeconds")
def grace_period_negative(spec: Tree, at: Path, check: Check) -> None:
    """A negative time to end counts as one second."""
    seconds = spec["terminationGracePeriodSeconds"]
    if seconds < 0 and not is_bare_pod(check):
        message = f"`terminationGracePeriodSeconds` is {seconds}, and counts as 1"
        check.report(at + "terminationGracePeriodSeconds", message, fix="use 0 or more")
