"""Which outputs need not be made again, since nothing that they were made of has changed, nor what was written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kpy.custom.sources import files_in
from kpy.delivery.index import Index, Kept
from kpy.delivery.outputs import root_of
from kpy.delivery.question import question_of, settings_of, version_of_program
from kpy.delivery.rendering import Job, Rendered
from kpy.errors import LoadError, WriteError
from kpy.output.files import Differences
from kpy.output.index import hash_of, read_index
from kpy.output.inside import read_plain
from kpy.output.staging import is_unfinished
from kpy.project import Project
from kpy.project_cache import FOLDER, ProjectCache, user_cache
from kpy.result_cache import finding_from
from kpy.source import is_installed
from kpy.tracing import Tracer
from kpy.tracing.states import FILE, States
from kpy.tracing.tracer import INSTALLED
from kpy.watch import Watch, saw_state

if TYPE_CHECKING:
    from kpy.project.workspace import Output

__all__ = ["Keeper", "index_of", "take"]

_WRITTEN: Final = "it reads what kpy synth --all writes"


def index_of(project: Project, words: Mapping[str, object]) -> Index | None:
    """Return the index of a project for some words of a command line, empty; nothing where nothing can be kept."""
    cache = ProjectCache(project.folder)
    question = cache.digest(question_of(project.folder, words)) if project.folder else None
    if question is None:
        return None
    environment = dict(os.environ)
    return Index(cache, project.folder, question, States(lambda: environment, version_of_program))


def take(index: Index) -> str:
    """Fill an index with what an earlier run has kept, and return why that does not hold; nothing where it does."""
    if not index.read():
        return "there is no index of what outputs are made of"
    if (other := index.changed(index.common)) is not None:
        return f"the index of what outputs are made of does not hold: {other} has changed since"
    return ""


class Keeper:
    """Keeps what outputs were made of, and says which need not be made again."""

    def __init__(self, job: Job, index: Index, outputs: Sequence[Output]) -> None:
        self.index = index
        self._job = job
        self._names = [str(each) for each in outputs]
        folders = [os.path.abspath(os.path.join(job.folder, each.folder)) for each in outputs]
        roots = {root_of(pattern) for pattern in job.patterns} - {""}
        #: Where kpy writes.
        self._written = frozenset([*folders, *(os.path.abspath(os.path.join(job.folder, root)) for root in roots)])

    def forget(self) -> None:
        """Take nothing from earlier runs."""
        self.index.outputs.clear()
        self.index.common.clear()

    def kept(self, output: Output) -> Rendered | None:
        """Return what became of an output earlier, where that would come out again; nothing where it may not."""
        index, job = self.index, self._job
        kept = index.outputs.get(str(output))
        if kept is None or kept.reasons or kept.form != index.digest(job.form):
            return None
        if kept.settings != index.digest(settings_of(job.project.settings, output)) or not index.holds(kept.inputs):
            return None
        if not self._is_written(output, kept):
            return None
        try:
            findings = tuple(finding_from(*each) for each in kept.findings)
        except (TypeError, ValueError):
            return None
        if any(found.severity in job.failing for found in findings):
            return None
        return Rendered(
            output,
            kept.app,
            findings=findings,
            objects=kept.objects,
            unchanged=len(kept.files),
            differences=Differences((), (), ()) if job.is_check else None,
            is_kept=True,
        )

    def note(self, rendered: Rendered) -> Rendered:
        """Remember what an output was made of, and return what became of it without that."""
        name, seen, index = str(rendered.output), rendered.seen, self.index
        index.outputs.pop(name, None)
        if seen is not None and rendered.files is not None:
            index.outputs[name] = Kept(
                index.digest(settings_of(self._job.project.settings, rendered.output)),
                index.digest(self._job.form),
                rendered.app,
                rendered.objects,
                list(rendered.findings),
                {path: index.digest(hash) for path, hash in rendered.files.items()},
                index.numbers_of(seen),
                [*seen.reasons, *([_WRITTEN] if self._reads_written(seen) else [])],
            )
        return rendered._replace(seen=None, files=None)

    def tracer(self) -> Tracer:
        """Return who sees what outputs are made of."""
        ignored = [os.path.join(self._job.folder, FOLDER), user_cache()]
        return Tracer(self.index.states, project=os.path.abspath(self._job.folder), ignored=ignored)

    def settled(self, job: Job) -> Job:
        """Return the job with the choice of rules looked at, and remember what all outputs are made of by it."""
        job = job._replace(project=Project(job.project.settings))  # what was looked at before would be missed
        states = self.index.states
        with self.tracer() as tracer, tracer.watching(os.path.abspath(job.folder)) as seen:
            choice = job.project.choice
            with suppress(LoadError):  # what is not there is told where it is needed
                for file in files_in([*choice.crds, *choice.admission], "crds"):
                    saw_state(file, states.of_path(file, FILE))
        for file in _installed_modules():
            seen.others[f"{INSTALLED}{file}"] = states.of_path(file, FILE)
        self.index.common = sorted({*self.index.common, *self.index.numbers_of(seen)})
        return job

    def write(self) -> None:
        """Keep all of it for the next run."""
        self.index.write(self._names)

    def _reads_written(self, seen: Watch) -> bool:
        return any(path in self._written or _is_in(path, self._written) for path in map(os.path.abspath, seen.states))

    def _is_written(self, output: Output, kept: Kept) -> bool:
        """Return whether the files are there as they were written, and none beside them."""
        root = Path(self._job.folder) / output.folder
        digest = self.index.digest
        with suppress(WriteError, OSError):
            listed = read_index(root).files_of(kept.app)
            if is_unfinished(root) or {path: digest(hash) for path, hash in listed.items()} != kept.files:
                return False
            return all(
                hash_of(read_plain(root, path)) == hash and self._has_mode(root / path) for path, hash in listed.items()
            )
        return False

    def _has_mode(self, file: Path) -> bool:
        return self._job.mode is None or self._job.is_check or file.stat().st_mode & 0o777 == self._job.mode


def _is_in(path: str, folders: Iterable[str]) -> bool:
    above = os.path.dirname(path)
    while above != path:
        if above in folders:
            return True
        path, above = above, os.path.dirname(above)
    return False


def _installed_modules() -> list[str]:
    """Return the files of installed packages that are imported already."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return sorted({os.path.abspath(file) for file in files if isinstance(file, str) and is_installed(file)})
