"""Strategic merge patches, held against kubectl's own where kubectl is installed."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kpy.api.core.v1 import EnvVar
from kpy.errors import ArgumentError, UsageError
from kpy.model.merge import strategic_merge
from kpy.schema import api

Tree = dict[str, Any]


def pod(**spec: Any) -> Tree:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "finalizers": ["a", "b"]}, "spec": spec}


TWO = pod(
    containers=[
        {"name": "web", "image": "web:1", "ports": [{"containerPort": 80}], "args": ["x"]},
        {"name": "log", "image": "log:1", "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
    ],
    volumes=[{"name": "tmp", "emptyDir": {}}],
    nodeSelector={"disk": "ssd"},
)


def containers(*said: Tree) -> Tree:
    return {"spec": {"containers": list(said)}}


#: What is shown, the patch, and what becomes of the spec of `TWO` (or of its metadata).
CASES: list[tuple[str, Tree, Tree]] = [
    (
        "list merges by its key, and scalars are replaced",
        containers({"name": "log", "image": "log:2", "env": [{"name": "B", "value": "3"}]}),
        {
            "containers": [
                TWO["spec"]["containers"][0],
                {"name": "log", "image": "log:2", "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "3"}]},
            ]
        },
    ),
    (
        "new element stands first, since no order is known between it and the others",
        containers({"name": "new"}),
        {"containers": [{"name": "new"}, *TWO["spec"]["containers"]]},
    ),
    (
        "element of the patch keeps the order of the patch",
        containers({"name": "log"}, {"name": "web"}),
        {"containers": [TWO["spec"]["containers"][1], TWO["spec"]["containers"][0]]},
    ),
    (
        "element is deleted by its key",
        containers({"name": "log", "$patch": "delete"}),
        {"containers": [TWO["spec"]["containers"][0]]},
    ),
    (
        "list is replaced when one element says so",
        containers({"$patch": "replace"}, {"name": "only"}),
        {"containers": [{"name": "only"}]},
    ),
    (
        "list without a merge key is replaced",
        containers({"name": "web", "args": ["y", "z"]}),
        {"containers": [{**TWO["spec"]["containers"][0], "args": ["y", "z"]}, TWO["spec"]["containers"][1]]},
    ),
    (
        "null deletes",
        {"spec": {"nodeSelector": None, "hostname": None}},
        {},
    ),
    (
        "null deletes a key of a map",
        {"spec": {"nodeSelector": {"disk": None, "zone": "a"}}},
        {"nodeSelector": {"zone": "a"}},
    ),
    (
        "map is replaced when it says so",
        {"spec": {"nodeSelector": {"$patch": "replace", "zone": "a"}}},
        {"nodeSelector": {"zone": "a"}},
    ),
    ("map is emptied when it says so", {"spec": {"nodeSelector": {"$patch": "delete"}}}, {"nodeSelector": {}}),
    (
        "keys that are not retained go",
        {"spec": {"volumes": [{"name": "tmp", "$retainKeys": ["name", "configMap"], "configMap": {"name": "c"}}]}},
        {"volumes": [{"name": "tmp", "configMap": {"name": "c"}}]},
    ),
    (
        "order is set by a directive",
        {"spec": {"$setElementOrder/containers": [{"name": "log"}, {"name": "web"}], "containers": [{"name": "web"}]}},
        {"containers": [TWO["spec"]["containers"][1], TWO["spec"]["containers"][0]]},
    ),
]
METADATA: list[tuple[str, Tree, Tree]] = [
    ("texts merge as a set", {"finalizers": ["c", "a"]}, {"finalizers": ["c", "a", "b"]}),
    ("texts are deleted by a directive", {"$deleteFromPrimitiveList/finalizers": ["a"]}, {"finalizers": ["b"]}),
    ("nulls of a new map are dropped", {"labels": {"a": None, "b": "1"}}, {"labels": {"b": "1"}}),
]


def expected_of(spec: Tree, metadata: Tree, patch: Tree) -> Tree:
    merged = {**TWO, "spec": {**TWO["spec"], **spec}, "metadata": {**TWO["metadata"], **metadata}}
    if patch.get("spec", {}).get("nodeSelector", 0) is None:
        del merged["spec"]["nodeSelector"]
    return merged


ALL = [(name, patch, expected_of(spec, {}, patch)) for name, patch, spec in CASES]
ALL += [(name, {"metadata": patch}, expected_of({}, metadata, {})) for name, patch, metadata in METADATA]


@pytest.mark.parametrize(("patch", "expected"), [case[1:] for case in ALL], ids=[case[0] for case in ALL])
def test_patch_is_merged(patch: Tree, expected: Tree) -> None:
    before = json.dumps(TWO), json.dumps(patch)

    assert strategic_merge(TWO, patch, api().type("core/v1 Pod")) == expected
    assert (json.dumps(TWO), json.dumps(patch)) == before


if KUBECTL := shutil.which("kubectl"):

    @pytest.mark.slow
    @pytest.mark.parametrize(("patch", "expected"), [case[1:] for case in ALL], ids=[case[0] for case in ALL])
    def test_kubectl_merges_the_same(patch: Tree, expected: Tree, tmp_path: Path) -> None:
        (tmp_path / "pod.json").write_text(json.dumps(TWO))
        command = [str(KUBECTL), "patch", "--local", "-f", "pod.json", "--type", "strategic", "-o", "json"]

        made = subprocess.run([*command, "-p", json.dumps(patch)], cwd=tmp_path, capture_output=True, check=True)

        assert json.loads(made.stdout) == expected


def test_unknown_kind_merges_as_json() -> None:
    tree = {"spec": {"list": [1, 2], "map": {"a": 1, "b": 2}}}

    assert strategic_merge(tree, {"spec": {"list": [3], "map": {"a": None}}}) == {
        "spec": {"list": [3], "map": {"b": 2}}
    }


def test_map_of_structs_merges_struct_by_struct() -> None:
    kind = api().type("apiextensions/v1 JSONSchemaProps")
    tree = {"properties": {"a": {"type": "object", "required": ["x"]}, "b": {"$ref": "#/b"}}}

    assert strategic_merge(tree, {"properties": {"a": {"required": ["y"]}}}, kind) == {
        "properties": {"a": {"type": "object", "required": ["y"]}, "b": {"$ref": "#/b"}}
    }


def test_value_of_another_shape_is_replaced() -> None:
    assert strategic_merge({"a": [1]}, {"a": {"b": 1}}) == {"a": {"b": 1}}


def test_deletion_of_what_is_not_there_does_nothing() -> None:
    assert strategic_merge({}, {"a": {"$patch": "delete"}, "b": [{"c": 1, "$patch": "delete"}]}) == {"b": []}


def test_untouched_parts_are_shared() -> None:
    merged = strategic_merge(TWO, {"metadata": {"labels": {"a": "1"}}}, api().type("core/v1 Pod"))

    assert merged["spec"] is TWO["spec"]


def test_models_stand_in_a_patch() -> None:
    merged = strategic_merge(
        TWO, containers({"name": "log", "env": [EnvVar(name="A", value="9")]}), api().type("core/v1 Pod")
    )

    assert merged["spec"]["containers"][1]["env"][0] == {"name": "A", "value": "9"}


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (
            containers({"image": "x"}),
            "patch: `spec.containers`: {'image': 'x'} does not say its `name`, by which the elements of this list are "
            "merged",
        ),
        (
            {"spec": {"$patch": "remove"}},
            'patch: `spec`: `$patch: remove` is not known; expected "replace", "delete" or "merge"',
        ),
        (
            containers({"name": "web", "env": ["A=1"]}, "web"),  # type: ignore[arg-type]
            "patch: `spec.containers`: every element of this list is a mapping, which 'web' is not",
        ),
        (
            {"spec": {"nodeSelector": {"$retainKeys": ["disk"], "zone": "a"}}},
            "patch: `spec.nodeSelector`: `$retainKeys` ['disk'] must have every field that the patch sets; "
            "'zone' is missing",
        ),
    ],
)
def test_patch_that_cannot_be_merged_is_refused(patch: Tree, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        strategic_merge(TWO, patch, api().type("core/v1 Pod"))

    assert str(caught.value) == message


def test_value_without_json_is_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        strategic_merge(TWO, {"spec": {"hostname": {1}}})

    assert str(caught.value) == "`[spec][hostname]` of the patch: {1} is a set, which has no order; give a list"


_DNS = [{"name": "dns-tcp", "containerPort": 53}, {"name": "dns", "containerPort": 53, "protocol": "UDP"}]


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({"containerPort": 53, "protocol": "UDP", "hostPort": 53}, [_DNS[0], {**_DNS[1], "hostPort": 53}]),
        (
            {"containerPort": 53, "protocol": "TCP", "hostPort": 53},
            [{**_DNS[0], "protocol": "TCP", "hostPort": 53}, _DNS[1]],
        ),
        ({"containerPort": 53, "hostPort": 53}, [{**_DNS[0], "hostPort": 53}, _DNS[1]]),
        ({"containerPort": 53, "protocol": "UDP", "$patch": "delete"}, [_DNS[0]]),
        ({"containerPort": 53, "protocol": "SCTP"}, [{"containerPort": 53, "protocol": "SCTP"}, *_DNS]),
    ],
)
def test_ports_are_told_apart_by_number_and_protocol(patch: Tree, expected: list[Tree]) -> None:
    own = pod(containers=[{"name": "dns", "ports": _DNS}])

    merged = strategic_merge(own, containers({"name": "dns", "ports": [patch]}), api().type("core/v1 Pod"))

    assert merged["spec"]["containers"][0]["ports"] == expected


def test_port_without_protocol_in_a_patch_means_the_only_one_of_its_number() -> None:
    own = pod(containers=[{"name": "dns", "ports": _DNS[1:]}])
    patch = containers({"name": "dns", "ports": [{"containerPort": 53, "hostPort": 53}]})

    merged = strategic_merge(own, patch, api().type("core/v1 Pod"))

    assert merged["spec"]["containers"][0]["ports"] == [{**_DNS[1], "hostPort": 53}]


def test_ports_of_a_service_and_spread_constraints_have_two_keys_too() -> None:
    ports = [{"name": "tcp", "port": 53}, {"name": "udp", "port": 53, "protocol": "UDP"}]
    patch = {"spec": {"ports": [{"port": 53, "protocol": "UDP", "nodePort": 30053}]}}
    service = strategic_merge({"spec": {"ports": ports}}, patch, api().type("core/v1 Service"))
    hard, soft = ({"topologyKey": "zone", "whenUnsatisfiable": when} for when in ("DoNotSchedule", "ScheduleAnyway"))
    spread = {"spec": {"topologySpreadConstraints": [{**soft, "maxSkew": 2}]}}

    assert service["spec"]["ports"] == [ports[0], {**ports[1], "nodePort": 30053}]
    assert strategic_merge(pod(topologySpreadConstraints=[hard, soft]), spread, api().type("core/v1 Pod"))["spec"] == {
        "topologySpreadConstraints": [hard, {**soft, "maxSkew": 2}]
    }
