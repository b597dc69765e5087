"""Rules on single fields of volumes."""

from __future__ import annotations

from typing import Final

from kpy.schema.constraints.facts import Bounds, Format, NotEmpty, Required, field_rule

__all__ = ["RULES"]

_EPHEMERAL_VOLUMES: Final = "https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/"
_PROJECTED_VOLUMES: Final = "https://kubernetes.io/docs/concepts/storage/projected-volumes/"
_VOLUMES: Final = "https://kubernetes.io/docs/concepts/storage/volumes/"
_VOLUME: Final = "https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/"

RULES: Final = (
    field_rule(
        "azure-disk-empty-choice",
        "Kind and caching mode of an Azure disk have defaults, but may not be empty.",
        NotEmpty("kind", fix="remove it"),
        NotEmpty("cachingMode", fix="remove it"),
        on="core/v1 AzureDiskVolumeSource",
        source=_VOLUME,
    ),
    field_rule(
        "claim-name-required",
        "A volume of a claim must name the claim.",
        Required("claimName", fix="name a PersistentVolumeClaim"),
        on="core/v1 PersistentVolumeClaimVolumeSource",
        source=_VOLUMES + "#persistentvolumeclaim",
    ),
    field_rule(
        "config-map-volume-name-required",
        "A volume of a ConfigMap must name it.",
        Required("name", "a `configMap` volume has no `name`", fix="name a ConfigMap"),
        on="core/v1 ConfigMapVolumeSource",
        source=_VOLUMES + "#configmap",
    ),
    field_rule(
        "disk-partition-out-of-range",
        "The partition of a disk must be from 1 to 255, or 0 for the disk itself.",
        Bounds("partition", 0, 255),
        on=("core/v1 GCEPersistentDiskVolumeSource", "core/v1 AWSElasticBlockStoreVolumeSource"),
        source=_VOLUME,
    ),
    field_rule(
        "ephemeral-claim-template-required",
        "An ephemeral volume must say what claim is made for it.",
        Required("volumeClaimTemplate", "an `ephemeral` volume has no `volumeClaimTemplate`", or_empty=True),
        on="core/v1 EphemeralVolumeSource",
        source=_EPHEMERAL_VOLUMES + "#generic-ephemeral-volumes",
    ),
    field_rule(
        "host-path-required",
        "A hostPath volume must name a path of the node.",
        Required("path", "a `hostPath` has no `path`", fix="set `path`"),
        on="core/v1 HostPathVolumeSource",
        source=_VOLUMES + "#hostpath",
    ),
    field_rule(
        "projected-name-required",
        "A projected ConfigMap or Secret must be named.",
        Required("name", "a projected `{parent}` has no `name`", fix="set `name`"),
        on=("core/v1 SecretProjection", "core/v1 ConfigMapProjection"),
        source=_PROJECTED_VOLUMES,
    ),
    field_rule(
        "secret-volume-name-required",
        "A volume of a Secret must name it, as `secretName`.",
        Required("secretName", "a `secret` volume has no `secretName`", fix="name a Secret"),
        on="core/v1 SecretVolumeSource",
        source=_VOLUMES + "#secret",
    ),
    field_rule(
        "token-expiration-out-of-range",
        "A token must be valid for 600 seconds to 2^32 seconds.",
        Bounds("expirationSeconds", 600, 2**32),
        on="core/v1 ServiceAccountTokenProjection",
        source=_PROJECTED_VOLUMES + "#serviceaccounttoken",
    ),
    field_rule(
        "volume-item-key-required",
        "An item of a volume must name a key.",
        Required("key", "an item has no `key`", fix="name a key of the ConfigMap or Secret"),
        on="core/v1 KeyToPath",
        source=_VOLUMES + "#configmap",
    ),
    field_rule(
        "volume-item-path-required",
        "An item of a volume must say which file it becomes.",
        Required("path", "an item has no `path`", fix="set `path`"),
        on="core/v1 KeyToPath",
        source=_VOLUMES + "#configmap",
    ),
    field_rule(
        "volume-name-invalid",
        "The name of a volume must be a DNS label: lower-case letters, digits and dashes.",
        Format("name", "DNS label", message='volume name "{value}" {fault}'),
        on="core/v1 Volume",
        source=_VOLUMES,
    ),
    field_rule(
        "volume-name-required",
        "A volume must have a name.",
        Required("name", "a volume has no `name`", fix="set `name`"),
        on="core/v1 Volume",
        source=_VOLUMES,
    ),
)
