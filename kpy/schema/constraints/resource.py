"""Rules on single fields of the group resource."""

from __future__ import annotations

from typing import Final

from kpy.schema.constraints.facts import Count, Format, field_rule

__all__ = ["RULES"]

_DYNAMIC_RESOURCE_ALLOCATION: Final = (
    "https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/"
)

RULES: Final = (
    field_rule(
        "device-claim-too-large",
        "A claim has at most 32 requests, constraints and configurations each.",
        Count("requests", items="requests", most=32),
        Count("constraints", items="constraints", most=32),
        Count("config", items="configurations", most=32),
        on="resource/v1 DeviceClaim",
        source=_DYNAMIC_RESOURCE_ALLOCATION + "#resourceclaims-templates",
    ),
    field_rule(
        "device-name",
        "A device has a name: a DNS label.",
        Format("name", "DNS label", required=True, absent="the device has no `name`"),
        on="resource/v1 Device",
        source=_DYNAMIC_RESOURCE_ALLOCATION + "#resourceslice",
    ),
    field_rule(
        "device-request-class",
        "A request names the DeviceClass of its devices.",
        Format("deviceClassName", "DNS subdomain", required=True),
        on=("resource/v1 ExactDeviceRequest", "resource/v1 DeviceSubRequest"),
        source=_DYNAMIC_RESOURCE_ALLOCATION + "#deviceclass",
    ),
    field_rule(
        "device-request-name",
        "A request for devices has a name: a DNS label.",
        Format("name", "DNS label", required=True, absent="the request has no `name`"),
        on=("resource/v1 DeviceRequest", "resource/v1 DeviceSubRequest"),
        source=_DYNAMIC_RESOURCE_ALLOCATION + "#resourceclaims-templates",
    ),
    field_rule(
        "device-selectors-too-many",
        "There are at most 32 selectors in a place, and as many configurations of a class.",
        Count("selectors", items="selectors", most=32),
        Count("config", items="configurations", most=32, on=("resource/v1 DeviceClassSpec",)),
        on=("resource/v1 ExactDeviceRequest", "resource/v1 DeviceSubRequest", "resource/v1 DeviceClassSpec"),
        source=_DYNAMIC_RESOURCE_ALLOCATION + "#deviceclass",
    ),
    field_rule(
        "device-taints-too-many",
        "A device has at most 16 taints.",
        Count("taints", items="taints", most=16, since="1.36"),
        on="resource/v1 Device",
        source=_DYNAMIC_RESOURCE_ALLOCATION + "#device-taints-and-tolerations",
    ),
)
