"""APIServices."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.meta.names import generated_name
from kpy.syntax.formats import rfc1035_label_fault, subdomain_fault

AGGREGATION = "https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/"
API_SERVICES = AGGREGATION + "#register-apiservice-objects"
CONTACT = AGGREGATION + "#contacting-the-extension-apiserver"


@rule("api-service-name", on="apiregistration/v1 APIService", source=API_SERVICES)
def name_differs(service: Tree, at: Path, check: Check) -> None:
    """An APIService is named after what it serves: version, a dot, group."""
    spec, metadata = service.get("spec") or {}, service.get("metadata") or {}
    name, prefix = metadata.get("name"), metadata.get("generateName")
    expected = f"{spec.get('version') or ''}.{spec.get('group') or ''}"
    if prefix and prefix != expected:
        check.report(at + "metadata" + "generateName", "the name of an APIService cannot be generated")
    name = name or (generated_name(prefix) if prefix else None)
    if name and name != expected:
        check.report(at + "metadata" + "name", f"name {name!r} is not {expected!r}", fix=f"name it {expected!r}")


@rule("api-service-group", on="apiregistration/v1 APIService", source=API_SERVICES)
def group_invalid(service: Tree, at: Path, check: Check) -> None:
    """The group of an APIService is a DNS subdomain; only `v1` of the core group has none."""
    spec = service.get("spec") or {}
    group = spec.get("group")
    if not group and spec.get("version") != "v1":
        check.report(at + "spec" + "group", "APIService has no group")
    elif group and (fault := subdomain_fault(group)):
        check.report(at + "spec" + "group", f"group {group!r} {fault}")


@rule("api-service-version", on="apiregistration/v1 APIService", source=API_SERVICES)
def version_invalid(service: Tree, at: Path, check: Check) -> None:
    """The version of an APIService is a DNS label that begins with a letter."""
    version = (service.get("spec") or {}).get("version") or ""
    if fault := rfc1035_label_fault(version):
        check.report(at + "spec" + "version", f"version {version!r} {fault}")


@rule("api-service-priority", on="apiregistration/v1 APIService", source=API_SERVICES)
def priority_range(service: Tree, at: Path, check: Check) -> None:
    """The groupPriorityMinimum is from 1 to 20000, the versionPriority from 1 to 1000."""
    spec = service.get("spec") or {}
    for field, most in (("groupPriorityMinimum", 20000), ("versionPriority", 1000)):
        value = spec.get(field) or 0
        if not 1 <= value <= most:
            check.report(at + "spec" + field, f"{field} {value} is not from 1 to {most}")


@rule("api-service-local", on="apiregistration/v1 APIServiceSpec", source=CONTACT)
def local_with_tls(spec: Tree, at: Path, check: Check) -> None:
    """An APIService that the API server serves itself has no settings of TLS."""
    if spec.get("service") is None:
        for field in ("caBundle", "insecureSkipTLSVerify"):
            if spec.get(field):
                check.report(at + field, f"APIService without a service has `{field}`")


@rule("api-service-insecure", on="apiregistration/v1 APIServiceSpec", source=CONTACT)
def insecure_with_bundle(spec: Tree, at: Path, check: Check) -> None:
    """An APIService either trusts a caBundle or skips the check of the certificate."""
    if spec.get("service") is not None and spec.get("insecureSkipTLSVerify") and spec.get("caBundle"):
        check.report(at + "insecureSkipTLSVerify", "`insecureSkipTLSVerify` cannot be combined with a caBundle")
