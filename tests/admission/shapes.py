"""Short ways to say policies, bindings and the objects that they judge."""

from __future__ import annotations

from typing import Any

import kpy

DEPLOYMENTS = {
    "resourceRules": [
        {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["deployments"]}
    ]
}


def policy(*validations: dict[str, Any], kind: str = "Validating", **spec: Any) -> dict[str, Any]:
    said = {"matchConstraints": DEPLOYMENTS, **({"validations": list(validations)} if validations else {}), **spec}
    return _object("admissionregistration.k8s.io/v1", f"{kind}AdmissionPolicy", {"name": "p"}, spec=said)


def binding(kind: str = "Validating", **spec: Any) -> dict[str, Any]:
    said = {"policyName": "p", **({"validationActions": ["Deny"]} if kind == "Validating" else {}), **spec}
    return _object("admissionregistration.k8s.io/v1", f"{kind}AdmissionPolicyBinding", {"name": "b"}, spec=said)


def mutation(expression: str, **spec: Any) -> dict[str, Any]:
    """Return a policy with an apply configuration, or with a patch where the expression is a list."""
    word = "jsonPatch" if expression.startswith("[") or "JSONPatch" in expression else "applyConfiguration"
    kind = word[0].upper() + word[1:] if word == "applyConfiguration" else "JSONPatch"
    mutations = [{"patchType": kind, word: {"expression": expression}}]
    return policy(kind="Mutating", **{"mutations": mutations, "reinvocationPolicy": "Never", **spec})


def deployment(name: str = "web", namespace: str = "", **spec: Any) -> dict[str, Any]:
    labels = {"app": "web"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "example.org/web:1.2"}]}}
    metadata = {"name": name, "labels": labels, **({"namespace": namespace} if namespace else {})}
    return _object(
        "apps/v1", "Deployment", metadata, spec={"selector": {"matchLabels": labels}, "template": pod, **spec}
    )


def config(name: str, metadata: dict[str, Any] | None = None, **data: str) -> dict[str, Any]:
    return _object("v1", "ConfigMap", {"name": name, **(metadata or {})}, data=data)


def namespace(name: str, **labels: str) -> dict[str, Any]:
    return _object("v1", "Namespace", {"name": name, "labels": labels})


def said(documents: list[dict[str, Any]], rule: str, **more: Any) -> list[str]:
    """Return the messages of a rule; nothing may be wrong with the policies themselves."""
    report = kpy.validate(documents, kubernetes="1.36", **more)
    wrong = [found for found in report.errors if found.family != "admission"]
    assert wrong == []
    return [found.message for found in report if found.rule == rule]


def _object(version: str, kind: str, metadata: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **more}
