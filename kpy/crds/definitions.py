"""Definitions in texts of all sorts: each as it was published, and what cannot be taken, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kpy.diagnostics import Diagnostic
from kpy.documents import Document, read_content
from kpy.source import Location

__all__ = ["Definition", "Found", "find_definitions", "served_versions"]

_KIND = "CustomResourceDefinition"
_GROUP = "apiextensions.k8s.io"
_SEPARATOR = re.compile(r"^---.*$", re.MULTILINE)
#: What templates of charts have and YAML does not.
_TEMPLATE = re.compile(r"\{\{.*?\}\}")
#: What a cluster writes into an object that was published without it.
_OF_CLUSTERS = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid")
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class Definition(NamedTuple):
    """A definition of a kind, and its text."""

    name: str
    tree: Mapping[str, Any]
    #: The document as it was published, without what stands around it.
    text: str
    where: Location

    @property
    def group(self) -> str:
        """The group of its kind."""
        return str(self.tree["spec"]["group"])

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.tree["spec"]["names"]["kind"])

    @property
    def path(self) -> str:
        """Where it stands in the folder of definitions: `cert-manager.io/certificates.yaml`."""
        return f"{self.group}/{self.tree['spec']['names']['plural']}.yaml"


class Found(NamedTuple):
    """What is in a text."""

    definitions: list[Definition]
    #: What could not be taken, and what a server refuses of what was taken.
    findings: list[Diagnostic]
    #: How many other objects are there, which are nothing to us.
    others: int = 0


def find_definitions(content: bytes, file: str, *, is_of_cluster: bool = False, kubernetes: str | None = None) -> Found:
    """Return the definitions in the content of a file; `file` is what it is called in messages.

    They are judged as a server of a minor release does, the newest if none is given. What is wrong with a rule in CEL
    is told, and the definition is taken all the same: types are right without it.
    """
    reading = read_content(content, file)
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    found = Found([], [_explained(error, text) for error in reading.errors if error.severity == "error"])
    parts = list(_parts(text))
    others = 0
    for outer in reading.documents:
        for document in outer.items():
            tree = document.tree
            if not isinstance(tree, dict) or tree.get("kind") != _KIND:
                others += 1
            else:
                errors = _errors(document, kubernetes)
                found.findings.extend(_told(document, errors))
                if not all(map(_is_of_rule, errors)):
                    continue
                own = _from_cluster(tree) if is_of_cluster else tree
                is_own = document is outer and not text.lstrip().startswith(("{", "[")) and not is_of_cluster
                written = _part_at(parts, document.where().line) if is_own else ""
                name = str(tree["metadata"]["name"])
                found.definitions.append(Definition(name, own, written or _emitted(own), document.where()))
    return found._replace(others=others)


def served_versions(tree: Mapping[str, Any]) -> list[str]:
    """Return the versions that a definition serves."""
    return [str(version["name"]) for version in tree["spec"]["versions"] if version.get("served")]


def _errors(document: Document, kubernetes: str | None) -> list[Diagnostic]:
    """Return what a server refuses of a definition."""
    tree = document.tree
    if tree.get("apiVersion") == f"{_GROUP}/v1beta1":
        message = f"{_GROUP}/v1beta1 has not been served since Kubernetes 1.22"
        fix = "take a newer release of the project, whose definitions are of v1"
        return [Diagnostic("definition-refused", "schema", "error", "apiVersion", message, fix)]
    from kpy.validation import validate

    return [error for error in validate([tree], kubernetes=kubernetes) if error.severity == "error"]


def _is_of_rule(error: Diagnostic) -> bool:
    """Return whether an error is about a rule in CEL: without it, types are right."""
    return error.rule.startswith("crd-rule-")


def _told(document: Document, errors: list[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield what there is to say of a definition: all of its rules, else the first error and how many there are."""
    others = [error for error in errors if not _is_of_rule(error)]
    if others:
        first, more = others[0], f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        yield first._replace(message=f"{first.message}{more}", where=_where(document, str(first.field)))
        return
    for error in errors:
        fix = error.fix or "tell its publishers; its types are right without the rule, so it is kept"
        message = f"{error.message}; a server refuses the definition"
        yield error._replace(message=message, fix=fix, where=_where(document, str(error.field)))


def _where(document: Document, field: str) -> Location:
    """Return the place of a field; a server calls the schema of an only version `spec.validation`."""
    only = field.replace("spec.validation.", "spec.versions[0].schema.", 1)
    return document.where_of(only) if field else document.where()


def _explained(error: Diagnostic, text: str) -> Diagnostic:
    """Return an error of a text; in a template of a chart, with what to do."""
    line = error.where.line if error.where else 0
    lines = text.splitlines()
    near = lines[max(0, line - 3) : line + 1]
    if any(_TEMPLATE.search(each) for each in near) or _TEMPLATE.search(text[:4000]):
        return error._replace(fix="this is a template: give the chart, `kpy crds add --chart CHART`")
    return error


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Yield the parts of a text between the lines that part documents, with the number of the line before each."""
    begin, line = 0, 0
    for match in _SEPARATOR.finditer(text):
        yield line, text[begin : match.start()]
        line += text.count("\n", begin, match.end())
        begin = match.end()
    yield line, text[begin:]


def _part_at(parts: list[tuple[int, str]], line: int) -> str:
    """Return the part in which a line is, counted from 1."""
    found = ""
    for before, part in parts:
        if before < line:
            found = part
    return found.strip("\n").rstrip() + "\n"


def _emitted(tree: Mapping[str, Any]) -> str:
    from kpy.output.emit import to_yaml

    return to_yaml([tree])


def _from_cluster(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a definition as it was published, as far as a cluster can tell."""
    metadata = {key: value for key, value in tree["metadata"].items() if key not in _OF_CLUSTERS}
    annotations = {key: value for key, value in (metadata.pop("annotations", None) or {}).items() if key != _APPLIED}
    if annotations:
        metadata["annotations"] = annotations
    return {key: value for key, value in tree.items() if key != "status"} | {"metadata": metadata}
