"""Definitions in texts of all sorts: each as it was published, and what cannot be taken, with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kpy.diagnostics import Diagnostic
from kpy.documents import Document, read_content
from kpy.source import Location

__all__ = ["Definition", "Found", "find_definitions"]

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
    #: What could not be taken.
    findings: list[Diagnostic]
    #: How many other objects are there, which are nothing to us.
    others: int = 0


def find_definitions(content: bytes, file: str, *, is_of_cluster: bool = False) -> Found:
    """Return the definitions in the content of a file; `file` is what it is called in messages."""
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
            elif (refused := _refused(document)) is not None:
                found.findings.append(refused)
            else:
                own = _from_cluster(tree) if is_of_cluster else tree
                is_own = document is outer and not text.lstrip().startswith(("{", "[")) and not is_of_cluster
                written = _part_at(parts, document.where().line) if is_own else ""
                name = str(tree["metadata"]["name"])
                found.definitions.append(Definition(name, own, written or _emitted(own), document.where()))
    return found._replace(others=others)


def _refused(document: Document) -> Diagnostic | None:
    """Return why a definition cannot be taken; nothing for one that a server takes."""
    tree = document.tree
    if tree.get("apiVersion") == f"{_GROUP}/v1beta1":
        message = f"{_GROUP}/v1beta1 has not been served since Kubernetes 1.22"
        fix = "take a newer release of the project, whose definitions are of v1"
        return Diagnostic(
            "definition-refused", "schema", "error", "", message, fix, where=document.where(("apiVersion",))
        )
    from kpy.validation import validate

    # A rule in CEL that does not compile is for whoever published it: the types are right without it.
    errors = [error for error in validate([tree]) if error.severity == "error" and not _is_of_rule(error)]
    if errors:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        return first._replace(message=f"{first.message}{more}", where=_where(document, str(first.field)))
    return None


def _is_of_rule(error: Diagnostic) -> bool:
    return error.rule.startswith("crd-rule-")


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
