"""`kpy compare git:main . --all`: what a change does to every output of a workspace."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from kpy.cli.apps import project_for
from kpy.cli.codes import DONE, FOUND, DocumentError
from kpy.cli.failures import with_failures
from kpy.cli.fleet import chosen_outputs, joined, render_into
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say_apart, say_findings
from kpy.cli.revisions import IN_GIT, checked_out, run_in
from kpy.reporting.formats import report_form
from kpy.reporting.places import shorten_place

if TYPE_CHECKING:
    from kpy.compare import Comparison
    from kpy.delivery.rendering import Rendered
    from kpy.project import Project
    from kpy.project.workspace import Output
    from kpy.reporting.review import Reviewed

__all__ = ["run"]


class _Side(NamedTuple):
    """The outputs of one side: their folders, and of those that could not be made why."""

    folders: Mapping[str, str]
    failures: Mapping[str, str] = {}


def run(given: Given) -> int:
    """Make all outputs as they were and as they are, and write what changes; return 1 as `--fail-on` says."""
    from kpy.reporting.review import REVIEWS

    revision = _revision(given)
    project = project_for(None)
    outputs = chosen_outputs(given, project.outputs(below="."))
    with Product() as product, TemporaryDirectory(prefix="kpy-") as folder:
        rendered = render_into(given, project, outputs, os.path.join(folder, "new"))
        new = _now(rendered, os.path.join(folder, "new"))
        old = _then(given, revision, os.path.join(folder, "old"))
        wanted = {str(output) for output in outputs}
        if given.texts("where"):
            old = _Side({name: place for name, place in old.folders.items() if name in wanted}, old.failures)
        reviews = _reviews(given, project, outputs, old, new)
        text = REVIEWS[given.text("format") or "text"](reviews, product.view(given))
        product.write(text)
    if report_form(given.text("report")).name != "text":
        say_findings(joined(with_failures(rendered, given.text("report")), given.text("report")), given)
    return _code(given, reviews)


def _revision(given: Given) -> str:
    sides = given.texts("sides")
    if given.texts("env"):
        raise MisuseError(
            "--env is about one app, and --all compares all outputs with a Git revision: say "
            "kpy compare APP --env staging --env prod, or kpy compare git:main . --all --where env=prod"
        )
    if not sides or not sides[0].startswith(IN_GIT) or len(sides) > 2 or (len(sides) == 2 and sides[1] != "."):
        raise MisuseError("with --all, kpy compare takes a revision and this folder: kpy compare git:main . --all")
    return sides[0].removeprefix(IN_GIT).partition(":")[0]


def _now(rendered: Sequence[Rendered], folder: str) -> _Side:
    failures = {str(each.output): _why(each) for each in rendered if each.code != DONE}
    folders = {str(each.output): each.output.below(folder) for each in rendered if each.code == DONE}
    return _Side(folders, failures)


def _why(rendered: Rendered) -> str:
    found = next((each for each in rendered.findings if each.severity == "error"), None)
    found = found or rendered.failed
    if found is None:
        return f"it cannot be made: {rendered.failure or 'see kpy synth --all'}"
    place = shorten_place(found.where)
    return f"it cannot be made: {f'{place}: ' if place else ''}{found.message}"


def _then(given: Given, revision: str, folder: str) -> _Side:
    """Return the outputs of a revision, made with its own code and settings; a broken one is as if it were not."""
    from kpy.delivery.outputs import LIST, read_outputs

    words = [word for value in given.texts("set") for word in ("--set", value)]
    words += ["--kubernetes", kubernetes] if (kubernetes := given.text("kubernetes")) else []
    shown = f"{IN_GIT}{revision}"
    with checked_out(revision) as checkout:
        try:
            run_in(checkout, "kpy.cli.main()", ["synth", "--all", "-o", folder, *words], shown)
        except DocumentError as error:
            if not os.path.exists(os.path.join(folder, LIST)):
                first = str(getattr(error, "__notes__", [""])[0]).splitlines()[:1]
                say_apart(f"note: nothing could be made of {shown}, so all outputs are new: {''.join(first)}", given)
                return _Side({})
            say_apart(f"note: some outputs of {shown} could not be made, and count as new", given)
        listed = read_outputs(folder)
    return _Side({name: os.path.join(folder, entry["folder"]) for name, entry in listed.items()})


def _reviews(given: Given, project: Project, outputs: Sequence[Output], old: _Side, new: _Side) -> list[Reviewed]:
    from kpy.compare.changes import Comparison
    from kpy.delivery.owners import read_owners
    from kpy.reporting.review import Reviewed

    owners, top = read_owners(project.folder or ".")
    places = {str(each): (each.environment or None, each.cluster or None) for each in outputs}
    targets = {str(each): os.path.relpath(os.path.join(project.folder, each.app.target), top) for each in outputs}
    found = []
    for name in sorted({*old.folders, *new.folders, *new.failures}):
        owned = owners.of(targets[name].replace(os.sep, "/")) if name in targets else ()
        if failure := new.failures.get(name):
            found.append(Reviewed(name, Comparison(()), owned, failure))
            continue
        environment, cluster = places.get(name, (None, None))
        there = project if name not in places else project.in_environment(environment, cluster=cluster)
        release = there.release(kubernetes=given.text("kubernetes"))
        comparison = _compared(old.folders.get(name), new.folders.get(name), release)
        note = "new" if name not in old.folders else "gone" if name not in new.folders else ""
        found.append(Reviewed(name, comparison, owned, note))
    return found


def _compared(old: str | None, new: str | None, release: str | None) -> Comparison:
    from kpy.cli.compared import objects_of_files
    from kpy.compare import compare

    before = objects_of_files(old) if old is not None and os.path.isdir(old) else []
    after = objects_of_files(new) if new is not None and os.path.isdir(new) else []
    for resource in (*before, *after):
        resource.where = None
    return compare(before, after, kubernetes=release)


def _code(given: Given, reviews: Sequence[Reviewed]) -> int:
    from kpy.cli.bad_effects import too_bad

    code = DONE
    for review in reviews:
        for text in review.comparison.refused:
            say_apart(f"error: {review.name}: {text}", given)
            code = FOUND
    if any(review.note not in ("", "new", "gone") for review in reviews):
        say_apart("error: some outputs cannot be made: kpy synth --all --check says why", given)
        code = FOUND
    if bad := sum(too_bad(review.comparison, given.text("fail_on")) for review in reviews):
        worse = f"as bad as --fail-on {given.text('fail_on')}, or worse"
        say_apart(f"{bad} change{'s are' if bad > 1 else ' is'} {worse}", given)
        code = FOUND
    return code
