"""One output of a workspace: made, checked, and written or compared, whatever goes wrong on the way."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, NamedTuple

from kpy.delivery.failures import failure_of
from kpy.delivery.given_values import with_given_values
from kpy.errors import KpyError, SynthError
from kpy.output.files import Differences, compare, write
from kpy.output.index import hash_of
from kpy.redaction.given import hide_given

if TYPE_CHECKING:
    from kpy.delivery.claims import Claims
    from kpy.diagnostics import Diagnostic
    from kpy.manifest import Manifest
    from kpy.output.layouts import Layout
    from kpy.project import Project
    from kpy.project.workspace import Output
    from kpy.tracing import Tracer
    from kpy.watch import Watch

__all__ = ["Job", "Rendered", "folder_of_app", "render"]


class Job(NamedTuple):
    """What is done with every output, and how."""

    project: Project
    #: Makes the files of a manifest, which is that of an output.
    lay_out: Callable[[Manifest, Output], Layout]
    #: Returns the exit code of an error, and what to say of it.
    tell: Callable[[BaseException], tuple[int, str]]
    #: The folder of the project, in which the folders of outputs are.
    folder: str = ""
    #: Texts for parameters, which win over those of the settings.
    values: Mapping[str, Sequence[str]] = {}
    kubernetes: str | None = None
    mode: int | None = None
    #: Whether files are compared and not written.
    is_check: bool = False
    #: The severities of findings that fail.
    failing: tuple[str, ...] = ("error",)
    #: What the files look like, as text: their format, layout, mode.
    form: str = ""
    #: The patterns of the folders that are written to.
    patterns: tuple[str, ...] = ()
    #: Whether outputs are judged alone, and neither written nor compared.
    is_judged: bool = False


class Rendered(NamedTuple):
    """What became of an output; it travels between processes."""

    output: Output
    #: The name of the app, which says whose the files are; empty where it could not be made.
    app: str = ""
    #: The exit code that it alone would lead to.
    code: int = 0
    findings: tuple[Diagnostic, ...] = ()
    #: What to say of an error that is no finding, and the same as one for programs.
    failure: str = ""
    failed: Diagnostic | None = None
    objects: int = 0
    changed: tuple[str, ...] = ()
    unchanged: int = 0
    removed: tuple[str, ...] = ()
    #: Files that are no longer part of it and were edited, so that they stay.
    kept: tuple[str, ...] = ()
    differences: Differences | None = None
    #: The objects in its files that have values which were given by reference.
    with_given: tuple[str, ...] = ()
    #: Whether it was not made again, since nothing has changed.
    is_kept: bool = False
    #: What was looked at while it was made, and the hashes of the files that it is; both only on the way.
    seen: Watch | None = None
    files: Mapping[str, str] | None = None


def render(
    job: Job,
    output: Output,
    tracer: Tracer | None = None,
    apart: AbstractContextManager[None] | None = None,
    claims: Claims | None = None,
) -> Rendered:
    """Make an output, and write or compare its files; an error is told in what is returned, and none is raised.

    A tracer sees what is looked at while it is made, and the code of the app runs in the block `apart`. What is
    written is claimed first.
    """
    seen = None
    counts: list[int] = []
    try:
        with apart or nullcontext():
            if tracer is None:
                manifest = _manifest(job, output, counts)
            else:
                with tracer.watching(folder_of_app(job, output)) as seen:
                    manifest = _manifest(job, output, counts)
    except SynthError as error:
        return _failed(job, output, error)._replace(objects=sum(counts))
    except KpyError as error:
        cause = error.__cause__
        return _failed(job, output, cause if isinstance(cause, SynthError) else error)
    except Exception as error:  # a fault of kpy: the other outputs go on
        return _failed(job, output, error)
    findings = tuple(manifest.report)
    done = Rendered(output, manifest.output, findings=findings, objects=len(manifest.resources), seen=seen)
    if job.is_judged:
        return done
    if any(found.severity in job.failing for found in findings):
        return done._replace(code=1, failure="nothing was written, since --fail-on is met")
    try:
        if claims is not None:
            claims.claim(output, manifest.output)
        return _deliver(job, manifest, done)
    except KpyError as error:
        code, text = job.tell(error)
        return done._replace(code=code, failure=text, failed=failure_of(error, text, code))


def folder_of_app(job: Job, output: Output) -> str:
    """Return the folder that the app of an output is in, from which it imports first."""
    return os.path.dirname(os.path.abspath(os.path.join(job.folder, output.app.target)))


def _manifest(job: Job, output: Output, counts: list[int]) -> Manifest:
    """Return the manifest of an output; how many objects are judged is added to the counts."""

    def see(name: str, manifest: Manifest) -> None:
        if name == "validate":
            counts.append(len(manifest))

    project = job.project
    if output.environment or output.cluster:
        project = project.in_environment(output.environment or None, cluster=output.cluster or None)
    app = project.load_app(os.path.join(job.folder, output.app.target), job.values)
    return project.synth(app, kubernetes=job.kubernetes, observe=see if job.is_judged else None)


def _failed(job: Job, output: Output, error: BaseException) -> Rendered:
    code, text = job.tell(error)
    findings = tuple(error.report) if isinstance(error, SynthError) else ()
    if findings:
        return Rendered(output, code=code, findings=findings)
    return Rendered(output, code=code, failure=text, failed=failure_of(error, text, code))


def _deliver(job: Job, manifest: Manifest, done: Rendered) -> Rendered:
    folder = os.path.join(job.folder, done.output.folder)
    laid = job.lay_out(manifest, done.output)
    if done.seen is not None:
        done = done._replace(files={path: hash_of(content) for path, content in laid.files.items()})
    if job.is_check:
        found = compare(folder, laid.files, output=manifest.output)
        return done._replace(code=1 if any(found) else 0, differences=found, unchanged=len(laid.files))
    written = write(
        folder, laid.files, output=manifest.output, private=laid.private, mode=job.mode, prune=bool(laid.files)
    )
    return done._replace(
        with_given=tuple(map(hide_given, with_given_values(manifest.resources))),
        changed=written.changed,
        unchanged=len(written.unchanged),
        removed=written.pruned,
        kept=written.stale,
    )
