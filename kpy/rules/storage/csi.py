"""CSI drivers, and what nodes know of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.paths import Path
from kpy.rules.core.persistent_sources import report_driver
from kpy.rules.meta.numbers import report_negative
from kpy.syntax.formats import qualified_name_fault, size_of

_Value = Mapping[str, Any]

_SPEC = "storage/v1 CSIDriverSpec"
_NODE_DRIVER = "storage/v1 CSINodeDriver"
_DRIVERS = "https://kubernetes-csi.github.io/docs/csi-driver-object.html"
_NODES = "https://kubernetes-csi.github.io/docs/csi-node-object.html"
_SHORTEST_TOKEN = 600
_LONGEST_TOKEN = 2**32


@rule("fs-group-policy-unknown", on=_SPEC, source=_DRIVERS)
def fs_group_policy_unknown(spec: _Value, at: Path, check: Check) -> None:
    """A driver gives files to a pod's group by `ReadWriteOnceWithFSType`, the default, by `File`, or not (`None`)."""
    policy = spec.get("fsGroupPolicy")
    if policy not in (None, "ReadWriteOnceWithFSType", "File", "None"):
        check.report(
            at + "fsGroupPolicy", f"`fsGroupPolicy` is {policy!r}", fix="use ReadWriteOnceWithFSType, File or None"
        )


@rule("lifecycle-mode-unknown", on=_SPEC, source=_DRIVERS)
def lifecycle_mode_unknown(spec: _Value, at: Path, check: Check) -> None:
    """A driver's volumes are `Persistent` or `Ephemeral`."""
    place = at + "volumeLifecycleModes"
    for index, mode in enumerate(spec.get("volumeLifecycleModes") or ()):
        if mode not in ("Persistent", "Ephemeral"):
            check.report(place + index, f"there is no mode {mode!r}", fix="use Persistent or Ephemeral", field=place)


@rule("token-audience-repeated", on=_SPEC, source=_DRIVERS)
def token_audience_repeated(spec: _Value, at: Path, check: Check) -> None:
    """A driver asks for one token for each audience."""
    seen = set()
    for index, token in enumerate(spec.get("tokenRequests") or ()):
        audience = token.get("audience") or ""
        if audience in seen:
            place = at + "tokenRequests" + index + "audience"
            check.report(place, f"the audience {audience!r} is there twice", fix="remove one of them")
        seen.add(audience)


@rule("token-lifetime", on=_SPEC, source=_DRIVERS)
def token_lifetime(spec: _Value, at: Path, check: Check) -> None:
    """A token for a driver is good for 10 minutes or more."""
    seen = set()
    for index, token in enumerate(spec.get("tokenRequests") or ()):
        seconds, audience = token.get("expirationSeconds"), token.get("audience") or ""
        if seconds is not None and audience not in seen and not _SHORTEST_TOKEN <= seconds <= _LONGEST_TOKEN:
            place = at + "tokenRequests" + index + "expirationSeconds"
            check.report(place, f"`expirationSeconds` is {seconds}", fix=f"use {_SHORTEST_TOKEN} or more")
        seen.add(audience)


@rule("allocatable-period", on=_SPEC, source=_DRIVERS, needs="nodeAllocatableUpdatePeriodSeconds")
def allocatable_period(spec: _Value, at: Path, check: Check) -> None:
    """The count of volumes that a node can take is asked for every 10 seconds at most."""
    seconds = spec.get("nodeAllocatableUpdatePeriodSeconds")
    if seconds is not None and seconds < 10 and check.at_least("1.35"):
        check.report(
            at + "nodeAllocatableUpdatePeriodSeconds", f"the period is {seconds} seconds", fix="use 10 or more"
        )


@rule("token-secrets-without-tokens", on=_SPEC, source=_DRIVERS)
def token_secrets_without_tokens(spec: _Value, at: Path, check: Check) -> None:
    """Only a driver that asks for tokens can say where it wants them."""
    if spec.get("serviceAccountTokenInSecrets") is not None and not spec.get("tokenRequests"):
        place = at + "serviceAccountTokenInSecrets"
        check.report(place, "the driver asks for no tokens", fix="set `tokenRequests`, or remove this field")


@rule("token-secrets-unset", on=_SPEC, source=_DRIVERS, severity="warning", needs="tokenRequests")
def token_secrets_unset(spec: _Value, at: Path, check: Check) -> None:
    """Tokens that a driver does not get as secrets may end up in logs."""
    if spec.get("tokenRequests") and spec.get("serviceAccountTokenInSecrets") is None and check.at_least("1.35"):
        place = at + "serviceAccountTokenInSecrets"
        check.report(place, "tokens may end up in logs", fix="set it to true, if the driver supports that")


@rule("node-driver-name", on=_NODE_DRIVER, source=_NODES)
def node_driver_name(driver: _Value, at: Path, check: Check) -> None:
    """A node names its drivers, by DNS subdomains of at most 63 characters, in any case."""
    report_driver(driver.get("name"), at + "name", check)


@rule("node-driver-repeated", on="storage/v1 CSINodeSpec", source=_NODES)
def node_driver_repeated(spec: _Value, at: Path, check: Check) -> None:
    """A node has each driver once."""
    seen = set()
    for index, driver in enumerate(spec.get("drivers") or ()):
        name = driver.get("name") or ""
        if name in seen:
            check.report(at + "drivers" + index + "name", f"the driver {name!r} is there twice", fix="remove one")
        seen.add(name)


@rule("node-driver-id", on=_NODE_DRIVER, source=_NODES)
def node_driver_id(driver: _Value, at: Path, check: Check) -> None:
    """A node has a name of its own for each driver, of at most 256 bytes."""
    size = size_of(driver.get("nodeID") or "")
    if not 1 <= size <= 256:
        check.report(at + "nodeID", f"`nodeID` has {size} bytes", fix="use 1 to 256")


@rule("node-driver-topology-key", on=_NODE_DRIVER, source=_NODES)
def node_driver_topology_key(driver: _Value, at: Path, check: Check) -> None:
    """A driver tells topology by qualified names, each once."""
    keys = driver.get("topologyKeys") or []
    for index, key in enumerate(keys):
        fault = qualified_name_fault(key) or ("must be there only once" if key in keys[:index] else None)
        if fault:
            check.report(at + "topologyKeys" + index, f"the topology key {key!r} {fault}", field=at)


@rule("node-volumes-negative", on="storage/v1 VolumeNodeResources", source=_NODES, needs="count")
def node_volumes_negative(resources: _Value, at: Path, check: Check) -> None:
    """The number of volumes that a node can take is zero or more."""
    report_negative(resources, at, check, "count")
