"""Sync waves of Argo CD: what comes `after` others comes in a later wave, and nothing waits for what comes later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpy import App, Chart, ConfigMap, Container, Deployment, Job, Namespace, Project, Raw, UsageError, Yaml
from kpy.cli.apps import synth_for_cluster
from kpy.documents import read_documents
from kpy.graph.waves import WAVE, waves_of

SETTINGS = '[tool.kpy.gitops]\nrepository = "https://github.com/acme/infra.git"\nwaves = true\n'


def chart_in() -> tuple[App, Chart]:
    app = App("shop")
    return app, app.add(Chart("shop", namespace="shop"))


def job(name: str, **given: object) -> Job:
    return Job(name, restart_policy="Never", containers=[Container(image="x:1")], **given)  # type: ignore[arg-type]


def waves(app: App) -> dict[str, int]:
    manifest = app.synth()
    return dict(zip([each.name for each in manifest], waves_of(manifest.resources), strict=True))


def test_what_comes_after_others_is_in_a_later_wave() -> None:
    app, chart = chart_in()
    base = chart.add(ConfigMap("base", data={"a": "b"}))
    migrate = chart.add(job("migrate", after=[base]))
    chart.add(Deployment("api", after=[migrate], containers=[Container(image="x:1")]))
    chart.add(ConfigMap("aside", data={"a": "b"}))

    assert waves(app) == {"base": 0, "aside": 0, "migrate": 1, "api": 2}


def test_what_uses_a_late_object_does_not_come_before_it() -> None:
    app, chart = chart_in()
    migrate = chart.add(job("migrate"))
    late = chart.add(ConfigMap("late", data={"a": "b"}, after=[migrate]))
    chart.add(Deployment("api", containers=[Container(image="x:1", env_from=[late])]))

    assert waves(app) == {"migrate": 0, "late": 1, "api": 1}


def test_objects_wait_for_their_namespace_and_their_definition() -> None:
    app, chart = chart_in()
    migrate = chart.add(job("migrate", namespace="base"))
    chart.add(Namespace("shop", after=[migrate]))
    chart.add(ConfigMap("in-it", data={"a": "b"}))
    spec = {
        "group": "acme.io",
        "names": {"kind": "Cache", "plural": "caches"},
        "scope": "Cluster",
        "versions": [
            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
        ],
    }
    definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "spec": spec}
    chart.add(Raw({**definition, "metadata": {"name": "caches.acme.io"}}, after=[migrate]))
    chart.add(Raw({"apiVersion": "acme.io/v1", "kind": "Cache", "metadata": {"name": "cache"}}))

    assert waves(app) == {"migrate": 0, "shop": 1, "caches.acme.io": 1, "in-it": 1, "cache": 1}


def test_waves_said_by_hand_count() -> None:
    app, chart = chart_in()
    early = chart.add(ConfigMap("early", data={"a": "b"}, annotations={WAVE: "-5"}))
    far = chart.add(ConfigMap("far", data={"a": "b"}, annotations={WAVE: "7"}, after=[early]))
    chart.add(ConfigMap("last", data={"a": "b"}, after=[far]))

    assert waves(app) == {"early": -5, "far": 7, "last": 8}


def test_hooks_are_in_a_phase_of_their_own() -> None:
    app, chart = chart_in()
    before = chart.add(job("before", annotations={"argocd.argoproj.io/hook": "PreSync"}))
    second = chart.add(job("second", annotations={"helm.sh/hook": "pre-install,pre-upgrade"}, after=[before]))
    chart.add(ConfigMap("plain", data={"a": "b"}, after=[second]))
    chart.add(job("gone", annotations={"argocd.argoproj.io/hook": "PostDelete"}, after=[second]))
    chart.add(job("end", annotations={"argocd.argoproj.io/hook": "PostSync"}, after=[chart.find(ConfigMap)]))

    assert waves(app) == {"before": 0, "second": 1, "plain": 0, "gone": 0, "end": 0}


def after_a_later_hook(chart: Chart) -> None:
    hook = chart.add(job("hook", annotations={"argocd.argoproj.io/hook": "PostSync"}))
    chart.add(ConfigMap("a", data={"a": "b"}, after=[hook]))


def wave_too_early(chart: Chart) -> None:
    far = chart.add(ConfigMap("far", data={"a": "b"}, annotations={WAVE: "7"}))
    chart.add(ConfigMap("a", data={"a": "b"}, annotations={WAVE: "7"}, after=[far]))


def no_wave(chart: Chart) -> None:
    chart.add(ConfigMap("a", data={"a": "b"}, annotations={WAVE: "first"}))


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (
            after_a_later_hook,
            'ConfigMap "shop/a" comes after Job "shop/hook", which is a hook that Argo CD runs later: '
            "leave `after` out, or make it a hook, too",
        ),
        (
            wave_too_early,
            'ConfigMap "shop/a" has the sync wave 7 by its annotation, and needs ConfigMap "shop/far", which comes in '
            "wave 7: leave the annotation out, or say 8 or more",
        ),
        (no_wave, f"ConfigMap \"shop/a\": {WAVE}: 'first': a wave is a whole number"),
    ],
)
def test_what_stands_against_after_is_refused(build: Callable[[Chart], None], text: str) -> None:
    app, chart = chart_in()
    build(chart)

    with pytest.raises(UsageError) as refused:
        waves(app)

    assert str(refused.value).partition(": ")[2] == text


@given(st.lists(st.sets(st.integers(0, 11), max_size=3), min_size=1, max_size=12))
def test_everything_is_later_than_what_it_comes_after(after: list[set[int]]) -> None:
    app, chart = chart_in()
    made: list[ConfigMap] = []
    for number, earlier in enumerate(after):
        first = [made[each] for each in earlier if each < number]
        made.append(chart.add(ConfigMap(f"c{number}", data={"a": "b"}, after=first)))

    found = waves(app)

    for number, earlier in enumerate(after):
        least = max((found[f"c{each}"] + 1 for each in earlier if each < number), default=0)
        assert found[f"c{number}"] == least


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    return Project.load(tmp_path)


def annotated(text: str) -> dict[str, str]:
    trees = [document.tree for document in read_documents(text).documents]
    return {
        tree["metadata"]["name"]: tree["metadata"]["annotations"][WAVE]
        for tree in trees
        if WAVE in tree["metadata"].get("annotations", {})
    }


def test_objects_are_annotated_where_the_settings_say_so_and_nowhere_else(project: Project) -> None:
    app, chart = chart_in()
    base = chart.add(ConfigMap("base", data={"a": "b"}))
    chart.add(ConfigMap("late", data={"a": "b"}, annotations={"team": "shop"}, after=[base]))

    assert annotated(app.synth().to_yaml()) == {}
    manifest = project.synth(app)
    assert annotated(manifest.to_yaml()) == {"late": "1"}
    assert manifest.find("ConfigMap", "late").metadata["annotations"] == {"team": "shop", WAVE: "1"}
    assert annotated(app.synth().to_yaml()) == {}
    assert annotated(synth_for_cluster(project, app, None).to_yaml()) == {"late": "1"}


def test_documents_of_files_are_annotated_and_the_files_are_not_changed(project: Project, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: read}\ndata: {a: b}\n")
    app, chart = chart_in()
    base = chart.add(ConfigMap("base", data={"a": "b"}))
    chart.add(Yaml(tmp_path / "x.yaml", after=[base]))

    assert annotated(project.synth(app).to_yaml()) == {"read": "1"}
    assert annotated(app.synth().to_yaml()) == {}


def test_what_is_encrypted_takes_no_annotation(project: Project, tmp_path: Path) -> None:
    sops = "sops:\n  mac: ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]\n  lastmodified: '2026-01-01T00:00:00Z'\n"
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n"
    data = "data:\n  a: ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]\n"
    (tmp_path / "db.enc.yaml").write_text(secret + data + sops)
    app = App("shop")
    chart = app.add(Chart("shop"))
    base = chart.add(ConfigMap("base", data={"a": "b"}))
    chart.add(Yaml(tmp_path / "db.enc.yaml", after=[base]))

    with pytest.raises(UsageError, match='Secret "db" would come in the sync wave 1, since it comes after others'):
        project.synth(app)
