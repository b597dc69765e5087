"""Rules on single fields of the core group, pods aside."""

from __future__ import annotations

from typing import Final

from kpy.schema.constraints.facts import Bounds, Count, Format, NotEmpty, OneOf, Required, Unique, field_rule

__all__ = ["RULES"]

_LIMIT_RANGE: Final = "https://kubernetes.io/docs/concepts/policy/limit-range/"
_ENDPOINT_SLICES: Final = "https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/"
_SERVICE: Final = "https://kubernetes.io/docs/concepts/services-networking/service/"
_PERSISTENT_VOLUMES: Final = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/"
_EVENT_V1: Final = "https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/"

RULES: Final = (
    field_rule(
        "access-modes-required",
        "A claim or volume has at least one access mode.",
        Required("accessModes", "there is no access mode", fix="use [ReadWriteOnce] for a volume of one node"),
        on=("core/v1 PersistentVolumeClaimSpec", "core/v1 PersistentVolumeSpec"),
        source=_PERSISTENT_VOLUMES + "#access-modes",
    ),
    field_rule(
        "azure-secret-namespace",
        "The namespace of the secret of an Azure file share is not empty when it is set.",
        NotEmpty("secretNamespace", fix="set it, or leave it out"),
        on="core/v1 AzureFilePersistentVolumeSource",
        source=_PERSISTENT_VOLUMES + "#types-of-persistent-volumes",
    ),
    field_rule(
        "endpoint-app-protocol",
        "The appProtocol of a port is a name like that of a label: `http`, or `example.com/my-protocol`.",
        Format("appProtocol", "qualified name", or_empty=True),
        on=("core/v1 EndpointPort", "discovery/v1 EndpointPort"),
        source=_SERVICE + "#endpoints",
    ),
    field_rule(
        "endpoint-node-name-invalid",
        "The nodeName of an endpoint is the name of a Node: a DNS subdomain.",
        Format("nodeName", "DNS subdomain", or_empty=True),
        on=("core/v1 EndpointAddress", "discovery/v1 Endpoint"),
        source=_SERVICE + "#endpoints",
    ),
    field_rule(
        "endpoint-port-name-invalid",
        "The name of an endpoint's port is a DNS label.",
        Format("name", "DNS label", message='port name "{value}" {fault}'),
        on=("core/v1 EndpointPort", "discovery/v1 EndpointPort"),
        source=_SERVICE + "#endpoints",
    ),
    field_rule(
        "endpoint-slice-address-required",
        "An endpoint of an EndpointSlice has from 1 to 100 addresses.",
        Count("addresses", least=1, most=100, required=True, items="addresses"),
        on="discovery/v1 Endpoint",
        source=_ENDPOINT_SLICES,
    ),
    field_rule(
        "endpoint-slice-address-type",
        "An EndpointSlice says what its addresses are: IPv4, IPv6 or FQDN.",
        OneOf("addressType", ("IPv4", "IPv6", "FQDN"), required=True),
        on="discovery/v1 EndpointSlice",
        source=_ENDPOINT_SLICES + "#address-types",
    ),
    field_rule(
        "endpoint-slice-port-duplicate",
        "The ports of an EndpointSlice have different names; at most one has none.",
        Unique(
            "ports",
            "name",
            or_empty=True,
            message='the port name "{value}" is already used by an earlier port',
            fix="choose another name",
        ),
        on="discovery/v1 EndpointSlice",
        source=_ENDPOINT_SLICES,
    ),
    field_rule(
        "endpoint-slice-too-large",
        "An EndpointSlice has at most 1000 endpoints and 20000 ports.",
        Count("endpoints", items="endpoints", most=1000),
        Count("ports", items="ports", most=20_000),
        on="discovery/v1 EndpointSlice",
        source=_ENDPOINT_SLICES,
    ),
    field_rule(
        "endpoints-port-number",
        "The port of Endpoints is a number from 1 to 65535.",
        Bounds("port", 1, 65_535, required=True),
        on="core/v1 EndpointPort",
        source=_SERVICE + "#endpoints",
    ),
    field_rule(
        "event-time-missing",
        "An event of `events.k8s.io` says when it happened.",
        Required("eventTime", "the event has no `eventTime`"),
        on="events/v1 Event",
        source=_EVENT_V1,
    ),
    field_rule(
        "event-type",
        "An event is of type `Normal` or `Warning`.",
        OneOf("type", ("Normal", "Warning"), required=True),
        on="events/v1 Event",
        source=_EVENT_V1,
    ),
    field_rule(
        "glusterfs-namespace",
        "The namespace of Glusterfs endpoints is a DNS label.",
        Format("endpointsNamespace", "DNS label", or_empty=True),
        on="core/v1 GlusterfsPersistentVolumeSource",
        source=_PERSISTENT_VOLUMES + "#types-of-persistent-volumes",
    ),
    field_rule(
        "iscsi-lun",
        "The number of an iSCSI unit is between 0 and 255.",
        Bounds("lun", 0, 255),
        on=("core/v1 ISCSIPersistentVolumeSource", "core/v1 ISCSIVolumeSource"),
        source=_PERSISTENT_VOLUMES + "#types-of-persistent-volumes",
    ),
    field_rule(
        "limit-type-twice",
        "Each type has one limit.",
        Unique("limits", "type", or_empty=True, message='the type "{value}" has a limit already', fix="join the two"),
        on="core/v1 LimitRangeSpec",
        source=_LIMIT_RANGE,
    ),
    field_rule(
        "service-app-protocol",
        "The appProtocol of a port is a name like that of a label: `http`, or `example.com/my-protocol`.",
        Format("appProtocol", "qualified name", or_empty=True),
        on="core/v1 ServicePort",
        source=_SERVICE + "#application-protocol",
    ),
    field_rule(
        "service-port-name-duplicate",
        "Two ports of a Service cannot have the same name.",
        Unique(
            "ports",
            "name",
            message='the port name "{value}" is already used by an earlier port',
            fix="choose another name",
        ),
        on="core/v1 ServiceSpec",
        source=_SERVICE + "#multi-port-services",
    ),
    field_rule(
        "service-port-name-invalid",
        "The name of a Service's port is a DNS label: lower case letters, digits and dashes, at most 63.",
        Format("name", "DNS label", message='port name "{value}" {fault}'),
        on="core/v1 ServicePort",
        source=_SERVICE + "#multi-port-services",
    ),
    field_rule(
        "service-port-number",
        "The port of a Service is a number from 1 to 65535.",
        Bounds("port", 1, 65_535, required=True),
        on="core/v1 ServicePort",
        source=_SERVICE + "#field-spec-ports",
    ),
    field_rule(
        "storageos-name",
        "StorageOS volumes and their namespaces have DNS labels as names.",
        Format("volumeName", "DNS label"),
        Format("volumeNamespace", "DNS label"),
        on=("core/v1 StorageOSPersistentVolumeSource", "core/v1 StorageOSVolumeSource"),
        source=_PERSISTENT_VOLUMES + "#types-of-persistent-volumes",
    ),
)
