"""`kpy validate`: findings about an app, or about YAML and JSON written by anyone."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from kpy.cli.apps import app_for, kubernetes_of, project_for
from kpy.cli.codes import code_of_report
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say, view
from kpy.diagnostics import Diagnostic, Report, Severity
from kpy.errors import LoadError, SynthError
from kpy.redaction.mask import Mask
from kpy.reporting.formats import write_findings
from kpy.source import Location

if TYPE_CHECKING:
    from kpy.documents import Document, Reading
    from kpy.manifest import Manifest

__all__ = ["is_app", "no_such", "run"]

_NO_FILE = "-"
_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:\w+")
_TEXTS = (".yaml", ".yml", ".json")


def run(given: Given) -> int:
    """Check every target and write what was found; return 1 when there are errors."""
    with Product() as product:
        work = _Work(given)
        targets: list[str | None] = [*dict.fromkeys(given.texts("targets"))]
        for target in targets or [None]:
            work.take(target)
        report = work.report()
        product.write(write_findings(report, given.text("format"), product.view(given, work.sources)))
    say(f"{work.count} object{'' if work.count == 1 else 's'} checked: {report.summary()}")
    if len(report) and given.text("format") in (None, "text"):
        from kpy.reporting.text import more_about

        if more := more_about(report, view(given)):
            say(more)
    return code_of_report(report)


class _Work:
    """The apps and documents of all targets, and what is found in them."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._kubernetes = kubernetes_of(given)
        self._documents: list[Document] = []
        self._mask = Mask()
        self._found: list[Diagnostic] = []
        #: The real paths of the files that were read: one that is named twice, or by its folder too, counts once.
        self._read: set[str] = set()
        #: The files of which something could not be read.
        self._unread: set[str] = set()
        #: The number of objects that were checked.
        self.count = 0
        #: The text of what is no file.
        self.sources: dict[str, str] = {}

    def take(self, target: str | None) -> None:
        """Read the files of a target, or check it when it is an app."""
        if target == _NO_FILE:
            self._read_standard_input()
        elif target is not None and "://" in target:
            raise LoadError(f"{target}: URLs are not fetched: download it and name the file, or pipe it into -")
        elif target is None or is_app(target):
            self._check_app(target)
        elif os.path.isdir(target):
            self._read_folder(target)
        elif os.path.exists(target):
            self._keep_file(target)
        else:
            raise LoadError(no_such(target))

    def report(self) -> Report:
        """Check the documents that were read, all together, and return everything that was found."""
        if self._documents:
            self._found += self._check_documents()
        files = {found.where.file: 0 for found in self._found if found.where}
        order = {file: number for number, file in enumerate(files)}
        return Report(sorted(self._found, key=lambda found: _place(found, order)), mask=self._mask)

    def _is_new(self, file: str) -> bool:
        path = os.path.realpath(file)
        is_new = path not in self._read
        self._read.add(path)
        return is_new

    def _keep_file(self, file: str) -> None:
        from kpy.documents import read_file

        if self._is_new(file):
            self._keep(read_file(file), file)

    def _read_folder(self, folder: str) -> None:
        from kpy.documents import find_files, is_kustomization, parts_of, read_file

        files = list(find_files(folder))
        if not files:
            raise LoadError(f"{folder}: there is no YAML or JSON file in this folder")
        readings = {file: read_file(file) for file in files if self._is_new(file)}
        parts = {
            file: {part for document in found for part in parts_of(document.tree, file)}
            for file, reading in readings.items()
            if (found := [document for document in reading.documents if is_kustomization(document.tree)])
        }
        skipped = {part for named in parts.values() for part in named}
        here = {os.path.normpath(file) for file in readings}
        for file, reading in readings.items():
            if file in parts:
                self._note_kustomization(file, len(parts[file] & here))
            elif os.path.normpath(file) not in skipped:
                self._keep(reading, file)

    def _note_kustomization(self, file: str, count: int) -> None:
        more = f", with {count} file{'' if count == 1 else 's'} that it reads" if count else ""
        message = f"a kustomization is not an object of a cluster: it is skipped{more}"
        self._note(
            "kustomization", "note", file, message, "check what it makes: `kubectl kustomize DIR | kpy validate -`"
        )

    def _read_standard_input(self) -> None:
        from kpy.documents import read_content, read_limited

        content = read_limited(sys.stdin.buffer) if hasattr(sys.stdin, "buffer") else sys.stdin.read().encode()
        self.sources[_NO_FILE] = content.decode("utf-8", "replace")
        self._keep(read_content(content, _NO_FILE), _NO_FILE, "warning" if content.strip() else "error")

    def _note(self, rule: str, severity: Severity, file: str, message: str, fix: str) -> None:
        self._found.append(Diagnostic(rule, "schema", severity, "", message, fix, where=Location(file, 1)))

    def _keep(self, reading: Reading, file: str, if_empty: Severity = "warning") -> None:
        if not (reading.documents or reading.errors):
            fix = "check the command before the pipe" if file == _NO_FILE else ""
            self._note("no-documents", if_empty, file, "it contains no documents", fix)
        self._documents += reading.documents
        self._mask.learn(item.tree for document in reading.documents for item in document.items())
        self._found += reading.errors
        if any(found.severity == "error" and found.rule != "duplicate-key" for found in reading.errors):
            self._unread.add(file)

    def _check_documents(self) -> list[Diagnostic]:
        from kpy.schema import api
        from kpy.validation import find_faults

        project = project_for(None)
        known = api(project.release(kubernetes=self._kubernetes))
        self.count += sum(1 for document in self._documents for _ in document.items())
        files = [document.file for document in self._documents]
        found = []
        trees = (document.tree for document in self._documents)
        written = [document.written for document in self._documents]
        for finding in find_faults(trees, known, project.choice, files=files, unread=self._unread, written=written):
            diagnostic = finding.placed(lambda number, steps: self._documents[number].where(steps))
            if diagnostic.rule == "unknown-field":
                where = self._documents[finding.number].where(finding.steps, key=True)
                diagnostic = diagnostic._replace(where=where)
            found.append(diagnostic)
        return found

    def _check_app(self, target: str | None) -> None:
        project = project_for(target)
        if target is None and project.settings.app is None:
            raise MisuseError("there is nothing to validate: name files, folders, an app, or `-` for standard input")
        app = app_for(self._given, project, target)
        try:
            manifest = project.synth(app, kubernetes=self._kubernetes, observe=self._see)
            self._found += manifest.diagnostics
        except SynthError as error:
            self._found += error.report

    def _see(self, name: str, manifest: Manifest) -> None:
        if name == "validate":
            self.count += len(manifest)
            self._mask.learn(resource.tree for resource in manifest)


def _place(found: Diagnostic, order: dict[str, int]) -> tuple[int, int, int]:
    where = found.where
    return (order[where.file], where.line, where.column) if where else (-1, 0, 0)


def is_app(target: str, folder: str = "") -> bool:
    """Return whether a target is an app and not a file of Kubernetes documents.

    A module is one only with the name of the app behind it: what is no file and no folder may be a slip of the pen,
    and importing a module runs its code.
    """
    if os.path.exists(os.path.join(folder, target)):
        return target.endswith(".py")
    if target.endswith(".py") or ".py:" in target:
        return True
    return not target.endswith(_TEXTS) and _MODULE.fullmatch(target) is not None


def no_such(target: str) -> str:
    """Return what to say of a target that is not there."""
    is_module = not target.endswith((".py", *_TEXTS)) and _MODULE.fullmatch(f"{target}:app") is not None
    hint = f"; an app in a module is written with its name, {target}:app" if is_module else ""
    what = "a symbolic link that leads nowhere" if os.path.islink(target) else "there is no such file or folder"
    return f"{target}: {what}{hint}"
