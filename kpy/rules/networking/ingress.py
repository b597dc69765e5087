"""Ingresses and IngressClasses."""

from __future__ import annotations

import re

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.addresses import read_address
from kpy.syntax.formats import (
    label_fault,
    path_segment_fault,
    rfc1035_label_fault,
    subdomain_fault,
    wildcard_subdomain_fault,
)
from kpy.syntax.ports import port_fault, port_name_fault

INGRESS = "https://kubernetes.io/docs/concepts/services-networking/ingress/"
PATHS = INGRESS + "#path-types"
HOSTS = INGRESS + "#hostname-wildcards"
TLS = INGRESS + "#tls"
CLASSES = INGRESS + "#ingress-class"
DEPRECATED = INGRESS + "#deprecated-annotation"
BACKENDS = INGRESS + "#resource-backend"
CLASS_ANNOTATION = "kubernetes.io/ingress.class"


_FORBIDDEN_IN_PATHS = ("//", "/./", "/../", "%2f", "%2F")
_FORBIDDEN_AT_THE_END = ("/..", "/.")
_URL_PATH = re.compile(r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+", re.ASCII)


@rule("ingress-empty", on="networking/v1 Ingress", source=INGRESS)
def ingress_empty(ingress: Tree, at: Path, check: Check) -> None:
    """An Ingress routes something: it has rules, or a default backend."""
    spec = ingress.get("spec") or {}
    if not spec.get("rules") and spec.get("defaultBackend") is None:
        check.report(at + "spec", "Ingress has neither `rules` nor `defaultBackend`")


@rule("ingress-path-star", on="networking/v1 HTTPIngressPath", source=PATHS, severity="warning", needs="path")
def path_star(route: Tree, at: Path, check: Check) -> None:
    """A path of type Prefix or Exact has no wildcards: `/*` matches nothing but a star."""
    path, path_type = route.get("path", ""), route.get("pathType")
    if path.endswith("*") and path_type in ("Prefix", "Exact"):
        instead = path.rstrip("*").rstrip("/") or "/"
        check.report(
            at + "path",
            f'"{path}" of type {path_type} matches a star, and not everything',
            fix=f"write `path: {instead}` with `pathType: Prefix`, which matches all below it",
        )


@rule("ingress-class-annotation-differs", on="networking/v1 Ingress", source=DEPRECATED)
def class_annotation_differs(ingress: Tree, at: Path, check: Check) -> None:
    """The annotation of the class, where it still stands, says the same as `ingressClassName`."""
    annotation = ((ingress.get("metadata") or {}).get("annotations") or {}).get(CLASS_ANNOTATION)
    name = (ingress.get("spec") or {}).get("ingressClassName")
    if annotation is not None and name is not None and annotation != name:
        place = (at + "metadata" + "annotations").key(CLASS_ANNOTATION)
        message = f"the annotation says {annotation!r}, but ingressClassName {name!r}"
        check.report(place, message, fix="drop the annotation", field=at + "annotations" + CLASS_ANNOTATION)


@rule("ingress-class-annotation-deprecated", on="networking/v1 Ingress", source=DEPRECATED, severity="warning")
def class_annotation_deprecated(ingress: Tree, at: Path, check: Check) -> None:
    """The annotation of the class is deprecated: `ingressClassName` took its place."""
    annotations = (ingress.get("metadata") or {}).get("annotations") or {}
    if CLASS_ANNOTATION in annotations and (ingress.get("spec") or {}).get("ingressClassName") is None:
        place = (at + "metadata" + "annotations").key(CLASS_ANNOTATION)
        check.report(place, "this annotation is deprecated", fix="write `spec.ingressClassName`")


@rule("ingress-host-invalid", on="networking/v1 IngressRule", source=HOSTS)
def host_invalid(ingress_rule: Tree, at: Path, check: Check) -> None:
    """The host of a rule is a DNS name, in which the first label may be `*`; it is not an IP address."""
    host = ingress_rule.get("host")
    if not host:
        return
    fault = wildcard_subdomain_fault(host) if "*" in host else subdomain_fault(host)
    if read_address(host):
        fault = "must be a DNS name, not an IP address"
    if fault:
        check.report(at + "host", f"host {host!r} {fault}")


@rule("ingress-path-invalid", on="networking/v1 HTTPIngressPath", source=PATHS)
def path_invalid(path: Tree, at: Path, check: Check) -> None:
    """A path begins with a slash; an Exact or Prefix path is also free of `//`, `/./`, `/../` and `%2f`."""
    text, kind = path.get("path") or "", path.get("pathType")
    exact = kind in ("Exact", "Prefix")
    if not text.startswith("/") and (exact or (text and kind == "ImplementationSpecific")):
        check.report(at + "path", f"path {text!r} does not begin with '/'" if text else "path is empty")
    if exact:
        for part in _FORBIDDEN_IN_PATHS:
            if part in text:
                check.report(at + "path", f"path {text!r} has {part!r} in it")
        for end in _FORBIDDEN_AT_THE_END:
            if text.endswith(end):
                check.report(at + "path", f"path {text!r} ends in {end!r}")


def _judged_backends(path: Tree) -> bool:
    """Return whether a server gets as far as the backend: a path without a type stops it."""
    return path.get("pathType") is not None


@rule("ingress-backend", on="networking/v1 HTTPIngressPath", source=BACKENDS)
def path_backend(path: Tree, at: Path, check: Check) -> None:
    """A backend is either a Service with the name or number of its port, or a resource."""
    if _judged_backends(path):
        _check_backend(path.get("backend") or {}, at + "backend", check)


@rule("ingress-default-backend", on="networking/v1 IngressSpec", source=INGRESS + "#default-backend")
def default_backend(spec: Tree, at: Path, check: Check) -> None:
    """The default backend is either a Service with the name or number of its port, or a resource."""
    if (backend := spec.get("defaultBackend")) is not None:
        _check_backend(backend, at + "defaultBackend", check)


def _check_backend(backend: Tree, at: Path, check: Check) -> None:
    service, resource = backend.get("service"), backend.get("resource")
    if service is not None and resource is not None:
        check.report(at, "backend has both `service` and `resource`")
    elif resource is not None:
        _check_resource(resource, at + "resource", check)
    elif service is not None:
        _check_service(service, at, check)
    else:
        check.report(at, "backend has neither `service` nor `resource`")


def _check_service(service: Tree, at: Path, check: Check) -> None:
    name = service.get("name")
    name_fault = label_fault if check.at_least("1.36") else rfc1035_label_fault
    if not name:
        check.report(at + "service" + "name", "backend has no Service name")
    elif fault := name_fault(name):
        check.report(at + "service" + "name", f"Service name {name!r} {fault}")
    port = service.get("port") or {}
    port_name, number = port.get("name") or "", port.get("number") or 0
    place = at + "service" + "port"
    if port_name and number:
        check.report(at, "backend has both the name and the number of a port")
    elif port_name and (fault := port_name_fault(port_name)):
        check.report(place + "name", f"port name {port_name!r} {fault}")
    elif number and (fault := port_fault(number)):
        check.report(place + "number", f"port number {number} {fault}")
    elif not port_name and not number:
        check.report(at, "backend has neither the name nor the number of a port")


def _check_resource(resource: Tree, at: Path, check: Check) -> None:
    group = resource.get("apiGroup")
    if group is not None and (fault := subdomain_fault(group)):
        check.report(at + "apiGroup", f"apiGroup {group!r} {fault}")
    for field in ("kind", "name"):
        value = resource.get(field)
        if not value:
            check.report(at + field, f"reference has no {field}")
        elif fault := path_segment_fault(value):
            check.report(at + field, f"{field} {value!r} {fault}")


@rule("ingress-tls-host-invalid", on="networking/v1 IngressTLS", source=TLS)
def tls_host_invalid(tls: Tree, at: Path, check: Check) -> None:
    """A host of a certificate is a DNS name, in which the first label may be `*`."""
    for index, host in enumerate(tls.get("hosts") or ()):
        if fault := wildcard_subdomain_fault(host) if "*" in host else subdomain_fault(host):
            check.report(at + "hosts" + index, f"host {host!r} {fault}")


@rule("ingress-class-controller", on="networking/v1 IngressClass", source=CLASSES)
def class_controller(ingress_class: Tree, at: Path, check: Check) -> None:
    """The controller of an IngressClass is a path with a domain before it: `example.com/ingress`, at most 250 long."""
    controller = (ingress_class.get("spec") or {}).get("controller") or ""
    place = at + "spec" + "controller"
    domain, _, path = controller.partition("/")
    if not controller:
        check.report(place, "IngressClass has no controller")
    elif not domain or not path:
        check.report(
            place, f"controller {controller!r} must be a domain, a slash and a path", fix="example.com/ingress"
        )
    elif fault := subdomain_fault(domain):
        check.report(place, f"controller {controller!r}: the domain {fault}")
    elif not _URL_PATH.fullmatch(path):
        check.report(place, f"controller {controller!r}: the path has characters that a URL cannot have")
    size = len(controller.encode(errors="surrogatepass"))
    if size > 250:
        check.report(place, f"controller has {size} bytes; at most 250 are allowed")


@rule("ingress-class-parameters", on="networking/v1 IngressClassParametersReference", source=CLASSES)
def class_parameters(reference: Tree, at: Path, check: Check) -> None:
    """The parameters of an IngressClass are a reference to another object: kind, name and a valid apiGroup."""
    _check_resource(reference, at, check)


@rule("ingress-class-scope", on="networking/v1 IngressClassParametersReference", source=CLASSES + "-scope")
def class_scope(reference: Tree, at: Path, check: Check) -> None:
    """The scope of parameters is Cluster, without a namespace, or Namespace, with one."""
    scope, namespace = reference.get("scope"), reference.get("namespace")
    if scope is None:
        scope = "Cluster"
    if scope not in ("Cluster", "Namespace"):
        check.report(at + "scope", f"scope {scope!r} is neither 'Cluster' nor 'Namespace'")
    elif scope == "Cluster" and namespace is not None:
        check.report(at + "namespace", "parameters of scope Cluster have no namespace", fix="set `scope: Namespace`")
    elif scope == "Namespace" and namespace is None:
        check.report(at + "namespace", "parameters of scope Namespace have no namespace")
    elif scope == "Namespace" and (fault := label_fault(namespace)):
        check.report(at + "namespace", f"namespace {namespace!r} {fault}")
