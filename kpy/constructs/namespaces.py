"""Namespaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from kpy.constructs.fields.namespace import NamespaceFields
from kpy.constructs.object import Home, Object
from kpy.model.plain import Sink

__all__ = ["Namespace"]

SecurityLevel = Literal["privileged", "baseline", "restricted"]
SecurityMode = Literal["enforce", "audit", "warn", "enforce-version", "audit-version", "warn-version"]


class Namespace(NamespaceFields, Object):
    """A namespace, the scope of most names.

        namespace = chart.add(Namespace("shop", pod_security="restricted"))

    https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
    """

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "Namespace"
    _homes: ClassVar[tuple[Home, ...]] = ((NamespaceFields, ("spec",)),)

    pod_security: SecurityLevel | Mapping[SecurityMode, str] | None = None
    """The Pod Security Standard that pods in it must meet: short for the label `pod-security.kubernetes.io/enforce`. A
    mapping says more: `{"enforce": "baseline", "warn": "restricted", "enforce-version": "v1.34"}`.
    https://kubernetes.io/docs/concepts/security/pod-security-admission/"""

    def _finish(self, tree: dict[str, Any], sink: Sink) -> None:
        if not tree.get("spec", True):
            del tree["spec"]
        if self.pod_security is not None:
            labels = tree["metadata"].setdefault("labels", {})
            modes = {"enforce": self.pod_security} if isinstance(self.pod_security, str) else self.pod_security
            labels.update({f"pod-security.kubernetes.io/{mode}": level for mode, level in modes.items()})
