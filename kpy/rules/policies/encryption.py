"""Whether what comes from outside is encrypted, and what annotations put into a proxy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kpy.checking.check import Check
from kpy.checking.object_set import Objects, SetCheck
from kpy.checking.policies import policy, policy_on_all
from kpy.objects import Tree
from kpy.paths import ROOT, Path

__all__: list[str] = []

_INGRESS: Final = "https://kubernetes.io/docs/concepts/services-networking/ingress/"
_GATEWAY: Final = "https://gateway-api.sigs.k8s.io/guides/tls/"
_SNIPPETS: Final = "https://kubernetes.github.io/ingress-nginx/faq/#is-it-safe-to-use-snippets"
_GROUPS: Final = ("network",)
#: Parts of the names of annotations by which a controller has a certificate that the Ingress does not name, or by which
#: it ends TLS somewhere else.
_CERTIFICATES: Final = (
    "alb.ingress.kubernetes.io/certificate-arn",
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "kubernetes.azure.com/tls-cert-keyvault-uri",
    "networking.gke.io/managed-certificates",
    "networking.gke.io/v1beta1.FrontendConfig",
    "nginx.ingress.kubernetes.io/ssl-passthrough",
    "route.openshift.io/termination",
    "traefik.ingress.kubernetes.io/router.tls",
    "traefik.ingress.kubernetes.io/router.entrypoints",
)
_ENCRYPTED: Final = frozenset({"HTTPS", "TLS"})
#: Endings of annotations whose text a controller puts into the configuration of its proxy.
_SNIPPET_ENDINGS: Final = (
    "-snippet",
    "-snippets",
    "/config-backend",
    "/config-frontend",
)
_SNIPPET_PREFIXES: Final = (
    "haproxy-ingress.github.io/",
    "haproxy.org/",
    "ingress.kubernetes.io/",
    "nginx.ingress.kubernetes.io/",
    "nginx.org/",
)


@policy("ingress-without-tls", on="networking/v1 Ingress", source=f"{_INGRESS}#tls", groups=_GROUPS)
def ingress_without_tls(ingress: Tree, at: Path, check: Check) -> None:
    """An Ingress serves hosts without TLS: its `tls` is missing, or does not name them.

    Annotations by which a controller of a cloud has a certificate count as TLS.

    Why: Passwords, cookies and answers go over the network in plain text, and anybody on the way can read and change
    them.
    """
    annotations = (ingress.get("metadata") or {}).get("annotations") or {}
    if any(annotations.get(key, "false") not in ("false", "") for key in _CERTIFICATES):
        return
    if "HTTPS" in annotations.get("alb.ingress.kubernetes.io/listen-ports", ""):
        return
    if annotations.get("nginx.org/mergeable-ingress-type") == "minion":
        return  # its master has the hosts and the TLS
    spec = ingress.get("spec") or {}
    tls = spec.get("tls") or []
    if not tls:
        check.report(
            at + "spec" + "tls", "the Ingress has no TLS", fix="name its hosts and a Secret with a certificate"
        )
        return
    named = [host for entry in tls for host in entry.get("hosts") or ()]
    if any(not entry.get("hosts") for entry in tls):
        return
    for index, rule in enumerate(spec.get("rules") or ()):
        host = rule.get("host") or ""
        if host and host not in named and f"*.{host.partition('.')[2]}" not in named:
            message = f'the host "{host}" is served without TLS: `tls` does not name it'
            check.report(at + "spec" + "rules" + index + "host", message, fix=f'add "{host}" to `tls`')


@policy_on_all("gateway-without-tls", source=_GATEWAY, groups=_GROUPS)
def gateway_without_tls(objects: Objects, check: SetCheck) -> None:
    """A Gateway, of the Gateway API or of Istio, serves HTTP only.

    A listener for HTTP beside one for HTTPS is there to redirect, and is not reported.

    Why: Passwords, cookies and answers go over the network in plain text, and anybody on the way can read and change
    them.
    """
    for member in objects.of("gateway.networking.k8s.io", "Gateway"):
        listeners = [listener.get("protocol") for listener in _mappings(member.spec.get("listeners"))]
        if "HTTP" in listeners and not _ENCRYPTED.intersection(map(str, listeners)):
            place = ROOT + "spec" + "listeners" + listeners.index("HTTP") + "protocol"
            check.report(member, place, "the Gateway has HTTP only", fix="add a listener for HTTPS with a certificate")
    for member in objects.of("networking.istio.io", "Gateway"):
        servers = list(_mappings(member.spec.get("servers")))
        protocols = [_protocol_of(server) for server in servers]
        redirects = any((_mapping(server.get("tls"))).get("httpsRedirect") is True for server in servers)
        if "HTTP" in protocols and not redirects and not _ENCRYPTED.intersection(protocols):
            place = ROOT + "spec" + "servers" + protocols.index("HTTP") + "port" + "protocol"
            check.report(member, place, "the Gateway has HTTP only", fix="add a server for HTTPS with a certificate")


def _mappings(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the elements of a list of a custom resource, empty ones for what is no mapping: nobody has checked it."""
    for item in value if isinstance(value, Sequence) and not isinstance(value, str) else ():
        yield _mapping(item)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _protocol_of(server: Mapping[str, Any]) -> str:
    return str(_mapping(server.get("port")).get("protocol")).upper()


@policy("ingress-snippet", on="networking/v1 Ingress", source=_SNIPPETS, groups=_GROUPS)
def ingress_snippet(ingress: Tree, at: Path, check: Check) -> None:
    """An annotation of an Ingress puts text into the configuration of the proxy: `configuration-snippet` and the like.

    Why: Whoever may write the Ingress can make the proxy read the Secrets of all namespaces (CVE-2021-25742).
    Controllers refuse such annotations by default today, so that the Ingress may not work either.
    """
    for key, value in ((ingress.get("metadata") or {}).get("annotations") or {}).items():
        if key.startswith(_SNIPPET_PREFIXES) and key.endswith(_SNIPPET_ENDINGS) and value:
            name = key.partition("/")[2]
            message = f"`{name}` puts text into the configuration of the proxy"
            fix = "use an annotation that is made for it, or do it in the application"
            check.report((at + "metadata" + "annotations").key(key), message, fix=fix)
