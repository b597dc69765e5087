"""A finding of a field says which transforms, and which defaults, have set it."""

from __future__ import annotations

import re
from typing import Any

import pytest

import kpy
from kpy import (
    App,
    Chart,
    ConfigMap,
    Construct,
    Container,
    Defaults,
    Deployment,
    PodDisruptionBudget,
    Raw,
    Report,
    SynthError,
)
from kpy.api.apps.v1 import DeploymentSpec
from kpy.typing import PodOwner


def scrape(workload: PodOwner) -> None:
    workload.pod_annotations = {**(workload.pod_annotations or {}), "scrape": "true"}


def shrink(workload: Deployment) -> None:
    workload.replicas = -1


def spoil(container: Container) -> None:
    container.image_pull_policy = "Sometimes"  # type: ignore[assignment]  # as people do


class Web(Construct):
    def build(self) -> None:
        self.add(Deployment(self.name, replicas=2, containers=[Container("web", image="nginx:1")]))


def report(app: App, *parts: Any) -> Report:
    chart = app.add(Chart("main"))
    for part in parts or (Web("web"),):
        chart.add(part)
    try:
        return app.synth().report
    except SynthError as error:
        return error.report


def changed(found: Report) -> dict[str, list[str]]:
    return {each.field: [re.sub(r" \(.*\)", "", title) for title in each.changed_by] for each in found}


def test_finding_of_a_field_names_the_transform_that_set_it() -> None:
    found = report(App("shop", transforms=[scrape, shrink]))

    assert changed(found) == {"spec.replicas": ["shrink"]}
    assert "\n   changed by shrink (" in found.errors[0].to_text()
    assert found.errors[0].to_dict()["changed_by"] == list(found.errors[0].changed_by)


def test_several_that_set_one_field_are_all_named() -> None:
    def again(workload: Deployment) -> None:
        workload.replicas = (workload.replicas or 0) - 1

    assert changed(report(App("shop", transforms=[scrape, shrink, again]))) == {"spec.replicas": ["shrink", "again"]}


def test_field_that_no_transform_has_set_names_none() -> None:
    bad = Deployment("bad", replicas=-2, containers=[Container(image="nginx:1")])

    assert changed(report(App("shop", transforms=[scrape]), bad)) == {"spec.replicas": []}


def test_field_deep_in_a_list_names_the_transform() -> None:
    assert changed(report(App("shop", transforms=[scrape, spoil]))) == {
        "spec.template.spec.containers[0].imagePullPolicy": ["spoil"]
    }


def test_field_that_a_transform_took_away_names_it() -> None:
    def anonymous(container: Container) -> None:
        container.ports = [{"name": "http"}]

    found = changed(report(App("shop", transforms=[scrape, anonymous])))

    assert list(found.values()) == [["anonymous"]]


def test_transform_over_a_construct_is_named_for_what_it_changes_in_its_parts() -> None:
    def shrink_all(web: Web) -> None:
        web.find(Deployment).replicas = -1

    def touch(web: Web) -> None:
        web.find(Deployment).pod_labels = {"a": "b"}

    assert changed(report(App("shop", transforms=[touch, shrink_all]))) == {"spec.replicas": ["shrink_all"]}


def test_transforms_over_types_of_the_api_are_named_by_field() -> None:
    def typed(spec: DeploymentSpec) -> None:
        spec.replicas = -1

    @kpy.transform(on="Deployment")
    def plain(tree: dict[str, Any]) -> None:
        tree["metadata"]["labels"] = {"a": "b"}

    vendor = Raw(
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {"name": "b"},
            "spec": {"selector": {"matchLabels": {"app.kubernetes.io/name": "web"}}, "maxUnavailable": 1},
        }
    )

    @kpy.transform(on="PodDisruptionBudget")
    def budgets(budget: dict[str, Any]) -> None:
        budget["spec"]["maxUnavailable"] = "x"

    found = changed(report(App("shop", transforms=[typed, plain, budgets]), Web("web"), vendor))

    assert found == {"spec.replicas": ["typed"], "spec.maxUnavailable": ["budgets"]}


def test_part_that_a_transform_added_names_it() -> None:
    def more(chart: Chart) -> None:
        chart.add(PodDisruptionBudget("budget", selector={"a": "b"}, max_unavailable="x"))
        chart.labels = {"a": "b"}

    found = changed(report(App("shop", transforms=[more])))

    assert found["spec.maxUnavailable"] == ["more"]


def test_finding_of_a_field_names_the_defaults_that_set_it() -> None:
    company = Defaults(priority_class_name="Not a name!", env={"TZ": "UTC"})

    found = report(App("shop", defaults=company))

    assert changed(found) == {"spec.template.spec.priorityClassName": ["defaults"]}
    assert found.errors[0].changed_by == (f"defaults ({company._where})",)


def test_nearest_defaults_are_named_and_the_objects_own_field_names_none() -> None:
    app = App("shop", defaults=Defaults(priority_class_name="Far!"))
    near = Defaults(priority_class_name="Near!")
    own = Deployment("own", priority_class_name="Own!", containers=[Container(image="nginx:1")])
    chart = app.add(Chart("near", defaults=near))
    chart.add(Web("web"), own)

    with pytest.raises(SynthError) as error:
        app.synth()

    by_name = {each.resource: each.changed_by for each in error.value.report}
    assert by_name == {'Deployment "web"': (f"defaults ({near._where})",), 'Deployment "own"': ()}


def test_element_that_merged_defaults_put_into_a_list_is_named() -> None:
    toleration = {"key": "not a key!", "operator": "Exists"}
    app = App("shop", defaults=Defaults(tolerations=[toleration], merge=["tolerations"]))
    own = Deployment("own", tolerations=[{"key": "own", "operator": "Exists"}], containers=[Container(image="nginx:1")])

    assert changed(report(app, own)) == {"spec.template.spec.tolerations[0].key": ["defaults"]}


def test_observed_values_do_not_count_as_changes() -> None:
    heard: list[str] = []

    def look(config: ConfigMap) -> None:
        heard.append(config.name)

    app = App("shop", transforms=[look])
    app.add(Chart("main")).add(ConfigMap("a", data={"A": "1"}))

    assert app.synth().changes == []
    assert heard == ["a"]
