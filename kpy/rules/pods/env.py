"""Environment variables, and the sources of their values."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import spec_around
from kpy.syntax.formats import label_fault, subdomain_fault

_SOURCE = "core/v1 EnvVarSource"
_FILE = "core/v1 FileKeySelector"
_REFERENCES = ("core/v1 ConfigMapEnvSource", "core/v1 SecretEnvSource")

_ENV_FROM = "https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/"
_API = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables"

_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")


@rule("env-source-required", on=_SOURCE, source=_API)
def env_source_required(source: Tree, at: Path, check: Check) -> None:
    """A `valueFrom` must say where the value is from."""
    if not check.once(_sources_of, source, at):
        allowed = _SOURCES if check.at_least("1.35") else _SOURCES[:-1]
        check.report(at, "`valueFrom` names no source", fix=f"set one of {', '.join(f'`{name}`' for name in allowed)}")


@rule("env-source-ambiguous", on=_SOURCE, source=_API)
def env_source_ambiguous(source: Tree, at: Path, check: Check) -> None:
    """A `valueFrom` must name one source only."""
    sources = check.once(_sources_of, source, at)
    if len(sources) > 1:
        check.report(at, f"`valueFrom` names {len(sources)} sources: {', '.join(sources)}", fix="keep one of them")


@rule("env-value-and-source", on="core/v1 EnvVar", source=_API, needs="valueFrom")
def env_value_and_source(variable: Tree, at: Path, check: Check) -> None:
    """An environment variable has either a value or a source of one."""
    if variable.get("value") and _sources(variable.get("valueFrom", {}), check):
        message = f'environment variable "{variable.get("name", "")}" has a `value` and a `valueFrom`'
        check.report(at + "valueFrom", message, fix="keep one of them")


@rule("env-file-path", on=_FILE, source=_API)
def env_file_path(reference: Tree, at: Path, check: Check) -> None:
    """A variable from a file must name the file by a path without `..`."""
    if not check.at_least("1.35"):
        return
    path = reference.get("path")
    if not path:
        check.report(at + "path", "there is no `path`", fix="set `path`")
    elif ".." in path.split("/"):
        check.report(at + "path", f'path "{path}" must not have ".." in it')


@rule("env-file-volume-unknown", on=_FILE, source=_API, needs="volumeName")
def env_file_volume_unknown(reference: Tree, at: Path, check: Check) -> None:
    """The volume of a variable from a file must be an emptyDir of the pod."""
    name = reference["volumeName"]
    if label_fault(name) or not check.at_least("1.35"):
        return
    volumes = spec_around(at, check).get("volumes", ())
    named = [volume for volume in volumes if isinstance(volume, dict) and volume.get("name") == name]
    if not named:
        check.report(at + "volumeName", f'the pod has no volume "{name}"', fix="add it, as an `emptyDir`")
    elif len(named[-1]) > 1 and "emptyDir" not in named[-1]:
        check.report(at + "volumeName", f'volume "{name}" is not an `emptyDir`')


@rule("env-from-source-required", on="core/v1 EnvFromSource", source=_ENV_FROM)
def env_from_source_required(source: Tree, at: Path, check: Check) -> None:
    """An element of `envFrom` must name a ConfigMap or a Secret."""
    if "configMapRef" not in source and "secretRef" not in source:
        fix = "set `configMapRef` or `secretRef`"
        check.report(at.parent, "an element of `envFrom` names neither a ConfigMap nor a Secret", fix=fix)


@rule("env-from-source-ambiguous", on="core/v1 EnvFromSource", source=_ENV_FROM, needs="configMapRef")
def env_from_source_ambiguous(source: Tree, at: Path, check: Check) -> None:
    """An element of `envFrom` names one source only."""
    if "configMapRef" in source and "secretRef" in source:
        fix = "make two elements of it"
        check.report(at.parent, "an element of `envFrom` names both a ConfigMap and a Secret", fix=fix)


@rule("env-from-name-invalid", on=_REFERENCES, source=_ENV_FROM)
def env_from_name_invalid(reference: Tree, at: Path, check: Check) -> None:
    """The name of the ConfigMap or Secret must be a DNS subdomain; a server overlooks a dash at its end here."""
    name = reference.get("name")
    if not name:
        return
    checked = name[:-2] + "a" if len(name) > 1 and name.endswith("-") else name
    if fault := subdomain_fault(checked):
        check.report(at + "name", f'name "{name}" {fault}')


def _sources_of(source: Tree, at: Path, check: Check) -> list[str]:
    return _sources(source, check)


def _sources(source: Tree, check: Check) -> list[str]:
    """Return the names of the sources; what a server before 1.35 forgets is none."""
    return [name for name in _SOURCES if name in source and (name != "fileKeyRef" or check.at_least("1.35"))]
