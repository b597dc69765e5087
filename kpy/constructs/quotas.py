"""Limits for a namespace: ResourceQuota and LimitRange."""

from __future__ import annotations

from typing import ClassVar

from kpy.constructs.fields.limit_range import LimitRangeFields
from kpy.constructs.fields.resource_quota import ResourceQuotaFields
from kpy.constructs.object import Home, Object

__all__ = ["LimitRange", "ResourceQuota"]


class ResourceQuota(ResourceQuotaFields, Object):
    """What all objects of a namespace may use together.

        chart.add(ResourceQuota("shop", hard={"requests.cpu": 8, "requests.memory": "16Gi", "pods": 40}))

    https://kubernetes.io/docs/concepts/policy/resource-quotas/
    """

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "ResourceQuota"
    _homes: ClassVar[tuple[Home, ...]] = ((ResourceQuotaFields, ("spec",)),)


class LimitRange(LimitRangeFields, Object):
    """What each container, pod or claim of a namespace may use, and what it gets when it says nothing.

        chart.add(LimitRange("defaults", limits=[
            LimitRangeItem(type="Container", default={"memory": "256Mi"}, default_request={"cpu": "100m"}),
        ]))

    https://kubernetes.io/docs/concepts/policy/limit-range/
    """

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "LimitRange"
    _homes: ClassVar[tuple[Home, ...]] = ((LimitRangeFields, ("spec",)),)
