"""What annotations make: Secrets and ConfigMaps that controllers write, copy or fill because an object asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kpy.checking.object_set import Member, Objects

__all__ = ["is_filled", "is_issued", "is_written"]

#: Annotations that name a Secret with a certificate, which a controller makes.
_CERTIFICATES: Final = (
    "service.beta.openshift.io/serving-cert-secret-name",
    "service.alpha.openshift.io/serving-cert-secret-name",
    "cert.gardener.cloud/secretname",
)
#: Annotations, as they begin, by which a controller copies an object to other namespaces.
_COPIED: Final = (
    "reflector.v1.k8s.emberstack.com/reflection-a",
    "replicator.v1.mittwald.de/replicate-to",
    "replicator.v1.mittwald.de/replication-allowed",
    "kubed.appscode.com/sync",
    "config-syncer.appscode.com/sync",
)
#: Annotations and labels, as they begin, by which a controller writes keys into an object that is here.
_FILLED: Final = (
    "service.beta.openshift.io/inject-cabundle",
    "service.alpha.openshift.io/inject-cabundle",
    "config.openshift.io/inject-trusted-cabundle",
    "replicator.v1.mittwald.de/replicate-from",
    "replicator.v1.mittwald.de/replicated",
    "reflector.v1.k8s.emberstack.com/reflects",
    "secret-generator.v1.mittwald.de/",
    "secret.infisical.com/",
    "vault.security.banzaicloud.io/",
    "avp.kubernetes.io/",
)
#: Annotations of an Ingress, as they begin, by which a controller makes the Secrets for TLS.
_ISSUED: Final = (
    "cert-manager.io/issuer",
    "cert-manager.io/cluster-issuer",
    "certmanager.k8s.io/issuer",
    "certmanager.k8s.io/cluster-issuer",
    "kubernetes.io/tls-acme",
    "cert.gardener.cloud/purpose",
    "kcert.dev/ingress",
)


def is_written(objects: Objects, group: str, kind: str, name: str, namespace: str) -> bool:
    """Return whether an annotation of some object makes a controller write an object of this name."""
    if group or kind not in ("Secret", "ConfigMap"):
        return False
    key = "written by annotation"
    if key not in objects.kept:
        objects.kept[key] = {*_written(objects)}
    there = objects.kept[key]
    if (kind, name, "*") in there or (kind, name, namespace) in there or (kind, name, "") in there:
        return True
    return not namespace and any(place[:2] == (kind, name) for place in there)


def _written(objects: Objects) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and namespace of what controllers write; `*` for all namespaces."""
    for member in objects:
        for key, value in member.annotations.items():
            if key in _CERTIFICATES:
                yield "Secret", str(value).rpartition("/")[2], member.namespace
            elif member.kind in ("Secret", "ConfigMap") and str(key).startswith(_COPIED):
                yield member.kind, member.name, "*"


def is_filled(member: Member) -> bool:
    """Return whether a controller writes keys into a Secret or ConfigMap, because its metadata ask for it."""
    metadata = member.tree.get("metadata") or {}
    return any(str(key).startswith(_FILLED) for field in ("annotations", "labels") for key in metadata.get(field) or ())


def is_issued(ingress: Member) -> bool:
    """Return whether an Ingress asks for the certificates that it names."""
    return any(str(key).startswith(_ISSUED) for key in ingress.annotations)
