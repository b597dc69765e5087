"""Two manifests by meaning: what differs, and what applying the difference does."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

from kpy.compare import compare
from kpy.reporting.markdown import changes_to_markdown

from .objects import Tree, claim, config, deployment, secret, stateful


def found(old: Tree, new: Tree) -> list[tuple[str, object, object]]:
    """Return path, old and new of all differences between two objects."""
    (change,) = compare([old], [new]).changes
    return [(difference.path, difference.old, difference.new) for difference in change.differences]


def effect(old: Tree | None, new: Tree | None) -> str:
    (change,) = compare([old] if old else [], [new] if new else []).changes
    return change.effect


def in_container(path: str) -> str:
    return f"spec.template.spec.containers[name=web].{path}"


# What differs


def test_equal_objects_have_no_difference() -> None:
    assert found(deployment(), deployment()) == []


def test_difference_has_path_old_and_new() -> None:
    new = deployment(image="nginx:1.30")

    assert found(deployment(), new) == [(in_container("image"), "nginx:1.29", "nginx:1.30")]


def test_elements_are_the_same_by_the_list_keys_of_the_api() -> None:
    old = deployment(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}])
    new = deployment(env=[{"name": "C", "value": "3"}, {"name": "A", "value": "1"}, {"name": "B", "value": "x"}])

    assert found(old, new) == [
        (in_container("env[name=C]"), None, {"name": "C", "value": "3"}),
        (in_container("env[name=B].value"), "2", "x"),
    ]


def test_claim_template_as_the_server_keeps_it_is_no_difference() -> None:
    written = stateful()
    kept = deepcopy(written)
    more = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "status": {"phase": "Pending"}}
    kept["spec"]["volumeClaimTemplates"][0] |= more

    assert found(kept, written) == []


def test_default_counts_as_part_of_a_list_key() -> None:
    old = deployment(ports=[{"containerPort": 80}])
    new = deployment(ports=[{"containerPort": 80, "protocol": "TCP", "name": "http"}])

    assert found(old, new) == [(in_container("ports[containerPort=80,protocol=TCP].name"), None, "http")]


def test_same_key_twice_is_paired_in_order() -> None:
    ports = [{"containerPort": 80, "name": "a"}, {"containerPort": 80, "name": "b"}]
    new = deepcopy(ports)
    new[1]["name"] = "c"

    path = in_container("ports[containerPort=80,protocol=TCP#2].name")
    assert found(deployment(ports=ports), deployment(ports=new)) == [(path, "b", "c")]


def test_order_counts_within_a_pod() -> None:
    """An API server keeps the order and a Deployment rolls when it changes."""
    env = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]

    (change,) = compare([deployment(env=env)], [deployment(env=env[::-1])]).changes

    assert change.effect == "rolling restart"
    assert [difference.to_dict() for difference in change.differences] == [
        {"path": in_container("env"), "old": ["name=A", "name=B"], "new": ["name=B", "name=A"], "note": "order"}
    ]


def test_order_does_not_count_elsewhere() -> None:
    ports = [{"port": 80, "name": "a"}, {"port": 81, "name": "b"}]
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": ports}}

    assert found(service, {**service, "spec": {"ports": ports[::-1]}}) == []


def test_order_of_webhooks_that_change_objects_counts() -> None:
    head = {"apiVersion": "admissionregistration.k8s.io/v1", "metadata": {"name": "web"}}
    hooks = [{"name": "a.example.com"}, {"name": "b.example.com"}]
    for kind, is_ordered in (("MutatingWebhookConfiguration", True), ("ValidatingWebhookConfiguration", False)):
        old, new = ({**head, "kind": kind, "webhooks": webhooks} for webhooks in (hooks, hooks[::-1]))

        assert is_ordered == bool(found(old, new))


def test_sets_have_no_order() -> None:
    assert found(claim(accessModes=["ReadWriteOnce", "ReadOnlyMany"]), claim(accessModes=["ReadOnlyMany"])) != []
    finalizers = ["a.com/a", "b.com/b"]
    old, new = config(), config()
    old["metadata"]["finalizers"], new["metadata"]["finalizers"] = finalizers, finalizers[::-1]
    assert found(old, new) == []


def test_other_lists_are_compared_by_position_from_both_ends() -> None:
    old, new = deployment(args=["a", "b", "c"]), deployment(args=["a", "x", "b", "c"])

    assert found(old, new) == [(in_container("args[1]"), None, "x")]
    assert found(old, deployment(args=["a", "x", "c"])) == [(in_container("args[1]"), "b", "x")]
    assert found(new, old) == [(in_container("args[1]"), "x", None)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"resources": {"limits": {"cpu": 1}}}, {"resources": {"limits": {"cpu": "1000m"}}}),
        ({"resources": {"limits": {"memory": "1Gi"}}}, {"resources": {"limits": {"memory": "1024Mi"}}}),
        ({}, {"imagePullPolicy": "IfNotPresent"}),
        ({"image": "nginx"}, {"image": "nginx", "imagePullPolicy": "Always"}),
        ({}, {"resources": {}}),
        ({}, {"env": []}),
        ({}, {"env": None}),
        ({}, {"terminationMessagePath": ""}),
        ({"env": [{"name": "A"}]}, {"env": [{"name": "A", "value": ""}]}),
        ({"args": [""]}, {"args": [None]}),
        ({"ports": [{"containerPort": 80}]}, {"ports": [{"containerPort": 80, "protocol": "TCP"}]}),
    ],
)
def test_same_meaning_is_no_difference(old: Tree, new: Tree) -> None:
    assert found(deployment(**old), deployment(**new)) == []
    assert found(deployment(**new), deployment(**old)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {"securityContext": {}}),
        ({}, {"imagePullPolicy": "Always"}),
        ({"stdin": True}, {"stdin": 1}),
        ({"args": ["1"]}, {"args": [1]}),
        ({"args": ["-c"]}, {"args": ["-c", None]}),
        (
            {"resources": {"claims": [{"name": "a"}, {"name": "b"}]}},
            {"resources": {"claims": [{"name": "b"}, {"name": "a"}]}},
        ),
        ({"resources": {"limits": {"memory": "1G"}}}, {"resources": {"limits": {"memory": "1Gi"}}}),
    ],
)
def test_other_meaning_is_a_difference(old: Tree, new: Tree) -> None:
    assert len(found(deployment(**old), deployment(**new))) == 1


def test_null_in_a_list_is_the_zero_of_what_the_list_holds() -> None:
    """A server takes it for a rule without a word, which lets everything in."""
    rule = {"from": [{"podSelector": {"matchLabels": {"app": "web"}}}]}
    policy = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web"}}

    old, new = ({**policy, "spec": {"podSelector": {}, "ingress": rules}} for rules in ([rule], [rule, None]))

    assert found(old, new) == [("spec.ingress[1]", None, {})]


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("v1 Service", {"clusterIP": "None"}, {"clusterIP": "None", "clusterIPs": ["None"]}),
        ("v1 Service", {"clusterIPs": ["10.0.0.7"]}, {"clusterIP": "10.0.0.7", "clusterIPs": ["10.0.0.7"]}),
        ("v1 Pod", {"volumes": [{"name": "tmp"}]}, {"volumes": [{"name": "tmp", "emptyDir": {}}]}),
        ("networking.k8s.io/v1 NetworkPolicy", {}, {"podSelector": {}}),
    ],
)
def test_what_a_server_fills_in_is_no_difference(kind: str, old: Tree, new: Tree) -> None:
    version, _, name = kind.partition(" ")
    head = {"apiVersion": version, "kind": name, "metadata": {"name": "web"}}

    assert found({**head, "spec": old}, {**head, "spec": new}) == []
    assert found({**head, "spec": new}, {**head, "spec": old}) == []


def test_namespace_of_a_cluster_scoped_object_is_no_difference() -> None:
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "admin"}}

    assert found(role, {**role, "metadata": {"name": "admin", "namespace": "shop"}}) == []


def test_what_a_server_writes_is_left_out() -> None:
    live = deployment()
    live["metadata"] |= {"uid": "1", "resourceVersion": "7", "generation": 2, "managedFields": [{}]}
    live["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": "{}"}
    live["status"] = {"replicas": 1}

    assert found(deployment(), live) == []


def test_custom_resources_are_compared_as_plain_values() -> None:
    issuer = {"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": {"name": "ca"}}

    assert found(issuer, {**issuer, "spec": {"selfSigned": {}}}) == [("spec", None, {"selfSigned": {}})]
    assert found({**issuer, "spec": {}}, {**issuer, "spec": {"selfSigned": {}}}) == [("spec.selfSigned", None, {})]


# Which objects belong together


def test_object_is_the_same_whatever_its_version() -> None:
    scaler = {"kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"}, "spec": {"maxReplicas": 3}}

    old, new = ({**scaler, "apiVersion": f"autoscaling/{version}"} for version in ("v1", "v2"))

    assert found(old, new)[0] == ("apiVersion", "autoscaling/v1", "autoscaling/v2")


def test_namespaces_keep_objects_apart() -> None:
    old, new = config(), config()
    new["metadata"]["namespace"] = "shop"

    assert [change.effect for change in compare([old], [new]).changes] == ["create", "delete"]


def test_objects_without_a_name_are_paired_by_prefix() -> None:
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "migrate-"}, "spec": {"suspend": True}}

    assert [str(change) for change in compare([job, job], [job, job]).changes] == ['Job "migrate-*"'] * 2
    assert found(job, {**job, "spec": {"suspend": False}}) == [("spec.suspend", True, False)]
    assert effect(job, {**job, "spec": {"completions": 2}}) == "create"


def test_objects_of_a_list_are_compared_one_by_one() -> None:
    listed = {"apiVersion": "v1", "kind": "List", "items": [config(a="1"), secret(a="MQ==")]}

    assert compare([listed], [secret(a="MQ=="), config(a="1")]).is_same


# What applying it does


def test_effects_of_objects_that_come_go_and_stay() -> None:
    assert effect(None, config()) == "create"
    assert effect(config(), None) == "delete"
    assert effect(config(), config()) == "no change"
    assert effect(config(), config(a="1")) == "update in place"


def test_changed_pod_template_is_a_rolling_restart() -> None:
    assert effect(deployment(), deployment(image="nginx:1.30")) == "rolling restart"
    scaled = deployment()
    scaled["spec"]["replicas"] = 3
    assert effect(deployment(), scaled) == "update in place"


def test_pods_of_a_paused_deployment_stay() -> None:
    new = deployment(image="nginx:1.30")
    new["spec"]["paused"] = True

    assert effect(deployment(), new) == "update in place"


def test_pods_that_are_updated_on_deletion_stay() -> None:
    old, new = (stateful(updateStrategy={"type": "OnDelete"}, template={"spec": {"hostname": x}}) for x in "ab")

    (change,) = compare([old], [new]).changes

    assert change.effect == "update in place"
    assert change.reasons == ("pods change when they are deleted: the update strategy is OnDelete",)


def test_immutable_field_is_named() -> None:
    new = deployment()
    new["spec"]["selector"]["matchLabels"] = {"app": "api"}

    (change,) = compare([deployment()], [new]).changes

    assert change.effect == "immutable field changed"
    assert change.reasons == (
        "the API server refuses to change spec.selector.matchLabels[app]; the object must be deleted and created anew",
    )


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (claim(), "data loss"),
        ({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}, "data loss"),
        ({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}, "data loss"),
        ({"apiVersion": "v1", "kind": "PersistentVolume", "spec": {}}, "delete"),
        (
            {"apiVersion": "v1", "kind": "PersistentVolume", "spec": {"persistentVolumeReclaimPolicy": "Delete"}},
            "data loss",
        ),
        (stateful(), "delete"),
        (stateful(persistentVolumeClaimRetentionPolicy={"whenDeleted": "Delete"}), "data loss"),
    ],
)
def test_deletion_that_loses_data(document: Tree, expected: str) -> None:
    assert effect(document, None) == expected


def test_claim_whose_volume_provably_stays_is_just_deleted() -> None:
    kept = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "kept"}}
    kept["reclaimPolicy"] = "Retain"

    comparison = compare([kept, claim(storageClassName="kept")], [kept])

    assert [change.effect for change in comparison.changes] == ["no change", "delete"]


def test_scaling_down_can_lose_data() -> None:
    policy = {"persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"}}

    assert effect(stateful(replicas=3, **policy), stateful(replicas=2, **policy)) == "data loss"
    assert effect(stateful(replicas=3), stateful(replicas=2)) == "scale down"


# Secrets


def test_secret_values_are_hidden_everywhere() -> None:
    comparison = compare(
        [secret(token="aHVudGVyMg=="), config()], [secret(token="c2VzYW1l", extra="c2VzYW1l"), config()]
    )

    shown = (
        comparison.to_text()
        + changes_to_markdown(comparison)
        + json.dumps(comparison.to_dict())
        + repr(comparison.changes)
    )

    assert "data[token]" in shown
    for value in ("aHVudGVyMg==", "c2VzYW1l", "hunter2", "sesame"):
        assert value not in shown


def test_text_of_a_secret_is_its_data() -> None:
    new = {**secret(), "stringData": {"token": "hunter2"}}

    assert found(secret(token="aHVudGVyMg=="), new) == []


@pytest.mark.parametrize(
    ("kind", "live", "written"),
    [
        (
            "v1 Service",
            {"spec": {"clusterIP": "10.0.0.7", "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"}},
            {"spec": {}},
        ),
        (
            "v1 PersistentVolumeClaim",
            {"metadata": {"finalizers": ["kubernetes.io/pvc-protection"]}},
            {},
        ),
        (
            "batch/v1 Job",
            {
                "metadata": {"labels": {"job-name": "a", "controller-uid": "x"}},
                "spec": {"selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": "x"}}},
            },
            {"spec": {}},
        ),
    ],
)
def test_what_a_server_sets_once_is_kept_where_nobody_says_it(kind: str, live: Tree, written: Tree) -> None:
    api_version, name = kind.split(" ")

    def document(said: Tree) -> Tree:
        metadata = {"name": "a", **said.get("metadata", {})}
        return {"apiVersion": api_version, "kind": name, **said, "metadata": metadata}

    assert compare([document(live)], [document(written)]).counts == {"no change": 1}
    assert compare([document(written)], [document(written)]).counts == {"no change": 1}


def test_policy_of_two_families_that_goes_is_a_change() -> None:
    live = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "a"},
        "spec": {"ipFamilyPolicy": "RequireDualStack"},
    }

    assert compare([live], [{**live, "spec": {}}]).counts == {"update in place": 1}
