"""`kpy validate`: findings about an app, or about YAML and JSON written by anyone."""

from __future__ import annotations

import os
import re
import sys
from functools import cached_property
from typing import TYPE_CHECKING

from kpy.cli.apps import app_for, kubernetes_of, project_for, project_with, refuse_of_all
from kpy.cli.baselines import sift_by_baseline
from kpy.cli.codes import code_of_report
from kpy.cli.findings import findings_to_product, say_summary
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product
from kpy.cli.remembering import place_of_result, trees_in
from kpy.diagnostics import Diagnostic, Report, Severity
from kpy.errors import LoadError, SynthError
from kpy.redaction.fields import is_secret_kind
from kpy.redaction.mask import Mask
from kpy.reporting.summary import not_judged
from kpy.result_cache import Entry
from kpy.watch import saw_place, watching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpy.checking.object_set import Finding
    from kpy.documents import Document
    from kpy.inputs import Intake
    from kpy.manifest import Manifest
    from kpy.project import Project

__all__ = ["is_app", "no_such", "run"]

_NO_FILE = "-"
_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:\w+")
_TEXTS = (".yaml", ".yml", ".json")


def run(given: Given) -> int:
    """Check every target and write what was found; return 1 when there are errors."""
    if given.has("all") or _means_all(given):
        from kpy.cli.validate_all import run as validate_all

        return validate_all(given)
    refuse_of_all(given)
    with Product() as product:
        work = _Work(given)
        everything = work.report([*dict.fromkeys(given.texts("targets"))] or [None])
        if given.has("waivers"):
            from kpy.cli.waivers import code_of_waivers, waivers_to_text

            product.write(waivers_to_text(everything, product.view(given, work.sources)))
            return code_of_waivers(everything)
        report, known = sift_by_baseline(everything, given)
        product.write(findings_to_product(report, given, product.view(given, work.sources)))
    skipped = not_judged(everything)
    say_summary(
        report,
        given,
        work.count,
        skipped=skipped,
        has_policies=work.has_policies,
        known=known,
        not_run=work.not_run,
    )
    return code_of_report(report, given.text("fail_on"))


def _means_all(given: Given) -> bool:
    """Return whether nothing is named in a workspace, which has no one app that is meant then."""
    if given.texts("targets"):
        return False
    settings = project_for(None).settings
    return bool(settings.apps) and settings.app is None


class _Work:
    """The apps and documents of all targets, and what is found in them."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._kubernetes = kubernetes_of(given)
        self._mask = Mask()
        self._found: list[Diagnostic] = []
        #: The number of objects that were checked.
        self.count = 0
        #: Whether policies were selected, or are not wanted, for one of the targets.
        self.has_policies = False
        #: The selected policies that documents cannot be judged by.
        self.not_run: list[str] = []
        #: Whether code of other packages ran.
        self._has_plug_ins = False
        #: The text of what is no file.
        self.sources: dict[str, str] = {}

    def report(self, targets: list[str | None]) -> Report:
        """Return everything that is found in the targets, by this run or by an earlier one for which all was the same.

        The documents that were read are checked all together.
        """
        place = None if any(map(_runs_or_flows, targets)) else place_of_result(self._given, targets)
        entry = place.load() if place is not None else None
        if entry is not None:
            self._found = entry.findings
            self.count = entry.objects
            self._mask = Mask(trees_in(entry.secretive), names=entry.names)
            self._look_for_policies(project_for(None))
        else:
            with watching() as watch:
                for target in targets:
                    self._take(target)
                if "_input" in vars(self):
                    self._found += self._check_documents()
            if place is not None and self._may_be_kept():
                secretive = self._secretive()
                names = sorted(self._mask.names) if secretive else []
                place.store(Entry(self._found, self.count, secretive, names, watch.states))
        self._found = _told_once(self._found)
        files = {found.where.file: 0 for found in self._found if found.where}
        order = {file: number for number, file in enumerate(files)}
        return Report(sorted(self._found, key=lambda found: _place(found, order)), mask=self._mask)

    def _may_be_kept(self) -> bool:
        """Return whether what was found may be kept: no code ran, no fault of kpy, no value that hides in no Secret."""
        return (
            not self._has_plug_ins
            and not self._input.secrets
            and all(found.family != "internal" for found in self._found)
        )

    def _secretive(self) -> list[str]:
        """Return the files with Secrets."""
        files = (
            document.file
            for document in self._input.documents
            for item in document.items()
            if isinstance(item.tree, dict) and is_secret_kind(item.tree.get("kind"))
        )
        return [*dict.fromkeys(files)]

    def _take(self, target: str | None) -> None:
        """Read the files of a target, or check it when it is an app."""
        if target is not None:
            saw_place(target)
        if target == _NO_FILE:
            self._read_standard_input()
        elif target is not None and "://" in target:
            raise LoadError(f"{target}: URLs are not fetched: download it and name the file, or pipe it into -")
        elif target is None or is_app(target):
            self._check_app(target)
        elif os.path.isdir(target):
            if not self._input.take_folder(target):
                raise LoadError(f"{target}: there is no YAML or JSON file in this folder")
        elif os.path.exists(target):
            self._input.take_file(target)
        else:
            raise LoadError(no_such(target))

    def _read_standard_input(self) -> None:
        from kpy.documents import read_content, read_limited

        content = read_limited(sys.stdin.buffer) if hasattr(sys.stdin, "buffer") else sys.stdin.read().encode()
        self.sources[_NO_FILE] = content.decode("utf-8", "replace")
        if_empty: Severity = "warning" if content.strip() else "error"
        fix = "check the command before the pipe"
        self._input.keep(read_content(content, _NO_FILE), _NO_FILE, if_empty=if_empty, fix=fix)

    @cached_property
    def _input(self) -> Intake:
        """The files and folders that are named."""
        from glob import escape

        from kpy.inputs import Exclusion, Intake

        settings = project_for(None).settings
        excluded = Exclusion(settings.exclude, folder=settings.folder)
        excluded = excluded.plus(self._given.texts("exclude"))
        if file := self._given.text("baseline"):
            folder, name = os.path.split(os.path.abspath(file))
            excluded = excluded.plus([f"./{escape(name)}"], folder=folder)
        return Intake(excluded, is_rendering=self._given.has("render"))

    def _check_documents(self) -> list[Diagnostic]:
        from kpy.custom.sources import objects_in
        from kpy.schema import api
        from kpy.validation import find_faults

        project = self._project(None)
        self._look_for_policies(project)
        known = api(project.release(kubernetes=self._kubernetes))
        self._input.settle(known, lambda: (tree for _, tree in objects_in(project.choice.crds, "crds")))
        self.sources |= self._input.sources
        documents = self._input.documents
        self._mask.learn(item.tree for document in documents for item in document.items())
        self._mask.learn(self._input.secrets)
        self.count += sum(1 for document in documents for _ in document.items())
        files = [document.file for document in documents]
        found = [*self._input.findings, *project.choice.registry.failures]
        self._has_plug_ins = project.choice.registry.has_plug_ins
        if project.choice.registry.added:
            from kpy.checking.policy_runs import not_run_on_documents

            self.not_run = not_run_on_documents(project.choice)
        seen: set[tuple[object, ...]] = set()
        trees = self._input.trees()
        written = [document.written for document in documents]
        unread = self._input.unread
        around = self._input.surroundings
        for finding in find_faults(
            trees, known, project.choice, files=files, unread=unread, written=written, surroundings=around
        ):
            diagnostic = self._placed(finding, documents)
            if diagnostic.rule == "unknown-field":
                where = documents[finding.number].where(finding.steps, key=True)
                diagnostic = diagnostic._replace(where=where)
            # what several overlays make of one line is one mistake
            key = (diagnostic.rule, diagnostic.message, diagnostic.where)
            if not self._input.is_rendering or key not in seen:
                seen.add(key)
                found.append(diagnostic)
        found += self._input.notes_on_placeholders()
        return found

    def _placed(self, finding: Finding, documents: Sequence[Document]) -> Diagnostic:
        """Return a finding with its lines, and with the names that objects have in the files they were made of."""
        placed = finding.placed(lambda number, steps: documents[number].where(steps))
        if not self._input.is_rendering:
            return placed
        numbers = [number for number, _ in finding.places]
        places = (
            place._replace(origin=documents[number].origin)
            for place, number in zip(placed.places, numbers, strict=True)
        )
        return placed._replace(origin=documents[finding.number].origin, places=tuple(places))

    def _project(self, target: str | None) -> Project:
        """Return the project of a target; waivers that have ended do not count."""
        from datetime import date

        return project_with(self._given, target).on(date.today(), lists_waivers=self._given.has("waivers"))

    def _look_for_policies(self, project: Project) -> None:
        select, ignore = ([*getattr(project.settings, name), *self._given.texts(name)] for name in ("select", "ignore"))
        if ignore and not select:
            from kpy.checking.choice import ALL

            self.has_policies |= ALL in ignore
        self.has_policies |= bool(select)

    def _check_app(self, target: str | None) -> None:
        project = self._project(target)
        self._look_for_policies(project)
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


def _runs_or_flows(target: str | None) -> bool:
    """Return whether a target is no file and no folder of documents."""
    return target is None or target == _NO_FILE or "://" in target or is_app(target)


def _told_once(findings: list[Diagnostic]) -> list[Diagnostic]:
    """Return the findings, each of those that are about no object once, though several targets have it."""
    seen: set[tuple[str, str]] = set()
    told = []
    for found in findings:
        key = found.rule, found.message
        if found.where is not None or found.resource or key not in seen:
            told.append(found)
            seen.add(key)
    return told


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
    from kpy.project import read_settings

    settings = read_settings()
    if settings.apps and "/" not in target and not target.endswith((".py", *_TEXTS)) and not os.path.islink(target):
        from kpy.project.workspace import no_such_app

        return f"{target}: there is no such file or folder, and {no_such_app(settings, target)}"
    is_module = not target.endswith((".py", *_TEXTS)) and _MODULE.fullmatch(f"{target}:app") is not None
    hint = f"; an app in a module is written with its name, {target}:app" if is_module else ""
    what = "a symbolic link that leads nowhere" if os.path.islink(target) else "there is no such file or folder"
    return f"{target}: {what}{hint}"
