"""Roles, bindings and grants: what short forms write, and what they refuse."""

from __future__ import annotations

import pytest

from constructs.synthesis import said, tree, trees
from kpy import App, ArgumentError, Chart, ClusterRole, ConfigMap, Deployment, Grant, Group, Role, ServiceAccount, User


def test_subject_of_a_binding_has_the_namespace_of_its_account() -> None:
    account, role = ServiceAccount("api"), Role("reader").allow("get", "pods")

    binding = tree(account, role, role.bind(account, User("jane"), Group("devs")), kind="RoleBinding", namespace="shop")

    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": "api", "namespace": "shop"},
        {"kind": "User", "name": "jane", "apiGroup": "rbac.authorization.k8s.io"},
        {"kind": "Group", "name": "devs", "apiGroup": "rbac.authorization.k8s.io"},
    ]


def test_role_looks_groups_up() -> None:
    role = Role("r").allow("get", ["pods", "deployments", "pods/log", "issuers.cert-manager.io", Deployment])

    assert [(rule.api_groups, rule.resources) for rule in role.rules or ()] == [
        ([""], ["pods", "pods/log"]),
        (["apps"], ["deployments", "deployments"]),
        (["cert-manager.io"], ["issuers"]),
    ]


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        ("pod", "the API has no resource 'pod'; roles name resources in the plural: 'pods'"),
        ("deploy", "the API has no resource 'deploy'; roles name resources in the plural: 'deployments'"),
        ("podss", "the API has no resource 'podss'; did you mean 'pods'?"),
        (
            "issuers",
            "the API has no resource 'issuers'; for a custom resource, add its group: \"certificates.cert-manager.io\"",
        ),
    ],
)
def test_role_refuses_resources_that_do_not_exist(resource: str, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Role("r").allow("get", resource)

    assert said(caught.value) == f"FILE: {message}"


def test_grant_names_objects() -> None:
    account, config = ServiceAccount("api"), ConfigMap("config")

    written = trees(account, config, Grant("api", to=[account]).read(config).write("jobs"), namespace="shop")

    (role,) = [each for each in written if each["kind"] == "Role"]
    assert role["rules"] == [
        {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["config"], "verbs": ["get", "watch"]},
        {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["update", "patch", "delete", "create"]},
    ]


def test_existing_role_and_account_are_bound() -> None:
    account = ServiceAccount.existing("robot", namespace="ci")

    (binding,) = trees(ClusterRole.existing("view").bind_in_namespace(account), namespace="shop")

    assert binding["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "robot", "namespace": "ci"}]


def test_binding_lives_in_the_namespace_of_its_role() -> None:
    app = App("shop")
    role = app.add(Chart("shop", namespace="shop")).add(Role("reader").allow("get", "pods"))
    app.add(Chart("house", namespace="house")).add(role.bind(User("jane")))

    assert app.synth().find("RoleBinding", "reader").namespace == "shop"
