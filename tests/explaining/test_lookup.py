"""What a word means: kinds, plurals, short names, structs, fields in either spelling, keywords of constructs."""

from __future__ import annotations

import re

import pytest

from kpy.errors import UsageError
from kpy.explaining.lookup import find_place


@pytest.mark.parametrize(
    ("word", "path", "type_name"),
    [
        ("Deployment", "Deployment", "apps/v1 Deployment"),
        ("deploy.spec.strategy", "Deployment.spec.strategy", "apps/v1 DeploymentStrategy"),
        ("deployments.spec.replicas", "Deployment.spec.replicas", ""),
        ("Deployment.replicas", "Deployment.spec.replicas", ""),
        ("Deployment.node_selector", "Deployment.spec.template.spec.nodeSelector", ""),
        ("CronJob.backoff_limit", "CronJob.spec.jobTemplate.spec.backoffLimit", ""),
        ("CronJob.containers", "CronJob.spec.jobTemplate.spec.template.spec.containers", "core/v1 Container"),
        ("pod.spec.containers[0].image", "Pod.spec.containers.image", ""),
        ("Probe.period_seconds", "Probe.periodSeconds", ""),
        ("Container.livenessprobe", "Container.livenessProbe", "core/v1 Probe"),
        ("claim.spec", "PersistentVolumeClaim.spec", "core/v1 PersistentVolumeClaimSpec"),
        ("hpa.spec.metrics", "HorizontalPodAutoscaler.spec.metrics", "autoscaling/v2 MetricSpec"),
        ("autoscaling/v1 hpa.spec", "HorizontalPodAutoscaler.spec", "autoscaling/v1 HorizontalPodAutoscalerSpec"),
        ("events.k8s.io/v1 Event.note", "Event.note", ""),
        ("Event", "Event", "core/v1 Event"),
    ],
)
def test_word_is_found(word: str, path: str, type_name: str) -> None:
    place = find_place(word)

    assert place is not None
    assert (place.path, place.type) == (path, type_name)


@pytest.mark.parametrize("word", ["Certificate", "Deplyment.spec", "", "."])
def test_word_that_names_no_kind_is_not_found(word: str) -> None:
    assert find_place(word) is None


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("Deployment.nodeSelecter", "Deployment has no field nodeSelecter; did you mean nodeSelector or selector?"),
        ("Deployment.node_selectr", "Deployment has no field node_selectr; did you mean node_selector"),
        ("Pod.spec.containers.imag", "Pod.spec.containers has no field imag; did you mean image?"),
        (
            "CronJob.image",
            "CronJob has no field image; did you mean CronJob.spec.jobTemplate.spec.template.spec.containers.image?",
        ),
        ("cm.data.x", "ConfigMap.data has no fields, so there is no x in it"),
        ("Lease.spec.qqq", "Lease.spec has no field qqq; it has acquireTime, holderIdentity,"),
    ],
)
def test_field_that_is_not_there_is_refused_with_what_is_near(word: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        find_place(word)
