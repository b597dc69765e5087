"""CSI drivers, and what nodes know of them."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.core.persistent_sources import report_driver
from kpy.syntax.formats import qualified_name_fault

_SPEC = "storage/v1 CSIDriverSpec"
_NODE_DRIVER = "storage/v1 CSINodeDriver"
_DRIVERS = "https://kubernetes-csi.github.io/docs/csi-driver-object.html"
_NODES = "https://kubernetes-csi.github.io/docs/csi-node-object.html"
_SHORTEST_TOKEN = 600
_LONGEST_TOKEN = 2**32


@rule("lifecycle-mode-unknown", on=_SPEC, source=_DRIVERS)
def lifecycle_mode_unknown(spec: Tree, at: Path, check: Check) -> None:
    """A driver's volumes are `Persistent` or `Ephemeral`."""
    place = at + "volumeLifecycleModes"
    for index, mode in enumerate(spec.get("volumeLifecycleModes") or ()):
        if mode not in ("Persistent", "Ephemeral"):
            check.report(place + index, f"there is no mode {mode!r}", fix="use Persistent or Ephemeral", field=place)


@rule("token-lifetime", on=_SPEC, source=_DRIVERS)
def token_lifetime(spec: Tree, at: Path, check: Check) -> None:
    """A token for a driver is good for 10 minutes or more."""
    seen = set()
    for index, token in enumerate(spec.get("tokenRequests") or ()):
        seconds, audience = token.get("expirationSeconds"), token.get("audience") or ""
        if seconds is not None and audience not in seen and not _SHORTEST_TOKEN <= seconds <= _LONGEST_TOKEN:
            place = at + "tokenRequests" + index + "expirationSeconds"
            check.report(place, f"`expirationSeconds` is {seconds}", fix=f"use {_SHORTEST_TOKEN} or more")
        seen.add(audience)


@rule("token-secrets-without-tokens", on=_SPEC, source=_DRIVERS)
def token_secrets_without_tokens(spec: Tree, at: Path, check: Check) -> None:
    """Only a driver that asks for tokens can say where it wants them."""
    if spec.get("serviceAccountTokenInSecrets") is not None and not spec.get("tokenRequests"):
        place = at + "serviceAccountTokenInSecrets"
        check.report(place, "the driver asks for no tokens", fix="set `tokenRequests`, or remove this field")


@rule("token-secrets-unset", on=_SPEC, source=_DRIVERS, severity="warning", needs="tokenRequests")
def token_secrets_unset(spec: Tree, at: Path, check: Check) -> None:
    """Tokens that a driver does not get as secrets may end up in logs."""
    if spec.get("tokenRequests") and spec.get("serviceAccountTokenInSecrets") is None and check.at_least("1.35"):
        place = at + "serviceAccountTokenInSecrets"
        check.report(place, "tokens may end up in logs", fix="set it to true, if the driver supports that")


@rule("node-driver-name", on=_NODE_DRIVER, source=_NODES)
def node_driver_name(driver: Tree, at: Path, check: Check) -> None:
    """A node names its drivers, by DNS subdomains of at most 63 characters, in any case."""
    report_driver(driver.get("name"), at + "name", check)


@rule("node-driver-topology-key", on=_NODE_DRIVER, source=_NODES)
def node_driver_topology_key(driver: Tree, at: Path, check: Check) -> None:
    """A driver tells topology by qualified names, each once."""
    keys = driver.get("topologyKeys") or []
    for index, key in enumerate(keys):
        fault = qualified_name_fault(key) or ("must be there only once" if key in keys[:index] else None)
        if fault:
            check.report(at + "topologyKeys" + index, f"the topology key {key!r} {fault}", field=at)
