"""Label selectors as text, and finding resources in a manifest by them."""

from __future__ import annotations

from typing import Any

import pytest

from kpy import Deployment as DeploymentConstruct
from kpy.api.apps.v1 import Deployment
from kpy.errors import LoadError, UsageError
from kpy.manifest import Manifest, Resource
from kpy.syntax.selectors import matches, parse_selector


def resource(kind: str, name: str, **labels: str) -> Resource:
    tree: dict[str, Any] = {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "labels": labels}}
    return Resource({**tree, "spec": {"replicas": len(name)}})


MANIFEST = Manifest(
    [
        resource("Deployment", "web", app="web", tier="front"),
        resource("Deployment", "db", app="db", tier="back", legacy="", size="2"),
        resource("StatefulSet", "db", app="db"),
    ],
    release="1.36",
)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("app=web", ["web"]),
        ("app==web", ["web"]),
        ("app!=web", ["db", "db"]),
        ("tier!=back", ["web", "db"]),
        ("app in (web, api)", ["web"]),
        ("tier notin (front)", ["db", "db"]),
        ("tier", ["web", "db"]),
        ("!tier", ["db"]),
        ("legacy=", ["db"]),
        ("size>1", ["db"]),
        ("size > 2", []),
        ("size<3", ["db"]),
        ("tier>1", []),
        ("app=db,tier", ["db"]),
        ("app=db,app=web", []),
        ("", ["web", "db", "db"]),
        ({"app": "web"}, ["web"]),
        ({"matchExpressions": [{"key": "tier", "operator": "Exists"}]}, ["web", "db"]),
    ],
)
def test_selector_selects_as_kubectl_does(selector: str | dict[str, object], expected: list[str]) -> None:
    assert [found.name for found in MANIFEST.select(selector)] == expected


def test_selector_selects_of_one_kind() -> None:
    assert [str(found) for found in MANIFEST.select("app=db", "StatefulSet")] == ['StatefulSet "db"']
    assert [str(found) for found in MANIFEST.select("app=db", Deployment)] == ['Deployment "db"']


@pytest.mark.parametrize("text", ["app=", "a.b/c in (x,y),!d"])
def test_selector_text_is_read(text: str) -> None:
    assert matches(parse_selector(text), {"app": "", "a.b/c": "x"})


@pytest.mark.parametrize("text", ["=web", "app in web", "app=a b", "app=web,,tier", "app in (web"])
def test_selector_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"in the label selector .* cannot be read: write `app=web`"):
        parse_selector(text)


def test_find_takes_kind_name_class_and_labels() -> None:
    assert str(MANIFEST.find("Deployment", "web")) == 'Deployment "web"'
    assert str(MANIFEST.find("Deployment", labels={"app": "db"})) == 'Deployment "db"'
    assert str(MANIFEST.find(DeploymentConstruct, "db")) == 'Deployment "db"'
    assert str(MANIFEST.find("StatefulSet")) == 'StatefulSet "db"'


def test_find_says_what_there_is() -> None:
    with pytest.raises(LoadError) as refused:
        MANIFEST.find(Deployment)

    message = 'several Deployment in the manifest; there is: Deployment "web", Deployment "db"'
    assert str(refused.value) == f"{refused.value.where}: {message}"


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (
            {"name": "wbe"},
            'no Deployment "wbe" in the manifest; there is: Deployment "web", Deployment "db"',
        ),
        (
            {"name": "web", "labels": {"app": "db"}},
            "no Deployment \"web\" with the labels {'app': 'db'} in the manifest; there is: "
            "Deployment \"web\" with {'app': 'web', 'tier': 'front'}, "
            "Deployment \"db\" with {'app': 'db', 'tier': 'back', 'legacy': '', 'size': '2'}",
        ),
        (
            {"name": "web", "namespace": "shop"},
            'no Deployment "web" in namespace \'shop\' in the manifest; there is: Deployment "web", Deployment "db"',
        ),
    ],
)
def test_find_says_what_it_looked_for(wanted: dict[str, Any], message: str) -> None:
    with pytest.raises(LoadError) as refused:
        MANIFEST.find("Deployment", **wanted)

    assert str(refused.value) == f"{refused.value.where}: {message}"


def test_find_lists_no_more_than_can_be_read() -> None:
    manifest = Manifest([resource("Deployment", f"web-{number}") for number in range(30)], release="1.36")

    with pytest.raises(LoadError, match=r'"web-19", and 10 more$'):
        manifest.find("Deployment")


def test_labels_are_no_selector() -> None:
    with pytest.raises(UsageError) as refused:
        MANIFEST.find("Deployment", labels="app=web")  # type: ignore[arg-type]

    message = 'labels=\'app=web\': say a mapping, labels={"app": "web"}; `select` takes a selector'
    assert str(refused.value) == f"{refused.value.where}: {message}"


def test_one_is_a_typed_value() -> None:
    deployment = MANIFEST.one(Deployment, "web")

    assert deployment.spec is not None
    assert deployment.spec.replicas == 3
    assert MANIFEST.one(DeploymentConstruct, "web") == deployment
