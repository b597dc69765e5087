"""One thing, one finding: an absent object with all its places, a policy with its peers, a format of a definition."""

from __future__ import annotations

from typing import Any

import yaml

from kpy.checking.choice import EVERYDAY
from kpy.diagnostics import Diagnostic
from kpy.schema import api
from kpy.source import Location
from kpy.validation import find_faults, validate


def _validated(text: str, **said: Any) -> list[Diagnostic]:
    return [*validate(yaml.safe_load_all(text), **said)]


def _reader(name: str) -> str:
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: books}}
spec:
  containers:
  - name: main
    image: shelf:1
    envFrom: [{{secretRef: {{name: library-card}}}}]
    env: [{{name: PIN, valueFrom: {{secretKeyRef: {{name: library-card, key: pin}}}}}}]
---"""


def test_an_absent_object_is_told_once_with_all_places_that_name_it() -> None:
    (found,) = _validated("".join(map(_reader, ("anna", "ben"))))

    assert found.to_text() == (
        'warning[secret-missing]: Secret "library-card" is not among the documents in namespace "books"\n'
        '   object   Pod "books/anna"\n'
        "   field    spec.containers[0].envFrom[0].secretRef.name\n"
        '   also in  Pod "books/anna", spec.containers[0].env[0].valueFrom.secretKeyRef.name\n'
        '   also in  Pod "books/ben", spec.containers[0].envFrom[0].secretRef.name\n'
        '   also in  Pod "books/ben", spec.containers[0].env[0].valueFrom.secretKeyRef.name\n'
        '   fix      declare it; if it lives outside, say so: `external = ["Secret/library-card"]` under [tool.kpy]'
    )


def test_of_many_places_the_first_are_shown_and_the_rest_counted() -> None:
    (found,) = _validated("".join(_reader(f"reader-{number}") for number in range(80)))

    assert (len(found.places), found.more_places) == (100, 59)
    assert "   also in  156 more places\n" in found.to_text()


def test_further_places_have_their_lines() -> None:
    documents = yaml.safe_load_all("".join(map(_reader, ("anna", "ben"))))

    (found,) = find_faults(documents, api(None), EVERYDAY, files=["a.yaml", "b.yaml"])
    placed = found.placed(lambda number, steps: Location(f"{'ab'[number]}.yaml", len(steps)))

    assert placed.places[0].where == Location("a.yaml", 8)
    assert placed.places[1].where == Location("b.yaml", 7)


def test_a_waived_place_does_not_count() -> None:
    waived = _reader("anna").replace(
        "namespace: books", 'namespace: books, annotations: {kpy.dev/waive.secret-missing: "made by hand"}'
    )

    (found,) = _validated(waived + _reader("ben"))

    assert [found.resource, *(place.resource for place in found.places)] == ['Pod "books/ben"', 'Pod "books/ben"']


def test_an_absent_service_is_told_once_by_the_rules_that_look_for_it() -> None:
    text = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shelf, namespace: books}
spec: {defaultBackend: {service: {name: catalogue, port: {number: 80}}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: shelf, namespace: books}
spec:
  serviceName: catalogue
  selector: {matchLabels: {app: shelf}}
  template: {metadata: {labels: {app: shelf}}, spec: {containers: [{name: main, image: "shelf:1"}]}}
"""
    (found,) = _validated(text)

    assert {found.rule, *found.also} == {"dangling-route", "stateful-set-service-missing"}
    assert len(found.places) == 1


def test_a_policy_and_its_peers_that_select_nothing_are_one_finding() -> None:
    text = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shelf, namespace: books}
spec:
  podSelector: {matchLabels: {part: reader}}
  ingress: [{from: [{podSelector: {matchLabels: {part: reader}}}, {podSelector: {matchLabels: {part: desk}}}]}]
---
apiVersion: v1
kind: Pod
metadata: {name: shelf, namespace: books, labels: {part: shelf}}
spec: {containers: [{name: main, image: "shelf:1"}]}
"""
    (found,) = _validated(text)

    assert (found.rule, found.also) == ("network-policy-selects-no-pod", ("peer-selects-no-pod",))
    assert [place.field for place in found.places] == [
        "spec.ingress[0].from[0].podSelector",
        "spec.ingress[0].from[1].podSelector",
    ]


def test_a_format_that_servers_do_not_know_is_told_once_for_a_definition() -> None:
    fields = {name: {"type": "string", "format": "isbn-14"} for name in ("first", "second")}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "books.library.example"},
        "spec": {
            "group": "library.example",
            "scope": "Namespaced",
            "names": {"plural": "books", "singular": "book", "kind": "Book", "listKind": "BookList"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "properties": {"spec": {"type": "object", "properties": {**fields, "third": {
                                "type": "string", "format": "issn-9"}}}},
                        }
                    },
                }
            ],
        },
    }  # fmt: skip

    found = validate([definition])

    assert [(each.rule, len(each.places)) for each in found] == [("crd-schema-format", 1), ("crd-schema-format", 0)]


def test_findings_as_json_have_their_places() -> None:
    (found,) = _validated(_reader("anna"))

    assert found.to_dict()["places"] == [
        {
            "resource": 'Pod "books/anna"',
            "field": "spec.containers[0].env[0].valueFrom.secretKeyRef.name",
            "where": None,
        }
    ]


def test_a_variable_that_is_defined_over_and_over_is_told_once() -> None:
    variable = {"name": "SHELF", "value": "1"}
    container = {"name": "main", "image": "shelf:1", "env": [variable, variable, variable]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "shelf"}, "spec": {"containers": [container]}}

    (found,) = validate([pod])

    assert (found.rule, found.field) == ("env-hidden", "spec.containers[0].env[1]")
    assert [place.field for place in found.places] == ["spec.containers[0].env[2]"]


def test_selectors_that_overlap_are_told_once() -> None:
    def workload(kind: str) -> str:
        return f"""
apiVersion: apps/v1
kind: {kind}
metadata: {{name: shelf-{kind.lower()}, namespace: books}}
spec:
  selector: {{matchLabels: {{app: shelf}}}}
  template: {{metadata: {{labels: {{app: shelf}}}}, spec: {{containers: [{{name: main, image: "shelf:1"}}]}}}}
---"""

    (found,) = _validated(workload("Deployment") + workload("DaemonSet"))

    assert (found.rule, found.resource) == ("selectors-overlap", 'Deployment "books/shelf-deployment"')
    assert [place.resource for place in found.places] == ['DaemonSet "books/shelf-daemonset"']


def test_a_resource_that_no_group_has_is_told_once_for_a_role() -> None:
    rules = [{"apiGroups": [""], "resources": ["deployments"], "verbs": [verb]} for verb in ("get", "list")]
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "shelf", "namespace": "books"},
        "rules": rules,
    }

    (found,) = validate([role])

    assert (found.rule, found.field) == ("granted-resource-unknown", "rules[0].resources[0]")
    assert [place.field for place in found.places] == ["rules[1].resources[0]"]
