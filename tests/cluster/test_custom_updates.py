"""Updates of custom resources before a real API server: what kpy calls refused is refused, with the same words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from compare.custom_updates import GROUP, CustomUpdate, custom_updates, definition, lamp

from cluster.commands import Kpy
from cluster.servers import Cluster, eventually
from kpy.compare import compare

pytestmark = pytest.mark.cluster

DEFINITION = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/lamps.{GROUP}"
VERSIONS = ("v1", "v2")


@pytest.fixture(autouse=True)
def _no_lamps(cluster: Cluster) -> Iterator[None]:
    yield
    cluster.request("DELETE", DEFINITION)
    eventually(lambda: cluster.request("GET", DEFINITION)[0] == 404)


def define(cluster: Cluster, schema: dict[str, Any], probe: str) -> None:
    """Put a definition in the place of what is there, and wait until the server judges by it."""
    status, answer = cluster.request(
        "PATCH", f"{DEFINITION}?fieldManager=kpy&force=true", definition(schema, *VERSIONS), patch="apply-patch+yaml"
    )
    assert status in (200, 201), answer["message"]
    generation = answer["metadata"]["generation"]

    def is_served() -> bool:
        _, found = cluster.request("GET", DEFINITION)
        conditions = found.get("status", {}).get("conditions") or ()
        return any(each["type"] == "Established" and each["status"] == "True" for each in conditions) and (
            cluster.request("GET", f"/apis/{GROUP}/v2/{probe}")[0] == 200
            and found["metadata"]["generation"] == generation
        )

    eventually(is_served)


@pytest.mark.parametrize("update", custom_updates(), ids=lambda update: update.name)
def test_server_refuses_what_is_called_refused(cluster: Cluster, namespace: str, update: CustomUpdate) -> None:
    lamps = f"namespaces/{namespace}/lamps"
    define(cluster, update.schema, lamps)
    status, answer = cluster.request("POST", f"/apis/{GROUP}/v1/{lamps}", lamp(update.old))
    assert status == 201, answer["message"]
    changed = update.new_schema or update.schema
    if update.new_schema:
        define(cluster, update.new_schema, lamps)

    def put() -> tuple[int, dict[str, Any]]:
        path = f"/apis/{GROUP}/{update.version}/{lamps}/web"
        _, there = cluster.request("GET", path)
        new = lamp(update.new, update.version)
        new["metadata"]["resourceVersion"] = there["metadata"]["resourceVersion"]
        return cluster.request("PUT", f"{path}?dryRun=All", new)

    wanted = 422 if update.refused else 200
    # a server takes up a new schema a moment after it has taken the definition
    eventually(lambda: put()[0] == wanted)

    status, answer = put()
    kept = [definition(changed, *VERSIONS)]
    (change,) = [
        each
        for each in compare([lamp(update.old)], [*kept, lamp(update.new, update.version)]).changes
        if each.kind == "Lamp"
    ]
    assert (change.effect == "refused") == (status == 422), answer.get("message")
    if update.refused:
        field, message = update.refused
        assert [(field, message)] == [
            (cause["field"], message) for cause in answer["details"]["causes"] if message in cause["message"]
        ]


APP = """\
from kpy import App, Chart, Raw

KIND = {kind!r}
LAMP = {lamp!r}
FIXED = {{"rule": "self == oldSelf", "message": "colour is fixed"}}


def app(ns: str, fixed: bool = False, colour: str = "red") -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace=ns))
    if fixed:
        schema = KIND["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
        schema["properties"]["colour"]["x-kubernetes-validations"] = [FIXED]
    chart.add(Raw(KIND))
    chart.add(Raw({{**LAMP, "metadata": {{"name": "web", "namespace": ns}}, "spec": {{"colour": colour}}}}))
    return app
"""


def test_apply_knows_what_the_definition_that_comes_with_it_refuses(kpy: Kpy) -> None:
    """The server takes the object as long as the old definition judges: only the new one refuses it."""
    schema = {"type": "object", "properties": {"colour": {"type": "string", "maxLength": 9}}}
    Path("shop.py").write_text(APP.format(kind=definition(schema), lamp=lamp({})))
    code, _, err = kpy("apply", "--yes")
    assert code == 0, err

    code, out, err = kpy("apply", "--yes", values={"fixed": True, "colour": "blue"})

    assert code == 1
    assert out == ""
    assert f'! Lamp "{kpy.namespace}/web": refused' in err
    assert "the API server refuses it: spec.colour: colour is fixed" in err
    assert (
        f'error: Lamp "{kpy.namespace}/web": spec.colour: colour is fixed: its definition, which the app has, says so\n'
        in err
    )
    assert "the cluster would refuse 1 object; nothing was changed\n" in err

    assert kpy("apply", "--yes", values={"fixed": True})[0] == 0
    code, _, err = kpy("apply", "--yes", values={"fixed": True, "colour": "blue"})
    assert (code, "colour is fixed" in err) == (1, True)
