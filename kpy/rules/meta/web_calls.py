"""Where a server calls to: URLs and Services of webhooks, for admission and for conversion."""

from __future__ import annotations

import re

from kpy.checking.check import Check
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.formats import subdomain_fault
from kpy.syntax.ports import port_fault

__all__ = ["check_client", "url_fault"]

_URL = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(//([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-_.~!$&'()*+,;=\[\]<>\"\u0080-\U0010ffff]*)(?::[0-9]*)?")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def url_fault(text: str) -> str | None:
    """Check the URL of a webhook: `https`, a host, perhaps a port and a path, and nothing else."""
    match = _URL.fullmatch(text)
    if match is None or _CONTROL.search(text) or _BAD_ESCAPE.search(match[4]):
        return "must be a URL"
    scheme, host, query, fragment = match[1], match[3] or "", match[5], match[6]
    if (scheme or "").lower() != "https":
        return "must begin with https://"
    if not host:
        return "must have a host"
    if "@" in host:
        return "must not have a user"
    if not _HOST.fullmatch(host):
        return "must have a host without odd characters"
    if fragment:
        return "must not have a fragment"
    return "must not have a query" if query else None


def check_client(config: Tree, at: Path, check: Check, field: Path | None = None) -> None:
    """Report what is wrong with a client configuration: exactly one of a URL and a Service, and that one valid.

    `field` is where a server says that the configuration is, when it names another place.
    """
    field = field or at
    url, service = config.get("url"), config.get("service")
    if (url is None) == (service is None):
        subject = "neither `url` nor `service`" if url is None else "both `url` and `service`"
        check.report(at, f"the webhook has {subject}", field=field)
    elif url is not None and (fault := url_fault(url)):
        check.report(at + "url", f"URL {url!r} {fault}", field=field + "url")
    elif service is not None:
        _check_service(service, at + "service", field + "service", check)


def _check_service(service: Tree, at: Path, server_field: Path, check: Check) -> None:
    # A server mixes these two up: of a missing name it says that the namespace is missing, and the other way round.
    for field, other in (("name", "namespace"), ("namespace", "name")):
        if not service.get(field):
            check.report(at + field, f"the Service of the webhook has no {field}", field=server_field + other)
    port = service.get("port")
    if port is not None and (fault := port_fault(port)):
        check.report(at + "port", f"port {port} {fault}", field=server_field + "port")
    if fault := _path_fault(service.get("path") or ""):
        check.report(at + "path", f"path {service['path']!r} {fault}", field=server_field + "path")


def _path_fault(path: str) -> str | None:
    if path in ("", "/"):
        return None
    if not path.startswith("/"):
        return "must begin with '/'"
    for segment in path[1:].removesuffix("/").split("/"):
        if fault := subdomain_fault(segment):
            return f"has the segment {segment!r}, which {fault}"
    return None
