"""Services that Ingresses, webhooks and other parts of the API call, and their ports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.checking.object_set import Member, Objects, See, SetCheck, rule_on_all
from kpy.objects import title
from kpy.paths import ROOT, Path
from kpy.rules.references.absent import Wanted, report_unfound

__all__ = ["has_open_ports", "ports_of_service"]

_INGRESS: Final = "https://kubernetes.io/docs/concepts/services-networking/ingress/"
_WEBHOOKS: Final = "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/"
_CANARY: Final = "canary"
#: What the AWS Load Balancer Controller takes for the port of an action: its name is that of an annotation.
_ACTION: Final = "use-annotation"
_ALB: Final = "alb.ingress.kubernetes.io/"
_ACTIONS: Final = f"{_ALB}actions."
#: The classes that give each Ingress a load balancer of its own.
_OWN_BALANCER: Final = ("alb", "gce", "gce-internal")


def _ingresses(objects: Objects) -> Iterator[Member]:
    return objects.of("networking.k8s.io", "Ingress")


def _backends(member: Member) -> Iterator[tuple[str, Mapping[str, Any], Path]]:
    """Yield what an Ingress routes where: the words for it, the Service with its port, and the place."""
    spec = member.spec
    at = ROOT + "spec"
    if service := (spec.get("defaultBackend") or {}).get("service"):
        yield "all else", service, at + "defaultBackend" + "service"
    for number, rule in enumerate(spec.get("rules") or ()):
        for index, path in enumerate((rule.get("http") or {}).get("paths") or ()):
            if service := (path.get("backend") or {}).get("service"):
                place = at + "rules" + number + "http" + "paths" + index + "backend" + "service"
                yield f'"{rule.get("host") or ""}{path.get("path") or "/"}"', service, place


@rule_on_all("dangling-route", source=_INGRESS, severity="error", kinds=("Ingress",))
def dangling_route(objects: Objects, check: SetCheck) -> None:
    """An Ingress routes to a Service that is not here, or to a port that the Service does not have.

    A port that a Service here lacks is an error; a Service that is not here may live elsewhere. With the port
    `use-annotation` the backend is an action of an AWS load balancer, which an annotation defines.
    """
    for member in _ingresses(objects):
        for what, backend, at in _backends(member):
            wanted = Wanted("", "Service", backend.get("name") or "", member.namespace)
            if (backend.get("port") or {}).get("name") == _ACTION:
                _check_action(objects, check, member, wanted.name, at)
            elif wanted.name and not report_unfound(objects, check, member, at + "name", wanted, check.rule):
                services = objects.find(*wanted)
                _check_port(
                    objects, check, member, f"routes {what} to", backend.get("port") or {}, at + "port", services
                )


def _check_action(objects: Objects, check: SetCheck, member: Member, name: str, at: Path) -> None:
    """Report a backend that is an action, and that no annotation defines; another prefix can be set.

    A controller may annotate the Ingresses that its custom resources name, as that of Argo Rollouts does.
    """
    from kpy.rules.references.custom_makers import is_named

    is_defined = any(str(key).endswith(f"/actions.{name}") for key in member.annotations)
    if not is_defined and not any(is_named(objects, each, member.namespace) for each in (name, member.name)):
        check.report(
            member,
            at + "name",
            f'the port `{_ACTION}` makes "{name}" an action, and no annotation defines it',
            fix=f"add the annotation `{_ACTIONS}{name}`, or use a port of a Service",
            severity="warning",
        )


def _check_port(
    objects: Objects,
    check: SetCheck,
    member: Member,
    does: str,
    wanted: Mapping[str, Any],
    at: Path,
    services: list[Member],
) -> None:
    """Report a port, by name or number, that no candidate for the Service has."""
    field = "name" if wanted.get("name") else "number"
    port = wanted.get(field)
    if not port or any(has_open_ports(service) or port in ports_of_service(service, field) for service in services):
        return
    there = [str(number) for service in services for number in ports_of_service(service, field)]
    if not there:
        other = "number" if field == "name" else "name"
        there = [str(number) for service in services for number in ports_of_service(service, other)]
    shown = f'"{port}"' if field == "name" else str(port)
    has = f", which has only {', '.join(dict.fromkeys(there))}" if there else ", which has no port"
    check.report(
        member,
        at + field,
        f'{title(member.tree)} {does} port {shown} of Service "{services[0].name}"{has}',
        fix=f"use a port of the Service, or add {shown} to it",
        severity=objects.proven(member, *services) if len(services) == 1 else "warning",
        see_also=[See(title(service.tree), service) for service in services[:3]],
    )


def ports_of_service(service: Member, field: str) -> list[str | int]:
    """Return the ports of a Service, by `name` or by `number`."""
    key = "name" if field == "name" else "port"
    return [port[key] for port in service.spec.get("ports") or () if isinstance(port, dict) and port.get(key)]


def has_open_ports(service: Member) -> bool:
    """Return whether nobody knows the ports of a Service: it is a name for another host, or they cannot be read."""
    is_host = service.spec.get("type") == "ExternalName" and not service.spec.get("ports")
    return is_host or not service.is_clear("spec", "ports")


@rule_on_all("route-declared-twice", source=_INGRESS, kinds=("Ingress",))
def route_declared_twice(objects: Objects, check: SetCheck) -> None:
    """Two Ingresses of one class route the same host and path, so that it is up to the controller which one counts."""
    first: dict[tuple[object, ...], tuple[Member, Path]] = {}
    for member in _ingresses(objects):
        if any(_CANARY in key for key in member.annotations):
            continue
        class_name = _class_of(member)
        for number, rule in enumerate(member.spec.get("rules") or ()):
            for index, path in enumerate((rule.get("http") or {}).get("paths") or ()):
                at = ROOT + "spec" + "rules" + number + "http" + "paths" + index
                route = (class_name, rule.get("host"), path.get("path"), path.get("pathType"))
                other, there = first.setdefault(route, (member, at))
                if there is not at and objects.together(member, other) and not _is_version_of(member, other):
                    where = "" if other is member else f" by {title(other.tree)}"
                    check.report(
                        member,
                        at + "path" if path.get("path") else at,
                        f'"{rule.get("host") or ""}{path.get("path") or "/"}" is routed already{where}',
                        fix="keep one of both routes",
                        see_also=[See(title(other.tree), other, there)],
                    )


def _class_of(member: Member) -> object:
    """Return what Ingresses have in common that share their routes: the class, or the load balancer of their own."""
    class_name = member.spec.get("ingressClassName") or member.annotations.get("kubernetes.io/ingress.class")
    if class_name not in _OWN_BALANCER and not any(str(key).startswith(_ALB) for key in member.annotations):
        return class_name
    return member.annotations.get(f"{_ALB}group.name") or id(member)


def _is_version_of(member: Member, other: Member) -> bool:
    return member is not other and (member.name, member.namespace) == (other.name, other.namespace)


@rule_on_all(
    "service-port-unknown",
    source=_WEBHOOKS,
    severity="error",
    kinds=("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService", "CustomResourceDefinition"),
)
def service_port_unknown(objects: Objects, check: SetCheck) -> None:
    """A webhook, an APIService or a conversion calls a port that the Service does not have; by default it is 443."""
    for member, service, at in _called(objects):
        services = objects.find("", "Service", service.get("name") or "", service.get("namespace") or "")
        if services:
            wanted = {"number": service.get("port") or 443}
            place = at if service.get("port") else at + "name"
            _check_called(objects, check, member, wanted, place, services)


def _check_called(
    objects: Objects, check: SetCheck, member: Member, wanted: Mapping[str, Any], at: Path, services: list[Member]
) -> None:
    port = wanted["number"]
    if any(has_open_ports(service) or port in ports_of_service(service, "number") for service in services):
        return
    there = (
        ", ".join(dict.fromkeys(str(number) for service in services for number in ports_of_service(service, "number")))
        or "none"
    )
    check.report(
        member,
        at if at.field == "name" else at + "port",
        f'Service "{services[0].name}" has no port {port}, which is called; it has {there}',
        fix="say the `port` of the Service",
        severity=objects.proven(member, *services) if len(services) == 1 else "warning",
        see_also=[See(title(service.tree), service) for service in services[:3]],
    )


def _called(objects: Objects) -> Iterator[tuple[Member, Mapping[str, Any], Path]]:
    admission = "admissionregistration.k8s.io"
    for member in objects.of(admission, "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"):
        for index, webhook in enumerate(member.tree.get("webhooks") or ()):
            if service := (webhook.get("clientConfig") or {}).get("service"):
                yield member, service, ROOT + "webhooks" + index + "clientConfig" + "service"
    for member in objects.of("apiregistration.k8s.io", "APIService"):
        if service := member.spec.get("service"):
            yield member, service, ROOT + "spec" + "service"
    for member in objects.of("apiextensions.k8s.io", "CustomResourceDefinition"):
        webhook = (member.spec.get("conversion") or {}).get("webhook") or {}
        if service := (webhook.get("clientConfig") or {}).get("service"):
            yield member, service, ROOT + "spec" + "conversion" + "webhook" + "clientConfig" + "service"
