"""What is said of the files and documents of a folder that are not judged: a note each, or one for many."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from kpy.diagnostics import Diagnostic, Place, Severity
from kpy.documents import Document, is_kustomization
from kpy.inputs.folder import Folder
from kpy.inputs.other_files import told
from kpy.inputs.patches import Patches
from kpy.inputs.walk import Chart
from kpy.objects import title
from kpy.paths import ROOT
from kpy.source import Location

if TYPE_CHECKING:
    from kpy.inputs.rendering import Failure, Rendered

__all__ = ["note_on_folder", "refuse_named"]

#: How many files of many are named.
_NAMED: Final = 3


def note_on_folder(folder: Folder, patches: Patches, rendered: Rendered | None = None) -> Iterator[Diagnostic]:
    """Yield what a folder has beside the documents that are judged."""
    if rendered is not None:
        yield from _not_rendered(rendered)
    told_of = {failure.file for failure in rendered.failures} if rendered else set()
    if rendered is not None:
        told_of |= {chart.file for chart in rendered.charts} | {each.file for each in rendered.kustomizations}
    yield from (_note_on_chart(chart) for chart in folder.charts if chart.file not in told_of)
    left = [file for file in folder.kustomizations if file not in told_of]
    yield from _kustomizations(left, 0 if rendered else len(patches.named))
    if patches.stray:
        one = len(patches.stray) == 1
        looks, it = ("looks like a patch", "it") if one else ("look like patches", "them")
        message = f"{_files(len(patches.stray))} {looks}, and no kustomization names {it}: not checked"
        fix = f"remove {it}, or name {it} under `patches` of the kustomization"
        yield _note("stray-patch", patches.stray, message, fix)
    if folder.templates:
        are, it = ("is a template", "it") if len(folder.templates) == 1 else ("are templates", "them")
        message = f"{_files(len(folder.templates))} {are}, and not YAML before rendering: not checked"
        yield _note("template", folder.templates, message, f"render {it} first, and check what comes out")
    if folder.others:
        what = "is not a manifest" if len(folder.others) == 1 else "are not manifests"
        message = f"{_files(len(folder.others))} {what}: {told(folder.others.values())}"
        yield _note("not-manifest", sorted(folder.others), message)
    if folder.test_data:
        count = len(folder.test_data)
        what = "a folder of test data is" if count == 1 else f"{count} folders of test data are"
        fix = "name a folder to check what is in it"
        yield _note("test-data", folder.test_data, f"{what} not looked into", fix)


def _note_on_chart(chart: Chart) -> Diagnostic:
    message = f"a Helm chart is not a manifest before it is rendered: {_files(chart.count)} not checked"
    fix = f"check what it makes: --render, or `helm template {_shown(chart.folder)} | kpy validate -`"
    return _note("chart", [chart.file], message, fix)


def refuse_named(document: Document) -> Diagnostic:
    """Return the error that a document of a named file is for a tool, and not for a server."""
    where = document.where()
    if is_kustomization(document.tree):
        message = "a kustomization is not an object of a cluster"
        folder = os.path.dirname(document.file) or "."
        fix = f"check what it makes: `kubectl kustomize {folder} | kpy validate -`"
        return Diagnostic("kustomization", "schema", "error", "", message, fix, where=where)
    tree = document.tree
    message = f"{tree['kind']} of {tree['apiVersion']} is read by a tool, and is not an object of a cluster"
    fix = "leave the file out: `exclude` of [tool.kpy], or --exclude"
    return Diagnostic("not-manifest", "schema", "error", "", message, fix, where=where)


def note_on_placeholders(where: Location, count: int, *, is_named: bool) -> Diagnostic:
    """Return what is said of a file with placeholders where a server would refuse them."""
    fields = "a field has a placeholder" if count == 1 else f"{count} fields have placeholders"
    end = "" if is_named else ": not checked there"
    message = f"{fields} that a server would refuse{end}"
    fix = "fill in the file first, and check what comes out"
    return Diagnostic("placeholder", "schema", "error" if is_named else "note", "", message, fix, where=where)


def note_on_encrypted(documents: Sequence[Document]) -> Diagnostic:
    """Return the note on documents that SOPS has encrypted."""
    count = len(documents)
    what = "the document is" if count == 1 else f"{count} documents are"
    it = "it is" if count == 1 else "they are"
    message = f"{what} encrypted by SOPS, and must be decrypted before {it} applied: only the rest is checked"
    return _note("encrypted", [*dict.fromkeys(document.file for document in documents)], message)


def refuse_value_in_the_clear(document: Document, steps: tuple[str | int, ...]) -> Diagnostic:
    """Return the error that a value of an encrypted document can be read."""
    field = _field(steps)
    message = f"`{field}` can be read by everybody, although the rules of SOPS in the file say that it is encrypted"
    fix = f"run `sops encrypt --in-place {_shown(document.file)}`, and change the value if others have seen it"
    title_ = title(document.tree)
    return Diagnostic("sops-value-in-clear", "schema", "error", field, message, fix, title_, document.where(steps))


def _not_rendered(rendered: Rendered) -> Iterator[Diagnostic]:
    """Yield why charts and kustomizations were not rendered: a note names those that were not handed to a program."""
    for what, reason in rendered.missing.items():
        yield Diagnostic("not-rendered", "schema", "warning", "", f"{what} are not rendered: {reason}")
    refused = [failure for failure in rendered.failures if failure.is_refused]
    if refused:
        yield _on_failures(refused, "note", "since kpy fetches nothing and runs no plugin")
    charts = [failure for failure in rendered.failures if os.path.basename(failure.file) == "Chart.yaml"]
    yield from (_on_failures([failure], "note", "") for failure in charts)
    failed = [failure for failure in rendered.failures if failure not in refused and failure not in charts]
    if failed:
        yield _on_failures(failed, "warning", "")


def _on_failures(failures: Sequence[Failure], severity: Severity, why: str) -> Diagnostic:
    """Return what is said of charts or kustomizations that are not rendered: why the first is not, and the next few."""
    first, *more = failures
    rule = "chart" if os.path.basename(first.file) == "Chart.yaml" else "kustomization"
    count = f"the {rule} is" if not more else f"{len(failures)} {rule}s are"
    reason = _shown(first.reason)
    message = f"{count} not rendered{f', {why}' if why else ''}: {reason}"
    others = tuple(Place(_shown(each.reason), "", Location(each.file, 1)) for each in more[:_NAMED])
    note = Diagnostic(rule, "schema", severity, "", message, where=Location(first.file, 1))
    return note._replace(places=others, more_places=len(more) - len(others))


def _kustomizations(files: Sequence[str], count: int) -> Iterator[Diagnostic]:
    if not files:
        return
    read = "that it reads" if len(files) == 1 else "that they read"
    more = f", and {_files(count)} {read} {'is' if count == 1 else 'are'} skipped" if count else ""
    one = len(files) == 1
    what = "a kustomization is not rendered" if one else f"{len(files):,} kustomizations are not rendered"
    message = f"{what}: kpy does not know what {'it changes' if one else 'they change'}{more}"
    fix = "check what comes out: --render, or `kubectl kustomize DIR | kpy validate -`"
    yield _note("kustomization", files, message, fix)


def _note(rule: str, files: Sequence[str], message: str, fix: str = "") -> Diagnostic:
    """Return a note on files, at the first of them; the next few are named."""
    others = tuple(Place("", "", Location(file, 1)) for file in files[1 : 1 + _NAMED])
    more = len(files) - 1 - len(others)
    note = Diagnostic(rule, "schema", "note", "", message, fix, where=Location(files[0], 1))
    return note._replace(places=others, more_places=more)


def _files(count: int) -> str:
    return f"{count:,} file{'' if count == 1 else 's'}"


def _shown(path: str) -> str:
    return path.removeprefix(f".{os.sep}")


def _field(steps: tuple[str | int, ...]) -> str:
    """Return the path of a field as messages have it: `data[db.password]`."""
    at = ROOT
    for step in steps:
        at = at + step
    return str(at)
