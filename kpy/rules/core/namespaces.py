"""Namespaces: their labels for pod security and their finalizers."""

from __future__ import annotations

import re
from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.formats import qualified_name_fault

__all__: list[str] = []

_NAMESPACE: Final = "core/v1 Namespace"
_STANDARDS: Final = "https://kubernetes.io/docs/concepts/security/pod-security-admission/"
_FINALIZERS: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/"
_MODES: Final = ("enforce", "audit", "warn")
_LEVELS: Final = ("privileged", "baseline", "restricted")
_VERSION: Final = re.compile(r"latest|v1\.(0|[1-9][0-9]*)", re.ASCII)


@rule("pod-security-level", on=_NAMESPACE, source=_STANDARDS)
def pod_security_level(namespace: Tree, at: Path, check: Check) -> None:
    """The labels for pod security take one of the levels `privileged`, `baseline` and `restricted`."""
    labels = namespace.get("metadata", {}).get("labels", {})
    for mode in _MODES:
        key = f"pod-security.kubernetes.io/{mode}"
        if key in labels and labels[key] not in _LEVELS:
            message = f'the label `{key}` is "{labels[key]}"; it must be one of {", ".join(_LEVELS)}'
            check.report((at + "metadata" + "labels").key(key), message)


@rule("pod-security-version", on=_NAMESPACE, source=_STANDARDS)
def pod_security_version(namespace: Tree, at: Path, check: Check) -> None:
    """The labels for the version of the pod security levels take `latest` or a release such as `v1.36`."""
    labels = namespace.get("metadata", {}).get("labels", {})
    for mode in _MODES:
        key = f"pod-security.kubernetes.io/{mode}-version"
        if key in labels and not _VERSION.fullmatch(labels[key]):
            message = f'the label `{key}` is "{labels[key]}"; it must be "latest" or a release such as "v1.36"'
            check.report((at + "metadata" + "labels").key(key), message)


@rule("namespace-finalizer", on=_NAMESPACE, source=_FINALIZERS)
def namespace_finalizer(namespace: Tree, at: Path, check: Check) -> None:
    """The finalizers of a namespace's spec have a domain, but for those of Kubernetes itself."""
    for index, name in enumerate(namespace.get("spec", {}).get("finalizers", ())):
        place = at + "spec" + "finalizers"
        fault = qualified_name_fault(name)
        if fault is None and "/" not in name and name not in ("kubernetes", "orphan", "foregroundDeletion"):
            fault = "has no domain"
        if fault:
            check.report(place + index, f'finalizer "{name}" {fault}', field=place)
