"""An object with an error counts for all others: one mistake, one finding."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from kpy.documents import read_documents
from kpy.validation import validate

_SHOP = """
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: robot
      terminationGracePeriodSeconds: 30
      containers:
        - name: web
          image: web:1
          ports: [{name: http, containerPort: 8080}]
          env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: config, key: level}}}]
          resources: {requests: {cpu: 100m}}
          livenessProbe: {httpGet: {port: http}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: config, namespace: shop}
data: {level: info}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot, namespace: shop}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  defaultBackend: {service: {name: web, port: {name: http}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: http}]}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}
subjects: [{kind: ServiceAccount, name: robot, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: web, namespace: shop}
rules: [{apiGroups: [apps], resources: [deployments], verbs: [get]}]
"""

_POD = (1, "spec", "template", "spec")
_CONTAINER = (*_POD, "containers", 0)


def _shop() -> list[dict[str, Any]]:
    return [document.tree for document in read_documents(_SHOP).documents]


def _rules(documents: list[Any]) -> list[str]:
    return [found.rule for found in validate(documents)]


def _with(documents: list[Any], at: tuple[str | int, ...], value: object) -> list[Any]:
    """Return the documents with another value at a place; a name that begins with `-` takes the field away."""
    changed: Any = deepcopy(documents)
    node = changed
    for step in at[:-1]:
        node = node[step]
    last = at[-1]
    if isinstance(last, str) and last.startswith("-"):
        held = node.pop(last[1:])
        if isinstance(value, str):
            node[value] = held
    else:
        node[last] = value
    return changed


def test_shop_is_sound() -> None:
    assert _rules(_shop()) == []


@pytest.mark.parametrize(
    ("at", "value", "rule"),
    [
        ((*_POD, "terminationGracePeriodSeconds"), "30", "wrong-type"),
        ((*_CONTAINER, "resources", "requests", "memory"), "128MB", "bad-quantity"),
        ((*_CONTAINER, "resources", "requests", "cpu"), "1core", "bad-quantity"),
        ((*_CONTAINER, "resources"), "1", "wrong-type"),
        ((*_CONTAINER, "-resources"), "resource", "unknown-field"),
        ((*_CONTAINER, "ports", 0, "containerPort"), "8080", "wrong-type"),
        ((*_CONTAINER, "ports", 0, "-name"), "nmae", "unknown-field"),
        ((*_CONTAINER, "-ports"), "prots", "unknown-field"),
        ((*_CONTAINER, "ports"), "http", "wrong-type"),
        ((*_CONTAINER, "ports", 0, "containerPort"), 80800, "container-port-out-of-range"),
        ((*_CONTAINER, "image"), "", "container-image-required"),
        ((*_POD, "-containers"), "contianers", "unknown-field"),
        ((1, "spec", "template", "metadata", "labels"), "app", "wrong-type"),
        ((1, "spec", "template", "metadata", "-labels"), "lables", "unknown-field"),
        ((1, "spec", "template", "metadata", "labels", "tier"), 5, "wrong-type"),
        ((1, "spec", "replicas"), "two", "wrong-type"),
        ((1, "metadata", "name"), 5, "wrong-type"),
        ((1, "-apiVersion"), None, "kind-missing"),
        ((1, "apiVersion"), "v1", "unknown-kind"),
        ((1, "kind"), "Deploymnt", "unknown-kind"),
        ((1, "apiVersion"), "extensions/v1beta1", "kind-not-in-release"),
        ((1, "spec", "template"), [], "wrong-type"),
        ((2, "data", "level"), 5, "wrong-type"),
        ((2, "data"), [], "wrong-type"),
        ((2, "data", "-level"), "the level", "config-key"),
        ((2, "-data"), "dta", "unknown-field"),
        ((2, "metadata", "name"), True, "wrong-type"),
        ((3, "metadata", "-name"), "nmae", "unknown-field"),
        ((3, "kind"), "ServiceAcount", "unknown-kind"),
        ((4, "spec", "ports", 0, "port"), "80", "wrong-type"),
        ((4, "spec", "ports"), 80, "wrong-type"),
        ((4, "spec", "-ports"), "port", "unknown-field"),
        ((4, "spec", "ports", 0, "-name"), "nam", "unknown-field"),
        ((4, "apiVersion"), "apps/v1", "unknown-kind"),
        ((6, "spec", "minAvailable"), [], "wrong-type"),
        ((6, "spec", "selector", "matchExpressions"), [{"key": "app", "operator": "Inn"}], "selector-operator"),
        ((7, "spec", "podSelector", "matchLabels", "app"), 5, "wrong-type"),
        ((1, "metadata", "namespace"), 5, "wrong-type"),
        ((2, "metadata", "-namespace"), "namspace", "unknown-field"),
        ((4, "metadata", "namespace"), "a b", "namespace-format"),
        ((7, "spec", "ingress", 0, "from", 0, "namespaceSelector"), "shop", "wrong-type"),
        ((8, "spec", "maxReplicas"), "3", "wrong-type"),
        ((8, "spec", "scaleTargetRef", "name"), 5, "wrong-type"),
        ((9, "subjects", 0, "kind"), "Robot", "binding-subject-kind"),
        ((9, "roleRef", "kind"), 5, "wrong-type"),
        ((10, "rules", 0, "apiGroups", 0), [], "wrong-type"),
    ],
)
def test_one_mistake_is_one_finding(at: tuple[str | int, ...], value: object, rule: str) -> None:
    assert _rules(_with(_shop(), at, value)) == [rule]


@pytest.mark.parametrize(
    ("at", "value", "rule"),
    [
        ((*_CONTAINER, "env", 0, "valueFrom", "configMapKeyRef", "key"), "lvel", "config-map-key-missing"),
        ((*_CONTAINER, "livenessProbe", "httpGet", "port"), "htp", "probe-port-unknown"),
        ((*_POD, "serviceAccountName"), "robt", "service-account-missing"),
        ((4, "spec", "ports", 0, "targetPort"), "htp", "target-port-unknown"),
    ],
)
def test_references_of_and_to_a_faulty_object_are_checked(at: tuple[str | int, ...], value: object, rule: str) -> None:
    faulty = _with(_shop(), (*_POD, "terminationGracePeriodSeconds"), "30")

    assert sorted(_rules(_with(faulty, at, value))) == sorted(["wrong-type", rule])


def test_policies_look_at_what_can_be_read() -> None:
    (_, web, *_) = _shop()
    containers = web["spec"]["template"]["spec"]["containers"]
    containers.append({"name": "side", "image": "side:1"})
    containers[0]["resources"] = {"limits": {"memory": "128MB"}}

    found = [(each.rule, each.field) for each in validate([web], select=["memory-limit-missing"], ignore=["reference"])]

    assert found == [
        ("bad-quantity", "spec.template.spec.containers[0].resources.limits[memory]"),
        ("memory-limit-missing", "spec.template.spec.containers[1].resources.limits[memory]"),
    ]
