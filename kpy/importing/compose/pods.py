"""What the pod of a service says beside its container.

https://github.com/compose-spec/compose-spec/blob/main/05-services.md
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from kpy.importing.compose.amounts import seconds
from kpy.importing.compose.fields import Fields
from kpy.importing.compose.interpolation import UNSET
from kpy.importing.compose.keys import PLACEMENT
from kpy.importing.compose.secrecy import is_secret

__all__ = ["as_annotations", "hooks", "pod_fields"]

Tree = dict[str, Any]
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_KEY: Final = re.compile(r"([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?")
_ARCHITECTURES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_OF_HOOKS: Final = ("user", "privileged", "working_dir", "environment")
_CONSTRAINT: Final = re.compile(r"\s*node\.(labels\.[\w./-]+|platform\.os|platform\.arch)\s*==\s*([\w.-]+)\s*")


def pod_fields(service: Fields, deploy: Fields) -> Tree:
    """Return the fields of the pod's spec."""
    found: Tree = {}
    hostname = service.text("hostname")
    if _LABEL.fullmatch(hostname):
        found["hostname"] = hostname
    elif hostname:
        service.note("hostname", f"{hostname.replace(UNSET, '...')!r} cannot be the name of a pod: left out")
    if (grace := seconds(service.text("stop_grace_period"))) is not None:
        found["terminationGracePeriodSeconds"] = grace
    _network(service, found)
    for key, field in (("ipc", "hostIPC"), ("pid", "hostPID")):
        said = service.text(key)
        if said == "host":
            found[field] = True
        elif said:
            service.note(key, f"{said} is between containers of one pod: `shareProcessNamespace`")
    nodes = {**_platform(service), **_placement(deploy)}
    if nodes:
        found["nodeSelector"] = nodes
    context = _context(service)
    if context:
        found["securityContext"] = context
    return found


def _network(service: Fields, found: Tree) -> None:
    mode = service.text("network_mode")
    if mode == "host":
        found |= {"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"}
    elif mode.startswith(("service:", "container:")):
        service.note("network_mode", f"{mode}: containers that share a network are containers of one pod: join them")
    elif mode and mode != "bridge":
        service.note("network_mode", f"{mode}: every pod is in the network of the cluster; a NetworkPolicy closes it")
    dns: Tree = {}
    for key, field in (("dns", "nameservers"), ("dns_search", "searches")):
        values = [each for each in service.strings(key) if each and UNSET not in each]
        if values:
            dns[field] = values
    options = [each.partition(":") for each in service.strings("dns_opt")]
    if options:
        dns["options"] = [{"name": name, **({"value": value} if colon else {})} for name, colon, value in options]
    if dns:
        found["dnsConfig"] = dns
    aliases = _host_aliases(service)
    if aliases:
        found["hostAliases"] = aliases


def _host_aliases(service: Fields) -> list[Tree]:
    said = service.take("extra_hosts")
    pairs: list[tuple[str, str]] = []
    if isinstance(said, Mapping):
        for host, addresses in said.items():
            pairs += [(str(host), str(each)) for each in (addresses if isinstance(addresses, list) else [addresses])]
    elif isinstance(said, list):
        for entry in said:
            host, _, address = str(entry).replace("=", ":", 1).partition(":")
            pairs.append((host.strip(), address.strip("[] ")))
    by_address: dict[str, list[str]] = {}
    for host, address in pairs:
        if address == "host-gateway" or UNSET in address:
            service.note("extra_hosts", f"{host}: a pod has no machine of a developer around it: left out")
        else:
            by_address.setdefault(address, []).append(host)
    return [{"ip": address, "hostnames": hosts} for address, hosts in by_address.items()]


def _platform(service: Fields) -> dict[str, str]:
    said = service.text("platform")
    if not said or UNSET in said:
        return {}
    os, _, rest = said.partition("/")
    arch = _ARCHITECTURES.get(rest.partition("/")[0], rest.partition("/")[0])
    return {"kubernetes.io/os": os, **({"kubernetes.io/arch": arch} if arch else {})}


def _placement(deploy: Fields) -> dict[str, str]:
    placement = deploy.inner("placement")
    found: dict[str, str] = {}
    for constraint in placement.strings("constraints"):
        match = _CONSTRAINT.fullmatch(constraint)
        if match is None:
            placement.note("constraints", f"{constraint}: say it by labels of nodes, with `affinity`")
            continue
        key = match[1].removeprefix("labels.")
        value = _ARCHITECTURES.get(match[2], match[2])
        found[{"platform.os": "kubernetes.io/os", "platform.arch": "kubernetes.io/arch"}.get(key, key)] = value
    placement.rest(PLACEMENT)
    return found


def _context(service: Fields) -> Tree:
    found: Tree = {}
    groups = service.strings("group_add")
    numbers = [int(each) for each in groups if each.isdecimal()]
    if len(numbers) < len(groups):
        service.note("group_add", "Kubernetes takes numbers of groups: names are left out")
    if numbers:
        found["supplementalGroups"] = numbers
    sysctls = service.pairs("sysctls")
    if sysctls:
        found["sysctls"] = [{"name": name, "value": value or ""} for name, value in sysctls.items()]
    return found


def as_annotations(service: Fields, key: str) -> dict[str, str]:
    """Return labels of compose as annotations, since their values are any text."""
    found: dict[str, str] = {}
    for name, value in service.pairs(key).items():
        if not _KEY.fullmatch(name) or UNSET in (value or ""):
            service.note(key, f"{name.replace(UNSET, '...')!r} cannot be an annotation: left out")
        elif is_secret(name.rpartition(".")[2], value or "") or "$apr1$" in (value or ""):
            service.note(key, f"{name!r} is a secret, which stays out of the program: left out")
        else:
            found[name] = value or ""
    return found


def hooks(service: Fields) -> Tree:
    """Return what runs after the start and before the end of the container."""
    found: Tree = {}
    for key, field in (("post_start", "postStart"), ("pre_stop", "preStop")):
        entries = service.items(key)
        if not entries:
            continue
        if len(entries) > 1:
            service.note(key, "a container has one hook: put all of them into a script")
        entry = Fields(entries[0], (*service.steps, key), service.notes, service.places)
        said = entry.take("command")
        command = ["/bin/sh", "-c", said] if isinstance(said, str) else [str(each) for each in said or ()]
        entry.rest(dict.fromkeys(_OF_HOOKS, "a hook runs as the container does"))
        if command:
            found[field] = {"exec": {"command": command}}
    return found
