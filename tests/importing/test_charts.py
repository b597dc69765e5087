"""Which chart an object goes into, and what its namespace must not reach."""

from __future__ import annotations

from tests.importing.reading import body, imported


def test_object_of_an_old_version_is_not_given_a_namespace() -> None:
    made = body(
        """
        {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}
        ---
        {apiVersion: apiregistration.k8s.io/v1beta1, kind: APIService, metadata: {name: v1.example.com}, spec: {}}
        """
    )

    assert 'app.add(Chart("shop", namespace="shop"))' in made
    assert 'app_chart = app.add(Chart("app"))' in made
    assert '"kind": "APIService"' in made


def test_custom_resource_of_the_whole_cluster_is_not_given_a_namespace() -> None:
    made = imported(
        """
        {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}
        ---
        {apiVersion: example.com/v1, kind: Zone, metadata: {name: eu}}
        ---
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: zones.example.com}
        spec:
          group: example.com
          scope: Cluster
          names: {kind: Zone, plural: zones, singular: zone, listKind: ZoneList}
          versions:
          - name: v1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object}}
        """
    )

    assert made.counts == {"short": 1, "model": 1, "raw": 1}


def test_comments_of_helm_are_left_out() -> None:
    made = body(
        """
        # Source: web/templates/config.yaml
        # The greeting.
        {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
        """
    )

    assert made.endswith('\n\n# The greeting.\nchart.add(ConfigMap("a"))\n')
