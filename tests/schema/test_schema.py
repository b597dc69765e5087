"""The API as data."""

import gzip

import pytest

from kpy.errors import UsageError
from kpy.schema import NEWEST, RELEASES, api, releases_with_field, releases_with_kind
from tools.codegen.pool import POOL, build_pool


def test_pool_has_not_drifted_from_its_sources() -> None:
    assert build_pool() == gzip.decompress(POOL.read_bytes()).decode()


@pytest.mark.parametrize("release", RELEASES)
def test_every_reference_of_every_type_leads_to_a_type(release: str) -> None:
    known = api(release)
    todo = [kind.type for kind in known.kinds]
    seen = set(todo)
    while todo:
        found = known.type(todo.pop())
        assert found is not None
        fresh = {field.type for field in found.fields.values() if field.type} - seen
        todo += fresh
        seen |= fresh

    assert "core/v1 Container" in seen


def test_field_says_what_it_holds() -> None:
    fields = api().type("core/v1 Container").fields  # type: ignore[union-attr]

    assert (fields["ports"].container, fields["ports"].type) == ("list", "core/v1 ContainerPort")
    assert fields["ports"].list_keys == ("containerPort", "protocol")
    assert fields["ports"].merge_key == "containerPort"
    assert fields["imagePullPolicy"].enum == {"Always", "IfNotPresent", "Never"}
    limits = api().type("core/v1 ResourceRequirements").fields["limits"]  # type: ignore[union-attr]
    assert (limits.container, limits.shape) == ("map", "quantity")


def test_kind_knows_plural_scope_and_short_names() -> None:
    kind = api().kind("apps/v1", "Deployment")

    assert kind is not None
    assert (kind.plural, kind.namespaced, kind.short_names, kind.group) == ("deployments", True, ("deploy",), "apps")


def test_kind_of_another_release_is_not_there() -> None:
    assert api("1.25").kind("autoscaling/v2beta2", "HorizontalPodAutoscaler") is not None
    assert api("1.26").kind("autoscaling/v2beta2", "HorizontalPodAutoscaler") is None
    assert releases_with_kind("autoscaling/v2beta2", "HorizontalPodAutoscaler") == 1


def test_field_knows_its_releases() -> None:
    mask = releases_with_field("core/v1 PodSpec", "resources")

    assert next(release for bit, release in enumerate(RELEASES) if mask >> bit & 1) == "1.32"


def test_unknown_release_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        api("1.99")

    assert str(caught.value) == (
        f"Kubernetes release '1.99' is not known; expected one of 1.25 to {NEWEST}, such as {NEWEST!r}"
    )
    assert api().release == NEWEST


@pytest.mark.parametrize(
    ("group", "kind", "expected"),
    [
        ("", "Namespace", True),
        ("", "Pod", False),
        ("rbac.authorization.k8s.io", "ClusterRole", True),
        ("rbac.authorization.k8s.io", "Role", False),
        ("", "ClusterRole", False),
        ("shop.example.com", "Order", False),
    ],
)
def test_scope_of_a_kind_is_known_without_its_version(group: str, kind: str, expected: bool) -> None:
    assert api().is_of_cluster(group, kind) is expected
    assert api().is_of_cluster(group, kind) is expected
