"""Annotations of pods that a server reads: old ways to say what has a field now, and a few others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import containers, path_fault
from kpy.syntax.formats import label_key_fault, label_value_fault

_PODS = ("core/v1 Pod", "core/v1 PodTemplateSpec")

_PAGE = "https://kubernetes.io/docs/reference/labels-annotations-taints/"
_SECCOMP_PAGE = _PAGE + "#seccomp-security-alpha-kubernetes-io-pod"
_APP_ARMOR_PAGE = _PAGE + "#container-apparmor-security-beta-kubernetes-io"

MIRROR = "kubernetes.io/config.mirror"
TOLERATIONS = "scheduler.alpha.kubernetes.io/tolerations"
DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
POD_SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"
SECCOMP = "container.seccomp.security.alpha.kubernetes.io/"
APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"

_COST = re.compile(r"-[0-9]+|0|[1-9][0-9]*", re.ASCII)
_SECCOMP_TYPES = {"unconfined": "Unconfined", "runtime/default": "RuntimeDefault", "docker/default": "RuntimeDefault"}
_APP_ARMOR_TYPES = {"unconfined": "Unconfined", "runtime/default": "RuntimeDefault"}
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_OLD_ANNOTATIONS = {
    "scheduler.alpha.kubernetes.io/critical-pod": "priorityClassName",
    "security.alpha.kubernetes.io/sysctls": "securityContext.sysctls",
    "security.alpha.kubernetes.io/unsafe-sysctls": "securityContext.sysctls",
}


def annotations_of(pod: Tree) -> Mapping[str, str]:
    """Return the annotations of a Pod or template."""
    annotations: Mapping[str, str] = pod["metadata"].get("annotations", {})
    return annotations


@rule("mirror-pod-without-node", on=_PODS, source=_PAGE + "#kubernetes-io-config-mirror", needs="metadata.annotations")
def mirror_pod_without_node(pod: Tree, at: Path, check: Check) -> None:
    """A mirror of a static pod is on a node already, and must name it."""
    if MIRROR in annotations_of(pod) and not pod.get("spec", {}).get("nodeName"):
        message = "a mirror pod must have `spec.nodeName`"
        _report(at, MIRROR, message, "remove the annotation, which is for kubelets", check)


@rule(
    "mirror-pod-claims", on="core/v1 Pod", source=_PAGE + "#kubernetes-io-config-mirror", needs="metadata.annotations"
)
def mirror_pod_claims(pod: Tree, at: Path, check: Check) -> None:
    """Static pods, which mirror pods stand for, have no resource claims."""
    if MIRROR in annotations_of(pod) and pod.get("spec", {}).get("resourceClaims") and check.at_least("1.34"):
        check.report(at + "spec" + "resourceClaims", "a mirror pod must not have resource claims")


@rule("pod-deletion-cost-invalid", on=_PODS, source=_PAGE + "#pod-deletion-cost", needs="metadata.annotations")
def pod_deletion_cost_invalid(pod: Tree, at: Path, check: Check) -> None:
    """The cost of deleting a pod is an integer of 32 bits, without a plus sign or leading zeros."""
    cost = annotations_of(pod).get(DELETION_COST)
    if cost is not None and not (_COST.fullmatch(cost) and -(2**31) <= int(cost) < 2**31):
        _report(at, DELETION_COST, f'"{cost}" is not a 32-bit integer', "", check)


@rule("seccomp-annotation-invalid", on=_PODS, source=_SECCOMP_PAGE, needs="metadata.annotations")
def seccomp_annotation_invalid(pod: Tree, at: Path, check: Check) -> None:
    """The old annotations for seccomp are unconfined, runtime/default or localhost/ and a path."""
    for key, value in annotations_of(pod).items():
        if key != POD_SECCOMP and not key.startswith(SECCOMP):
            continue
        before, slash, file = value.partition("localhost/")
        fault = path_fault(file) if slash and not before else "is not a seccomp profile"
        if value not in _SECCOMP_TYPES and fault:
            _report(at, key, f'"{value}" {fault}', "use the field `seccompProfile`", check)


@rule("apparmor-annotation-invalid", on=_PODS, source=_APP_ARMOR_PAGE, needs="metadata.annotations")
def apparmor_annotation_invalid(pod: Tree, at: Path, check: Check) -> None:
    """The old annotations for AppArmor are unconfined, runtime/default or localhost/ and a name."""
    for key, value in annotations_of(pod).items():
        if key.startswith(APP_ARMOR) and value not in ("", *_APP_ARMOR_TYPES) and not value.startswith("localhost/"):
            _report(at, key, f'"{value}" is not an AppArmor profile', "use the field `appArmorProfile`", check)


@rule("apparmor-annotation-container-unknown", on=_PODS, source=_APP_ARMOR_PAGE, needs="metadata.annotations")
def apparmor_annotation_container_unknown(pod: Tree, at: Path, check: Check) -> None:
    """An old annotation for AppArmor must name a container of the pod."""
    keys = [key for key in annotations_of(pod) if key.startswith(APP_ARMOR)]
    names = {container.get("name", "") for _, _, container in containers(pod.get("spec", {}))} if keys else ()
    for key in keys:
        if key.removeprefix(APP_ARMOR) not in names:
            message = f'the pod has no container "{key.removeprefix(APP_ARMOR)}"'
            _report(at, key, message, "use the field `appArmorProfile`", check)


@rule("seccomp-annotation-conflict", on=_PODS, source=_SECCOMP_PAGE, needs="metadata.annotations")
def seccomp_annotation_conflict(pod: Tree, at: Path, check: Check) -> None:
    """Where there is an old annotation for seccomp and a field, they must say the same."""
    annotations = annotations_of(pod)
    if not annotations:
        return
    for key, owner, where in _owners(pod, at + "spec", POD_SECCOMP, SECCOMP):
        profile = owner.get("securityContext", {}).get("seccompProfile")
        if key in annotations and profile is not None:
            fault = _conflict(annotations[key], profile, _SECCOMP_TYPES)
            _report_conflict(where + "securityContext" + "seccompProfile", fault, key, check)


@rule("apparmor-annotation-conflict", on=_PODS, source=_APP_ARMOR_PAGE, needs="metadata.annotations")
def apparmor_annotation_conflict(pod: Tree, at: Path, check: Check) -> None:
    """Where there is an old annotation for AppArmor and a field, they must say the same."""
    spec = pod.get("spec", {})
    annotations = annotations_of(pod)
    if spec.get("os", {}).get("name") == "windows" or not any(key.startswith(APP_ARMOR) for key in annotations):
        return
    for key, owner, where in _owners(pod, at + "spec", "", APP_ARMOR):
        own = owner.get("securityContext", {}).get("appArmorProfile")
        if key not in annotations or (own is None and check.kind == "Pod" and _is_profile(annotations[key])):
            continue  # a server copies the annotation of a bare Pod into the field
        profile = own or spec.get("securityContext", {}).get("appArmorProfile")
        if profile is not None:
            fault = _conflict(annotations[key], profile, _APP_ARMOR_TYPES)
            _report_conflict(where + "securityContext" + "appArmorProfile", fault, key, check)


def _owners(pod: Tree, at: Path, pod_key: str, prefix: str) -> Iterator[tuple[str, Tree, Path]]:
    """Iterate over the pod spec and its containers, each with the annotation for it."""
    spec = pod.get("spec", {})
    if pod_key:
        yield pod_key, spec, at
    for field, index, container in containers(spec):
        yield prefix + container.get("name", ""), container, at + field + index


def _is_profile(value: str) -> bool:
    name = value.removeprefix("localhost/")
    return value in _APP_ARMOR_TYPES or (name != value and name.strip() == name != "" and len(name) <= 4095)


def _conflict(value: str, profile: Tree, types: dict[str, str]) -> str | None:
    """Return the field of the profile that the annotation contradicts."""
    kind = profile.get("type")
    if kind in ("Unconfined", "RuntimeDefault"):
        return None if types.get(value) == kind else "type"
    if kind == "Localhost":
        if not value.startswith("localhost/"):
            return "type"
        return None if profile.get("localhostProfile") == value.removeprefix("localhost/") else "localhostProfile"
    return None


def _report_conflict(at: Path, field: str | None, key: str, check: Check) -> None:
    if field is not None:
        check.report(at + field, f'`{field}` is not what the annotation "{key}" says', fix="remove the annotation")


@rule("tolerations-annotation-invalid", on=_PODS, source=_PAGE, needs="metadata.annotations")
def tolerations_annotation_invalid(pod: Tree, at: Path, check: Check) -> None:
    """The old annotation for tolerations must be a JSON list of valid ones."""
    text = annotations_of(pod).get(TOLERATIONS)
    if text and (fault := _tolerations_fault(text)):
        _report(at, TOLERATIONS, fault, "use the field `tolerations`", check)


def _tolerations_fault(text: str) -> str | None:
    try:
        values = json.loads(text)
    except ValueError:
        return "the annotation is not JSON"
    if values is None:
        return None
    if not isinstance(values, list) or not all(value is None or isinstance(value, dict) for value in values):
        return "the annotation is not a list of tolerations"
    faults = (_toleration_fault(value or {}) for value in values)
    return next((fault for fault in faults if fault), None)


def _toleration_fault(value: dict[str, Any]) -> str | None:
    fields = {name.lower(): item for name, item in value.items()}
    key, operator, compared, effect = (str(fields.get(name) or "") for name in ("key", "operator", "value", "effect"))
    if key and (fault := label_key_fault(key)):
        return f'key "{key}" {fault}'
    if not key and operator != "Exists":
        return "a toleration without a `key` must have the operator Exists"
    if operator not in ("", "Equal", "Exists"):
        return f'`operator` is "{operator}"; it must be "Equal" or "Exists"'
    if operator == "Exists" and compared:
        return "with the operator Exists there is no `value`"
    if operator != "Exists" and (fault := label_value_fault(compared)):
        return f'value "{compared}" {fault}'
    if fields.get("tolerationseconds") is not None and effect != "NoExecute":
        return "`tolerationSeconds` needs the effect NoExecute"
    return f'`effect` is "{effect}"' if effect and effect not in _EFFECTS else None


def _report(at: Path, key: str, message: str, fix: str, check: Check) -> None:
    """Report an annotation of the Pod or template at this place; a server leaves out the metadata of a template."""
    place = at + "metadata" + "annotations"
    server_field = at + "annotations" if at.field == "template" else place
    check.report(place.key(key), message, fix=fix, field=server_field.key(key))


@rule("pod-annotation-deprecated", on=_PODS, source=_PAGE, severity="warning", needs="metadata.annotations")
def pod_annotation_deprecated(pod: Tree, at: Path, check: Check) -> None:
    """Some annotations have fields instead, and do nothing any more."""
    for key in annotations_of(pod):
        if field := _OLD_ANNOTATIONS.get(key):
            _report_annotation(at, key, field, check)


@rule("security-annotation-deprecated", on=_PODS, source=_PAGE, severity="warning", needs="metadata.annotations")
def security_annotation_deprecated(pod: Tree, at: Path, check: Check) -> None:
    """Profiles for seccomp and AppArmor have fields; the annotations for seccomp do nothing since 1.27."""
    annotations, spec = annotations_of(pod), pod.get("spec", {})
    if not annotations:
        return
    context = spec.get("securityContext", {})
    if POD_SECCOMP in annotations and "seccompProfile" not in context and check.at_least("1.27"):
        _report_annotation(at, POD_SECCOMP, "seccompProfile", check)
    for _, _, container in containers(spec):
        own = container.get("securityContext", {})
        name = container.get("name", "")
        if SECCOMP + name in annotations and "seccompProfile" not in own and check.at_least("1.27"):
            _report_annotation(at, SECCOMP + name, "seccompProfile", check)
        given = {"appArmorProfile"} & {*own, *context}
        if APP_ARMOR + name in annotations and not given and check.at_least("1.30"):
            _report_annotation(at, APP_ARMOR + name, "appArmorProfile", check)


def _report_annotation(at: Path, key: str, field: str, check: Check) -> None:
    place = (at + "metadata" + "annotations").key(key)
    check.report(place, f'annotation "{key}" is deprecated', fix=f"use the field `{field}`")
