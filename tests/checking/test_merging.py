"""What several rules say of one container is one finding."""

from __future__ import annotations

from typing import Any

from kpy.checking.choice import Choice
from kpy.schema import api
from kpy.validation import find_faults, validate


def _pod(*containers: dict[str, Any], annotations: dict[str, str] | None = None) -> dict[str, Any]:
    metadata = {"name": "web", **({"annotations": annotations} if annotations else {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": list(containers)}}


def test_what_a_container_lacks_is_told_at_once() -> None:
    select = ["resources", "ephemeral-storage-limit-missing"]
    (found,) = validate([_pod({"name": "web", "image": "web:1"})], select=select, ignore=["cpu-limit-missing"])

    assert found.to_text() == (
        'warning[cpu-request-missing]: container "web" has no CPU request, memory request, memory limit or '
        "ephemeral storage limit\n"
        '   object   Pod "web"\n'
        "   field    spec.containers[0].resources\n"
        "   rules    cpu-request-missing, memory-request-missing, memory-limit-missing, "
        "ephemeral-storage-limit-missing\n"
        "   fix      set `resources.requests.cpu`, `resources.requests.memory`, `resources.limits.memory` and "
        "`resources.limits.ephemeral-storage`"
    )
    assert found.also == ("memory-request-missing", "memory-limit-missing", "ephemeral-storage-limit-missing")
    assert found.to_dict()["also"] == list(found.also)


def test_one_thing_that_lacks_is_told_by_its_own_rule_and_place() -> None:
    resources = {"requests": {"cpu": "1", "memory": "1Gi"}}
    pod = _pod({"name": "web", "image": "web:1", "resources": resources})
    (found,) = validate([pod], select=["memory-limit-missing", "cpu-request-missing"])

    assert (found.rule, found.also) == ("memory-limit-missing", ())
    assert found.field == "spec.containers[0].resources.limits[memory]"
    assert found.message == 'container "web" has no memory limit'


def test_each_container_is_told_of() -> None:
    pod = _pod({"name": "web", "image": "web:1"}, {"name": "log", "image": "log:1"})
    found = list(validate([pod], select=["cpu-request-missing", "memory-request-missing"]))

    assert [each.field for each in found] == ["spec.containers[0].resources", "spec.containers[1].resources"]


def test_restricted_standard_is_one_finding_a_container() -> None:
    (found,) = validate([_pod({"name": "web", "image": "web:1"})], select=["pod-security-restricted"])

    assert found.message == (
        'container "web" may run as root, may gain more rights than it starts with, keeps its default capabilities '
        "and has no seccomp profile"
    )
    assert found.fix == (
        "set `runAsNonRoot: true`, `allowPrivilegeEscalation: false`, `capabilities: {drop: [ALL]}` and "
        "`seccompProfile: {type: RuntimeDefault}`"
    )


def test_what_is_waived_is_not_told() -> None:
    waived = {"kpy.dev/waive.memory-limit-missing": "it is a cache"}
    pod = _pod({"name": "web", "image": "web:1"}, annotations=waived)
    (found,) = validate([pod], select=["memory-limit-missing", "memory-request-missing"])

    assert (found.rule, found.also) == ("memory-request-missing", ())


def test_findings_that_count_differently_stay_apart() -> None:
    said = {
        "select": ["memory-limit-missing", "memory-request-missing"],
        "severities": {"memory-limit-missing": "error"},
    }
    found = list(validate([_pod({"name": "web", "image": "web:1"})], **said))

    assert [(each.severity, each.rule) for each in found] == [
        ("error", "memory-limit-missing"),
        ("warning", "memory-request-missing"),
    ]


def test_standard_that_a_namespace_enforces_is_an_error_even_where_it_is_selected() -> None:
    labels = {"pod-security.kubernetes.io/enforce": "baseline"}
    home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": labels}}
    pod = _pod({"name": "web", "image": "web:1", "securityContext": {"privileged": True}})
    housed = {**pod, "metadata": {"name": "web", "namespace": "shop"}}

    assert [(found.severity, found.rule) for found in validate([pod], select=["pod-security-baseline"])] == [
        ("warning", "pod-security-privileged")
    ]
    assert [(found.severity, found.rule) for found in validate([home, housed], select=["pod-security-baseline"])] == [
        ("error", "pod-security-privileged")
    ]


def test_what_is_left_of_several_things_is_known_again() -> None:
    """A baseline goes by rule and place, and a container may get one of the settings that it lacks."""
    said = {"select": ["memory-limit-missing", "memory-request-missing"]}
    container = {"name": "web", "image": "web:1"}
    mended = {**container, "resources": {"requests": {"memory": "1Gi"}}}
    (before,) = find_faults([_pod(container)], api(None), Choice(**said))
    (after,) = find_faults([_pod(mended)], api(None), Choice(**said))

    assert before.diagnostic.also == ("memory-limit-missing",)
    assert after.diagnostic.rule == "memory-limit-missing"
    assert before.anchor == after.anchor == "spec.containers[web].resources"


def test_what_an_image_lacks_is_told_at_once() -> None:
    (found,) = validate([_pod({"name": "web", "image": "web"})], select=["images"])

    assert found.to_text() == (
        "warning[image-tag-missing]: image web has no tag, digest or registry in its name\n"
        '   object   Pod "web"\n'
        "   field    spec.containers[0].image\n"
        "   rules    image-tag-missing, image-digest-missing, image-registry-missing\n"
        "   fix      name a version, such as `web:1.4.2`, add `@sha256:...` and start it with the host name of the "
        "registry"
    )


def test_the_tag_latest_is_told_with_what_the_image_lacks() -> None:
    (found,) = validate([_pod({"name": "web", "image": "registry.io/web:latest"})], select=["images"])

    assert found.message == "image registry.io/web:latest has the tag `latest` and has no digest"
