"""`kpy synth --all`: every output of a workspace in one run, with one report."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from kpy.cli.apps import kubernetes_of, project_with, values_of
from kpy.cli.codes import CANNOT, DONE, FAULT, FOUND, code_of_error
from kpy.cli.failures import names_of, say_failures, with_failures
from kpy.cli.files import files_of, mode_of, warn_of_given
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say, say_apart, say_findings, view
from kpy.diagnostics import RANK, Report
from kpy.errors import KpyError, UsageError, WriteError
from kpy.redaction.given import hide_given
from kpy.reporting.formats import report_form

if TYPE_CHECKING:
    from kpy.delivery.keeping import Keeper
    from kpy.delivery.outputs import Gone
    from kpy.delivery.rendering import Job, Rendered
    from kpy.manifest import Manifest, Resource
    from kpy.output.layouts import Layout
    from kpy.project import Project
    from kpy.project.workspace import Output

__all__ = [
    "chosen_outputs",
    "joined",
    "judged",
    "patterns_of",
    "refuse_contradictions",
    "render_into",
    "run",
    "words_of",
]

Writer = Callable[["Manifest"], Callable[[Sequence["Resource"]], str]]
LayOut = Callable[["Manifest", "Output"], "Layout"]

#: What is about one output, and so not about all of them.
_OF_ONE = {"env": "--env", "cluster": "--cluster", "print_after": "--print-after", "time_passes": "--time-passes"}
#: What it depends on what outputs are, and what their files look like.
_MEANING = ("set", "kubernetes", "select", "ignore", "crds", "external")
_FORM = ("format", "layout", "kustomization", "mode", "output")
#: What is said of a file that kpy no longer writes and does not remove.
_STAYS = " is no longer written and was edited, so it stays: delete it yourself, or restore it"
#: How many outputs, and how many files, of one sort are named.
_NAMED = 10


def run(given: Given, writer: Writer) -> int:
    """Make every output that is chosen, write or compare the files, and tell all of it; return the worst exit code."""
    from kpy.delivery.fleet import render_all

    refuse_contradictions(given, _OF_ONE)
    if given.text("output") == "-":
        raise MisuseError("--all writes files: name a folder with -o DIR, or `output` in [tool.kpy]")
    project = project_with(given, None)
    outputs = project.outputs(below=given.text("output"))
    chosen = chosen_outputs(given, outputs)
    _refuse_unplaced(given, project, chosen)
    with Product():
        job = _job(given, project, writer)
        keeper = _keeper(given, job, outputs)
        chosen, left_out = _touched(given, project, chosen, keeper)
        progress = _Progress(len(chosen))
        rendered = render_all(
            job, chosen, jobs=_jobs(given), seen=progress, keeper=keeper, taken=_taken(given, project, outputs, chosen)
        )
        progress.end()
        gone, left, unlisted = _removed(given, project, outputs, rendered)
    report = joined(with_failures(rendered, given.text("report")), given.text("report"))
    say_findings(report, given)
    warn_of_given([name for each in rendered for name in each.with_given], given)
    _tell(given, rendered, gone, left, left_out)
    _tell_of_other_lists(given, project, outputs)
    if unlisted is not None:
        raise unlisted
    codes = [each.code for each in rendered]
    if given.has("check") and (gone or left):
        codes.append(FOUND)
    return next((code for code in (FAULT, CANNOT, FOUND) if code in codes), DONE)


def refuse_contradictions(given: Given, of_one: Mapping[str, str]) -> None:
    """Refuse an app, or options that are about one output, beside `--all`. Raises `MisuseError`."""
    for app in [given.text("app")] if "app" in given.values else given.texts("targets"):
        if app is not None:
            raise MisuseError(
                f"--all means every app, so {app} is one too many: leave it out, or say --where app={app}"
            )
    for name, flag in of_one.items():
        if given.values.get(name):
            hint = f": choose with --where {name}={given.text(name)}" if name in ("env", "cluster") else ""
            raise MisuseError(f"{flag} is about one output, and --all about all of them{hint}")


def chosen_outputs(given: Given, outputs: Sequence[Output]) -> list[Output]:
    """Return the outputs that `--where` and `--shard` choose. Raises `MisuseError` for what chooses none."""
    from kpy.delivery.fleet import shard_of
    from kpy.project.workspace import matching

    try:
        chosen = matching(outputs, given.texts("where"))
    except UsageError as error:
        raise MisuseError(f"--where {error}") from None
    shard = given.text("shard")
    try:
        return chosen if shard is None else shard_of(chosen, shard)
    except UsageError as error:
        raise MisuseError(f"--shard {error}") from None


def _refuse_unplaced(given: Given, project: Project, outputs: Sequence[Output]) -> None:
    unplaced = next((each for each in outputs if not each.folder), None)
    if unplaced is not None:
        cluster = "{cluster}/" if project.settings.clusters else ""
        raise MisuseError(
            f"nothing says where the output {unplaced} is written: add -o DIR, or to [tool.kpy] "
            f'output = "rendered/{cluster}{{env}}/{{app}}"'
        )


def _jobs(given: Given) -> int:
    said = given.text("jobs")
    if said is None:
        return 1
    if not said.isdecimal() or not int(said):
        raise MisuseError(f"-j {said}: say how many processes share the work, such as -j 4")
    return min(int(said), 256)


def judged(given: Given, project: Project, outputs: Sequence[Output]) -> list[Rendered]:
    """Make outputs, judge them, and write nothing; return what became of each."""
    from kpy.delivery.fleet import render_all
    from kpy.delivery.rendering import Job
    from kpy.output.layouts import lay_out

    words = {"values": values_of(given), "kubernetes": kubernetes_of(given)}
    job = Job(
        project,
        lambda manifest, _: lay_out(manifest.resources, to_text=lambda _: ""),
        _told,
        folder=project.folder,
        is_judged=True,
        **words,  # type: ignore[arg-type]
    )
    progress = _Progress(len(outputs))
    rendered = render_all(job, outputs, jobs=_jobs(given), seen=progress)
    progress.end()
    return rendered


def _job(given: Given, project: Project, writer: Writer) -> Job:
    from kpy.delivery.rendering import Job

    least = next((RANK[word] for word in RANK if word == given.text("fail_on")), RANK["error"])
    return Job(
        project,
        lambda manifest, output: files_of(given, manifest, writer(manifest), tag=output.environment),
        _told,
        folder=project.folder,
        values=values_of(given),
        kubernetes=kubernetes_of(given),
        mode=mode_of(given),
        is_check=given.has("check"),
        failing=tuple(severity for severity in RANK if RANK[severity] <= least),
        form=repr([given.values.get(name) for name in _FORM]),
        patterns=tuple(patterns_of(project, given)),
    )


def words_of(given: Given) -> dict[str, object]:
    """Return the words of a command line on which it depends what outputs are."""
    return {name: given.values.get(name) or None for name in _MEANING}


def _keeper(given: Given, job: Job, outputs: Sequence[Output]) -> Keeper | None:
    """Return who knows what need not be made again; nothing where nothing can be kept."""
    from kpy.delivery.keeping import Keeper, index_of

    index = index_of(job.project, words_of(given))
    return None if index is None else Keeper(job, index, outputs)


def _touched(given: Given, project: Project, outputs: list[Output], keeper: Keeper | None) -> tuple[list[Output], int]:
    """Return the outputs that a change since `--since` affects, all without it, and how many are left out."""
    from kpy.delivery.keeping import take

    why = "there is no place to keep an index" if keeper is None else take(keeper.index)
    touched = outputs
    if given.text("since") is not None:
        from kpy.cli.changes import since, verdicts_of

        index = None if keeper is None else keeper.index
        verdicts = verdicts_of(project, outputs, since(given, project), index, why)
        touched = [verdict.output for verdict in verdicts if verdict.why]
    if keeper is not None and (why or given.has("no_cache")):
        keeper.forget()
    return touched, len(outputs) - len(touched)


def _told(error: BaseException) -> tuple[int, str]:
    """Return the exit code of an error, and what to say of it."""
    if isinstance(error, KpyError):
        from kpy.reporting.text import error_to_text

        return code_of_error(error), hide_given(error_to_text(error, view()).removeprefix("error: "))
    from kpy.cli.net import code_of_failure, failure_to_text

    assert isinstance(error, Exception)
    return code_of_failure(error), hide_given(failure_to_text(error, None))


def render_into(
    given: Given, project: Project, outputs: Sequence[Output], folder: str, lay_out_as: LayOut | None = None
) -> list[Rendered]:
    """Write outputs below a folder, each in one of its own, and return what became of each.

    `lay_out_as` makes the files of an output, which are plain YAML otherwise.
    """
    from kpy.delivery.fleet import render_all
    from kpy.delivery.rendering import Job
    from kpy.output.layouts import lay_out

    def laid(manifest: Manifest, output: Output) -> Layout:
        return lay_out(manifest.resources, to_text=lambda each: "---\n".join(resource.text for resource in each))

    words = {"values": values_of(given), "kubernetes": kubernetes_of(given)}
    progress = _Progress(len(outputs))
    job = Job(project, lay_out_as or laid, _told, folder=project.folder, **words)  # type: ignore[arg-type]
    placed = [each._replace(folder=each.below(folder)) for each in outputs]
    rendered = render_all(job, placed, jobs=_jobs(given), seen=progress)
    progress.end()
    return rendered


class _Progress:
    """A line on a terminal that says how far the work is."""

    def __init__(self, count: int) -> None:
        self._count, self._done = count, 0
        self._is_shown = count > 1 and sys.stderr is not None and sys.stderr.isatty()

    def __call__(self, rendered: Rendered) -> None:
        self._done += 1
        if self._is_shown:
            sys.stderr.write(f"\r{self._done} of {self._count} outputs\x1b[K")
            sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")


def _roots(given: Given, project: Project) -> list[str]:
    """Return the folders with lists of outputs, from that of the project."""
    from kpy.delivery.outputs import root_of

    return sorted({root_of(each) for each in patterns_of(project, given)})


def _taken(
    given: Given, project: Project, outputs: Sequence[Output], chosen: Sequence[Output]
) -> dict[tuple[str, str], str]:
    """Return which apps write what, of outputs that are not chosen."""
    from kpy.delivery.outputs import taken_places

    taken: dict[tuple[str, str], str] = {}
    if len(chosen) < len(outputs):
        for root in _roots(given, project):
            with suppress(WriteError):  # a list that cannot be read is told in the end
                taken |= taken_places(os.path.join(project.folder, root), project.folder, outputs, chosen)
    return taken


def _removed(
    given: Given, project: Project, outputs: Sequence[Output], rendered: Sequence[Rendered]
) -> tuple[list[Gone], list[str], WriteError | None]:
    """Do as `_remove` does; what cannot be written is returned, so that what became of outputs is told first."""
    try:
        return (*_remove(given, project, outputs, rendered), None)
    except WriteError as error:
        return [], [], error


def _remove(
    given: Given, project: Project, outputs: Sequence[Output], rendered: Sequence[Rendered]
) -> tuple[list[Gone], list[str]]:
    """Remove the outputs that are gone, unless this is a check, and write down those that there are.

    Those are returned that could be removed, and the files of others that were edited, which stay.
    """
    from kpy.delivery.outputs import gone_outputs, note_outputs, remove_outputs

    gone: list[Gone] = []
    left: list[str] = []
    for pattern in _roots(given, project):
        root = os.path.join(project.folder, pattern)
        below = [each for each in outputs if _is_below(each.folder, pattern)]
        made = [each for each in rendered if each.output in below]
        found = gone_outputs(root, below, made, project.folder)
        done = remove_outputs(root, found, made, project.folder, is_check=given.has("check"))
        for each in found:
            edited = done[each.name].edited
            left += [os.path.join(pattern, each.folder, path) for path in edited]
            if not edited or done[each.name].removed:
                gone.append(each)
        if not given.has("check"):
            note_outputs(root, project.folder, made, done)
    return gone, left


def patterns_of(project: Project, given: Given) -> set[str]:
    """Return the patterns of the folders that are written to."""
    from kpy.project.matrix import pattern_of

    if (below := given.text("output")) is not None:
        return {os.path.join(below, "{app}")}
    settings = project.settings
    found = {pattern_of(settings.environments, each, settings.output) for each in settings.environments or ("",)}
    return found - {""}


def _is_below(folder: str, root: str) -> bool:
    return not root or os.path.normpath(folder).startswith(os.path.join(os.path.normpath(root), ""))


def joined(rendered: Sequence[Rendered], form: str | None = None) -> Report:
    """Return the findings of all outputs; the same one of several is told once, and beside it where it is.

    `form` is that in which they are to be told.
    """
    from kpy.diagnostics import Diagnostic, Related

    found: dict[tuple[object, ...], tuple[Diagnostic, list[str]]] = {}
    for each in rendered:
        for finding in each.findings:
            same = (finding.rule, finding.severity, finding.where, finding.field, finding.message)
            found.setdefault(same, (finding, []))[1].append(str(each.output))
    joined = []
    for finding, outputs in found.values():
        names = list(dict.fromkeys(outputs))
        note = Related(f"in the output{'s' if len(names) > 1 else ''} {names_of(names, form)}", None)
        joined.append(finding._replace(see_also=(*finding.see_also, note)))
    return Report(joined)


def _tell(given: Given, rendered: Sequence[Rendered], gone: Sequence[Gone], left: Sequence[str], left_out: int) -> None:
    """Say what failed, what became of the files, and the counts as the last line."""
    say_failures(rendered, given.text("report"))
    if not report_form(given.text("report")).is_for_people:
        return
    lines = []
    for each in rendered:
        if each.differences is not None:
            edited = each.differences.edited
            for what in ("missing", "different", "stale"):
                paths = (path for path in getattr(each.differences, what) if path not in edited)
                lines += [f"{what}: {each.output.folder}/{path}" for path in paths]
            lines += [f"stale: {each.output.folder}/{path}{_STAYS}" for path in edited]
        lines += [f"stale: {each.output.folder}/{path}{_STAYS}" for path in each.kept]
    for each_gone in gone:
        where = f" from {each_gone.folder}: it is in {each_gone.now} now" if each_gone.now else ""
        lines.append(f"{'gone' if given.has('check') else 'removed'}: the output {each_gone.name}{where}")
    lines += [f"stale: {path}{_STAYS}" for path in left]
    for line in lines[:_NAMED]:
        say(line)
    if len(lines) > _NAMED:
        say(f"and {len(lines) - _NAMED} more")
    say_apart(_summary(given, rendered, gone, left_out), given)
    if given.has("check") and (gone or any(each.differences and each.differences.can_be_mended for each in rendered)):
        say("to bring the files up to date: run the same command without --check")


def _tell_of_other_lists(given: Given, project: Project, outputs: Sequence[Output]) -> None:
    """Say which folders were written before the settings named others, and nobody keeps any more."""
    from kpy.delivery.outputs import LIST, other_lists

    if given.text("output") is None:
        for root in other_lists(project.folder, _roots(given, project), outputs):
            say_apart(
                f"note: {root} has outputs of this project, which are written elsewhere now: remove {root}, "
                f"or only {root}/{LIST} if they are to stay",
                given,
            )


def _summary(given: Given, rendered: Sequence[Rendered], gone: Sequence[Gone], left_out: int) -> str:
    failed = sum(each.code != DONE and each.differences is None for each in rendered)
    if given.has("check"):
        differing = sum(each.differences is not None and any(each.differences) for each in rendered)
        counts = [(differing, "not up to date")]
    else:
        counts = [(sum(bool(each.changed or each.removed) for each in rendered), "changed")]
    kept = sum(each.is_kept for each in rendered)
    counts += [(failed, "failed"), (len(gone), "gone"), (kept, "not made again"), (left_out, "not affected")]
    apps = len({each.output.app.word for each in rendered})
    said = [f"{len(rendered)} output{'s' if len(rendered) != 1 else ''} of {apps} app{'s' if apps != 1 else ''}"]
    first, *rest = counts
    return ", ".join([*said, f"{first[0]} {first[1]}", *(f"{count} {word}" for count, word in rest if count)])
