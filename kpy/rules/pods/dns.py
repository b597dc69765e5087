"""Names of pods in the network: host names, host aliases and DNS settings."""

from __future__ import annotations

import re

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import POD_SPEC
from kpy.syntax.addresses import address_advice
from kpy.syntax.formats import label_fault, subdomain_fault

_CONFIG = "core/v1 PodDNSConfig"

_DNS = "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/"
_DNS_CONFIG = _DNS + "#pod-dns-config"
_HOST_NAMES = _DNS + "#pod-hostname-and-subdomain-field"

_SEARCH_LABEL = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_SEARCH = re.compile(rf"{_SEARCH_LABEL}(\.{_SEARCH_LABEL})*")


@rule("host-name-invalid", on=POD_SPEC, source=_HOST_NAMES, needs=("hostname", "subdomain"))
def host_name_invalid(spec: Tree, at: Path, check: Check) -> None:
    """The host name and subdomain of a pod must be DNS labels; a StatefulSet sets its own instead."""
    if check.kind == "StatefulSet":
        return
    for field in ("hostname", "subdomain"):
        name = spec.get(field)
        if name and (fault := label_fault(name)):
            check.report(at + field, f'`{field}` "{name}" {fault}')


@rule("host-name-override-invalid", on=POD_SPEC, source=_HOST_NAMES, needs="hostnameOverride")
def host_name_override_invalid(spec: Tree, at: Path, check: Check) -> None:
    """A host name that overrides all others must be a DNS subdomain of at most 64 characters."""
    name = spec.get("hostnameOverride")
    if name is None or not check.at_least("1.35"):
        return
    fault = subdomain_fault(name) or ("must be at most 64 characters long" if len(name) > 64 else None)
    if fault:
        check.report(at + "hostnameOverride", f'`hostnameOverride` "{name}" {fault}')


@rule("host-name-override-conflict", on=POD_SPEC, source=_HOST_NAMES, needs="hostnameOverride")
def host_name_override_conflict(spec: Tree, at: Path, check: Check) -> None:
    """A pod with the host name of its node, or its full domain name as one, cannot override it."""
    for field in ("setHostnameAsFQDN", "hostNetwork"):
        if "hostnameOverride" in spec and spec.get(field) and check.at_least("1.35"):
            message = f"`hostnameOverride` is set, but `{field}` is true"
            check.report(at + "hostnameOverride", message, fix="keep one of them")


@rule("dns-config-required", on=POD_SPEC, source=_DNS_CONFIG, needs="dnsPolicy")
def dns_config_required(spec: Tree, at: Path, check: Check) -> None:
    """Without the DNS of the cluster or node (`dnsPolicy: None`) a pod must say which name servers it asks."""
    if spec.get("dnsPolicy") != "None":
        return
    if "dnsConfig" not in spec:
        fix = "add `dnsConfig` with `nameservers`"
        check.report(at + "dnsConfig", "`dnsPolicy` is None, and there is no `dnsConfig`", fix=fix)
    elif not spec["dnsConfig"].get("nameservers"):
        message = "`dnsPolicy` is None, and there are no name servers"
        check.report(at + "dnsConfig" + "nameservers", message, fix="name one to three servers")


@rule("dns-searches-too-many", on=_CONFIG, source=_DNS_CONFIG)
def dns_searches_too_many(config: Tree, at: Path, check: Check) -> None:
    """A pod searches 32 domains at most, of 2048 characters together."""
    searches = config.get("searches", ())
    length = len(" ".join(searches).encode(errors="surrogatepass"))
    if len(searches) > 32 or length > 2048:
        message = f"there are {len(searches)} search domains of {length} characters; 32 of 2048 are allowed"
        check.report(at + "searches", message)


@rule("dns-search-invalid", on=_CONFIG, source=_DNS_CONFIG, needs="searches")
def dns_search_invalid(config: Tree, at: Path, check: Check) -> None:
    """A search domain must be a DNS subdomain, in which underscores, and the domain `.`, are fine since 1.33."""
    for index, text in enumerate(config["searches"]):
        if fault := _search_fault(text, check):
            check.report(at + "searches" + index, f'search domain "{text}" {fault}')


def _search_fault(text: str, check: Check) -> str | None:
    name = text.removesuffix(".")
    if not check.at_least("1.33"):
        return subdomain_fault(name)
    if text == ".":
        return None
    if len(name.encode(errors="surrogatepass")) > 253:
        return "must be at most 253 characters long"
    if not _SEARCH.fullmatch(name):
        return 'must be lower-case letters, digits, "-", "_" or ".", with a letter or digit at both ends'
    return None


@rule("dns-option-name-required", on=_CONFIG, source=_DNS_CONFIG, needs="options")
def dns_option_name_required(config: Tree, at: Path, check: Check) -> None:
    """A DNS option must have a name."""
    for index, option in enumerate(config["options"]):
        if not option.get("name"):
            check.report(at + "options" + index, "a DNS option has no `name`", fix="set `name`, such as `ndots`")


@rule("address-not-canonical", on=("core/v1 HostAlias", "core/v1 PodDNSConfig"), source=_DNS, severity="warning")
def address_not_canonical(value: Tree, at: Path, check: Check) -> None:
    """An IP address that is not in its usual form may mean different things to different readers."""
    places = [(at + "nameservers" + index, text) for index, text in enumerate(value.get("nameservers", ()))]
    if "ip" in value:
        places.append((at + "ip", value["ip"]))
    for place, text in places:
        if advice := address_advice(text):
            check.report(place, f'"{text}" {advice}')
