"""What cannot be reached any more: Services, Ingresses, network policies, and what they lead to."""

from __future__ import annotations

from typing import Any

import pytest

from kpy.compare import Change, compare

Tree = dict[str, Any]


def made(kind: str, group: str = "v1", *, name: str = "web", **fields: Any) -> Tree:
    return {"apiVersion": group, "kind": kind, "metadata": {"name": name}, **fields}


def service(**spec: Any) -> Tree:
    return made("Service", spec={"selector": {"app": "web"}, "ports": [{"port": 80}], **spec})


def ports(*numbers: int, protocol: str = "TCP", node: int | None = None) -> list[Tree]:
    at = {"nodePort": node} if node else {}
    return [{"port": number, "protocol": protocol, "name": f"p{number}", **at} for number in numbers]


def deployment(name: str = "web", **labels: str) -> Tree:
    template = {"metadata": {"labels": {"app": "web", **labels}}, "spec": {}}
    return made("Deployment", "apps/v1", name=name, spec={"template": template})


def ingress(*routes: tuple[str, str, str], **spec: Any) -> Tree:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rules = [
        {"host": host, "http": {"paths": [{"path": path, "pathType": kind, "backend": backend}]}}
        for host, path, kind in routes or [("a.io", "/", "Prefix")]
    ]
    return made("Ingress", "networking.k8s.io/v1", spec={"rules": rules, **spec})


def policy(name: str = "web", labels: Tree | None = None, **spec: Any) -> Tree:
    selector = {"podSelector": {"matchLabels": labels if labels is not None else {"app": "web"}}}
    return made("NetworkPolicy", "networking.k8s.io/v1", name=name, spec={**selector, **spec})


def judged(old: Tree, new: Tree) -> tuple[str, tuple[str, ...]]:
    (change,) = compare([old], [new]).changes
    return change.effect, change.reasons


def changes(old: list[Tree], new: list[Tree]) -> dict[str, Change]:
    """Return the changes by kind and name."""
    return {f"{change.kind}/{change.name}": change for change in compare(old, new).changes}


OPEN = {"ingress": [{"ports": [{"port": 80}]}]}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            service(),
            service(selector=None),
            "it has no selector any more: its addresses stay as they are, and no new pod gets traffic",
        ),
        (service(ports=ports(80, 81)), service(ports=ports(80)), "port 81/TCP cannot be reached any more"),
        (service(ports=ports(80)), service(ports=ports(81, 82)), "port 80/TCP cannot be reached any more"),
        (service(ports=ports(80, 81)), service(ports=ports(82)), "ports 80/TCP, 81/TCP cannot be reached any more"),
        (service(ports=ports(53)), service(ports=ports(53, protocol="UDP")), "port 53/TCP cannot be reached any more"),
        (
            service(type="NodePort", ports=ports(80, node=30080)),
            service(type="NodePort", ports=ports(80, node=30081)),
            "port 30080 on the nodes cannot be reached any more: it becomes 30081",
        ),
        (
            service(type="LoadBalancer"),
            service(),
            "its external address goes: the type was LoadBalancer, and becomes ClusterIP",
        ),
        (
            service(type="LoadBalancer"),
            service(type="NodePort"),
            "its external address goes: the type was LoadBalancer, and becomes NodePort",
        ),
        (
            service(type="NodePort"),
            service(),
            "its ports on the nodes go: the type was NodePort, and becomes ClusterIP",
        ),
        (
            service(),
            service(type="ExternalName", externalName="a.io"),
            "its address goes: the type was ClusterIP, and becomes ExternalName",
        ),
        (service(externalIPs=["10.9.9.9"]), service(), "it cannot be reached at 10.9.9.9 any more"),
        (
            service(type="LoadBalancer", loadBalancerIP="10.1.1.1"),
            service(type="LoadBalancer", loadBalancerIP="10.1.1.2"),
            "it cannot be reached at 10.1.1.1 any more",
        ),
        (
            ingress(ingressClassName="nginx"),
            ingress(ingressClassName="traefik"),
            "another controller, or none, serves it from now on: its class was nginx, and becomes traefik",
        ),
        (
            ingress(ingressClassName="nginx"),
            ingress(),
            "another controller, or none, serves it from now on: its class was nginx, and is not set any more",
        ),
        (ingress(("a.io", "/", "Prefix")), ingress(("b.io", "/", "Prefix")), "not served any more: a.io/"),
        (ingress(("a.io", "/", "Prefix")), ingress(("a.io", "/", "Exact")), "not served any more: a.io/"),
        (ingress(("", "/api", "Prefix")), ingress(("", "/apis", "Prefix")), "not served any more: */api"),
        (
            ingress(defaultBackend={"service": {"name": "a"}}),
            ingress(),
            "not served any more: what no rule takes",
        ),
        (policy(**OPEN), policy(ingress=[]), "no ingress is let through any more to or from the pods that it selects"),
        (
            policy(**OPEN),
            policy(policyTypes=["Ingress", "Egress"], **OPEN),
            "no egress is let through any more to or from the pods that it selects",
        ),
        (
            made("Endpoints", subsets=[{"addresses": [{"ip": "10.0.0.1"}]}]),
            made("Endpoints", subsets=[]),
            "no addresses are left",
        ),
        (
            made("EndpointSlice", "discovery.k8s.io/v1", addressType="IPv4", endpoints=[{"addresses": ["10.0.0.1"]}]),
            made("EndpointSlice", "discovery.k8s.io/v1", addressType="IPv4", endpoints=[]),
            "no addresses are left",
        ),
    ],
)
def test_what_cannot_be_reached_any_more_is_an_outage(old: Tree, new: Tree, reason: str) -> None:
    assert judged(old, new) == ("outage", (reason,))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (service(), service(ports=ports(80, 81))),
        (service(), service(type="NodePort")),
        (service(type="NodePort", ports=ports(80, node=30080)), service(type="NodePort", ports=ports(80))),
        (service(), service(sessionAffinity="ClientIP")),
        (ingress(), ingress(ingressClassName="nginx")),
        (ingress(("a.io", "/", "Exact")), ingress(("a.io", "/", "Prefix"))),
        (ingress(("a.io", "/api/v1", "Prefix")), ingress(("a.io", "/api", "Prefix"))),
        (ingress(("a.io", "/", "Prefix")), ingress(("", "/", "Prefix"))),
        (ingress(("a.io", "/", "Prefix")), ingress(("b.io", "/", "Prefix"), defaultBackend={"service": {"name": "a"}})),
        (policy(ingress=[]), policy(**OPEN)),
        (policy(**OPEN), policy(ingress=[{"ports": [{"port": 81}]}])),
    ],
)
def test_what_can_still_be_reached_is_an_update(old: Tree, new: Tree) -> None:
    assert judged(old, new) == ("update in place", ())


def test_class_of_an_annotation_counts() -> None:
    old, new = ingress(), ingress()
    old["metadata"]["annotations"] = {"kubernetes.io/ingress.class": "nginx"}

    assert judged(old, new)[0] == "outage"


def test_service_whose_selector_meets_no_pods_is_an_outage() -> None:
    found = changes([service(), deployment()], [service(selector={"app": "other"}), deployment()])

    assert found["Service/web"].effect == "outage"
    assert found["Service/web"].reasons == ("it leads to no pods any more",)


def test_pods_that_a_service_does_not_meet_any_more_are_an_outage() -> None:
    old, new = service(selector={"tier": "front"}), service(selector={"tier": "front"})

    found = changes([old, deployment(tier="front")], [new, deployment()])

    assert (found["Service/web"].effect, found["Deployment/web"].effect) == ("no change", "outage")
    assert found["Deployment/web"].reasons == ('Service "web" leads to no pods any more',)


def test_deployment_that_goes_and_leaves_its_service_is_an_outage() -> None:
    found = changes([service(), deployment()], [service()])

    assert found["Deployment/web"].effect == "outage"


def test_service_that_meets_other_pods_goes_on() -> None:
    moved = changes([service(), deployment()], [service(), deployment("web-2")])
    switched = changes(
        [service(selector={"v": "1"}), deployment(v="1"), deployment("b", v="2")],
        [service(selector={"v": "2"}), deployment(v="1"), deployment("b", v="2")],
    )

    assert {key: change.effect for key, change in moved.items()} == {
        "Service/web": "no change",
        "Deployment/web-2": "create",
        "Deployment/web": "delete",
    }
    assert switched["Service/web"].effect == "update in place"


def test_service_that_met_nothing_before_is_no_outage() -> None:
    assert changes([service()], [service(selector={"app": "x"})])["Service/web"].effect == "update in place"


@pytest.mark.parametrize(
    ("kind", "group", "spec", "what"),
    [
        ("PodDisruptionBudget", "policy/v1", "selector", "protects no pods any more"),
        ("NetworkPolicy", "networking.k8s.io/v1", "podSelector", "selects no pods any more"),
    ],
)
def test_budget_or_policy_that_meets_no_pods_says_so(kind: str, group: str, spec: str, what: str) -> None:
    def selecting(value: str) -> Tree:
        return made(
            kind, group, spec={spec: {"matchExpressions": [{"key": "app", "operator": "In", "values": [value]}]}}
        )

    found = changes([selecting("web"), deployment()], [selecting("x"), deployment()])

    assert found[f"{kind}/web"].effect == "update in place"
    assert found[f"{kind}/web"].reasons == (f"it {what}",)


def test_autoscaler_without_a_target_says_so() -> None:
    scaler = made(
        "HorizontalPodAutoscaler",
        "autoscaling/v2",
        spec={"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 3},
    )

    found = changes([scaler, deployment()], [scaler, deployment("web-2")])

    assert found["Deployment/web"].reasons == ('HorizontalPodAutoscaler "web" has nothing to scale any more',)


DENY = policy("deny", {}, policyTypes=["Ingress"])


@pytest.mark.parametrize(
    ("new", "cause"),
    [
        pytest.param([DENY, deployment()], "NetworkPolicy/web", id="the policy goes"),
        pytest.param([DENY, policy(labels={"app": "x"}, **OPEN), deployment()], "NetworkPolicy/web", id="it moves"),
        pytest.param(
            [DENY, policy(labels={"tier": "front"}, **OPEN), deployment()], "NetworkPolicy/web", id="it wants more"
        ),
    ],
)
def test_traffic_that_only_one_policy_let_through_is_an_outage(new: list[Tree], cause: str) -> None:
    found = changes([DENY, policy(**OPEN), deployment()], new)

    assert found[cause].effect == "outage"
    assert 'no ingress is let through any more to or from Deployment "web"' in found[cause].reasons


def test_pods_that_a_policy_lets_go_are_named() -> None:
    allow = policy(labels={"tier": "front"}, **OPEN)

    found = changes([DENY, allow, deployment(tier="front")], [DENY, allow, deployment()])

    assert found["Deployment/web"].effect == "outage"
    assert "no ingress is let through any more to or from it" in found["Deployment/web"].reasons


def test_policy_that_goes_where_all_is_open_or_another_lets_through_is_a_deletion() -> None:
    assert changes([policy(**OPEN), deployment()], [deployment()])["NetworkPolicy/web"].effect == "delete"
    others = [DENY, policy("more", **OPEN), deployment()]
    assert changes([policy(**OPEN), *others], others)["NetworkPolicy/web"].effect == "delete"


def test_service_that_an_ingress_leads_to_is_missed() -> None:
    found = changes([service(), ingress()], [ingress()])

    assert found["Service/web"].effect == "outage"
    assert found["Service/web"].reasons == ('Ingress "web" leads to it',)
