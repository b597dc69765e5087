"""What `kpy import` reads: files, folders, what a chart or a kustomization makes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from kpy.cli.codes import DocumentError
from kpy.cli.options import Given
from kpy.cli.output import say, say_findings
from kpy.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kpy.diagnostics import Diagnostic
    from kpy.documents import Document
    from kpy.inputs import Intake
    from kpy.project import Project

__all__ = [
    "FORM_WORDS",
    "PIPE",
    "Reading",
    "app_name",
    "name_of_path",
    "of_chart",
    "of_overlay",
    "read",
    "release_of",
    "rendered",
    "say_tests",
]

#: Standard input.
PIPE = "-"
#: Names of folders that say nothing of what is in them.
_GENERIC = ("base", "deploy", "k8s", "kubernetes", "manifests", "overlays", "yaml")

FORM_WORDS: dict[str, str] = {
    "short": "in short form",
    "construct": "as constructs with models or mappings",
    "model": "as models",
    "raw": "as Raw",
    "file": "left in their files, by Yaml",
    "existing": "left out",
}

#: The hooks that helm runs as tests.
_TESTS = frozenset({"test", "test-success", "test-failure"})
#: Documents, and the texts of those that are in no file.
Reading = tuple["list[Document]", dict[str, str]]


def app_name(documents: Iterable[Document], paths: Iterable[str], chart: str | None) -> str:
    """Return the name of the app: the only namespace, else that of what is imported."""
    from kpy.objects import metadata_of

    if chart:
        return release_of(chart)
    trees = [item.tree for document in documents for item in document.items()]
    spaces = {metadata_of(tree).get("namespace") for tree in trees if isinstance(tree, dict)} - {None}
    if len(spaces) == 1 and isinstance(only := next(iter(spaces)), str):
        return only
    return name_of_path(next((path for path in paths if path != PIPE), ""))


def name_of_path(path: str) -> str:
    """Return the name of the innermost folder, or file, that says what is in it."""
    names = [part.partition(".")[0] for part in reversed(os.path.abspath(path).split(os.sep) if path else [])]
    return next((name for name in names if name and name not in _GENERIC), "app")


def of_chart(chart: str, values: Sequence[str], project: Project) -> str:
    """Return what a chart makes with files of values. Raises for what is not there."""
    from kpy.programs.helm import HelmRenderer
    from kpy.schema import api

    for path in (chart, *values):
        if not os.path.exists(path):
            raise LoadError(f"{path}: there is no such file or folder")
    release = f"{api(project.release()).release}.0"
    return HelmRenderer.find().template(
        chart, name=release_of(chart), value_files=values, kubernetes=release, with_crds=True, is_proved=True
    )


def say_tests(chart: str, values: Sequence[str], project: Project) -> None:
    """Say how many tests of a chart were left out: what helm runs when it is asked to, `helm test`."""
    from kpy.documents import read_documents
    from kpy.objects import metadata_of
    from kpy.programs.helm import HelmRenderer
    from kpy.schema import api

    release = f"{api(project.release()).release}.0"
    text = HelmRenderer.find().template(
        chart, name=release_of(chart), value_files=values, kubernetes=release, with_tests=True
    )
    trees = [item.tree for document in read_documents(text, PIPE).documents for item in document.items()]
    said = [metadata_of(tree).get("annotations") for tree in trees if isinstance(tree, dict)]
    hooks = [str(each.get("helm.sh/hook") or "").split(",") for each in said if isinstance(each, dict)]
    count = sum(any(word.strip() in _TESTS for word in words) for words in hooks)
    if count:
        say(f"{count} left out: {'a test' if count == 1 else 'tests'} of the chart, which only `helm test` runs")


def release_of(chart: str) -> str:
    """Return the name of the release of a chart: that of the folder or archive, without its version."""
    return os.path.basename(os.path.abspath(chart)).partition(".")[0].rstrip("-0123456789") or "app"


def of_overlay(folder: str) -> str:
    """Return what a kustomization makes. Raises for what is not there, or is not handed to kustomize."""
    from kpy.programs.kustomize import KustomizeRenderer, read_overlay

    if not os.path.isdir(folder):
        raise LoadError(f"{folder}: there is no such folder")
    overlay = read_overlay(folder)
    for problem in (*overlay.refusals, *overlay.faults):
        raise LoadError(f"{folder}: {problem}")
    return KustomizeRenderer.find().build(folder)


def rendered(text: str, name: str) -> Reading:
    """Return the documents of a text that a program has made."""
    from kpy.diagnostics import Report
    from kpy.documents import read_documents

    reading = read_documents(text, PIPE)
    if reading.errors:
        raise DocumentError(f"{name}: what it makes cannot be read: {Report(reading.errors).errors[0].message}")
    return reading.documents, {PIPE: text}


def read(paths: Iterable[str], given: Given, project: Project) -> Reading:
    """Return the documents in files and folders. Raises for what cannot be imported, and tells it."""
    from kpy.diagnostics import Report
    from kpy.inputs import Exclusion, Intake
    from kpy.schema import api

    settings = project.settings
    excluded = Exclusion(settings.exclude, folder=settings.folder).plus(given.texts("exclude"))
    intake = Intake(excluded)
    sources: dict[str, str] = {}
    for path in dict.fromkeys(paths):
        _take(intake, path, sources)
    intake.settle(api(project.release()))
    documents = intake.documents
    report = Report([*map(_for_imports, intake.findings), *_no_objects(documents)])
    if len(report):
        say_findings(report, given)
    if report.errors:
        raise DocumentError("nothing was written: mend what is above, or leave it out by --exclude")
    if not any(True for document in documents for _ in document.items()):
        raise DocumentError("there is no object to import")
    return documents, sources


def _take(intake: Intake, path: str, sources: dict[str, str]) -> None:
    from kpy.documents import read_content, read_limited

    if path == PIPE:
        content = read_limited(sys.stdin.buffer) if hasattr(sys.stdin, "buffer") else sys.stdin.read().encode()
        sources[PIPE] = content.decode("utf-8", "replace")
        fix = "check the command before the pipe"
        intake.keep(read_content(content, PIPE), PIPE, if_empty="error", fix=fix)
    elif "://" in path:
        raise LoadError(f"{path}: URLs are not fetched: download it and name the file, or pipe it into -")
    elif os.path.isdir(path):
        if not intake.take_folder(path):
            raise LoadError(f"{path}: there is no YAML or JSON file in this folder")
    elif os.path.exists(path):
        intake.take_file(path)
    else:
        raise LoadError(f"{path}: there is no such file or folder")


def _for_imports(finding: Diagnostic) -> Diagnostic:
    """Return a finding with what to do here about what is no manifest before it is rendered."""
    from kpy.documents.syntax import RENDER

    folder = _folder_of(finding.where.file) if finding.where is not None else "."
    others = [_folder_of(place.where.file) for place in finding.places if place.where is not None]
    others = [each for each in others if not _is_base(each, (folder, *others))]
    if _is_base(folder, others) and others:
        folder, *others = others
    several = f", or of several as environments: `kpy import {' '.join((folder, *others))}`" if others else ""
    fixes = {
        "chart": f"import what it makes: `kpy import --chart {folder}`",
        "kustomization": f"import what it makes: `kpy import -k {folder}`{several}",
    }
    fix = fixes.get(finding.rule, "")
    if finding.fix == RENDER:
        fix = "this is a template: import what its chart makes, `kpy import --chart CHART`"
    return finding._replace(fix=fix) if fix else finding


def _is_base(folder: str, others: Iterable[str]) -> bool:
    """Return whether the kustomization of a folder is what one of others is made of."""
    from kpy.programs.kustomize import read_overlay

    place = os.path.join(os.path.realpath(folder), "")
    read = (file for other in others if other != folder for file in read_overlay(other).files)
    return any(os.path.realpath(file).startswith(place) for file in read)


def _folder_of(file: str) -> str:
    return os.path.dirname(file) or "."


def _no_objects(documents: list[Document]) -> Iterator[Diagnostic]:
    """Yield an error for each document that is no object."""
    from kpy.diagnostics import Diagnostic

    for document in documents:
        for item in document.items():
            tree = item.tree
            if not isinstance(tree, dict) or not (tree.get("apiVersion") and tree.get("kind")):
                message = "this document is no object of Kubernetes: it has no apiVersion, or no kind"
                yield Diagnostic("not-an-object", "schema", "error", "", message, where=item.where())
