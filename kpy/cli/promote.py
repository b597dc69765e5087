"""`kpy promote`: what one environment says becomes what another says, in its file of values, and nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kpy.cli.apps import kubernetes_of, project_for, values_of
from kpy.cli.bad_effects import too_bad
from kpy.cli.codes import DONE, FOUND
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say
from kpy.errors import KpyError, LoadError, UsageError
from kpy.project.values import values_files, with_values

if TYPE_CHECKING:
    from kpy.delivery.promotion import Change, Promotion
    from kpy.manifest import Resource
    from kpy.project import Project
    from kpy.project.workspace import Output
    from kpy.reporting.review import Reviewed

__all__ = ["run"]

#: How many keys of one sort are named, and how much of a value is shown.
_NAMED, _SHOWN = 20, 60


def run(given: Given) -> int:
    """Change the file of values and write what that does; return 1 for what is to be done and `--check` is given."""
    from kpy.delivery.promotion import plan_promotion
    from kpy.reporting.review import REVIEWS

    old, new = _environments(given)
    target = _target(given, new)
    only = [word for text in given.texts("only") for part in text.split(",") if (word := part.strip())]
    with Product() as product:
        try:
            plan = plan_promotion(old, new, target, only)
        except UsageError as error:
            raise MisuseError(str(error)) from None
        if not plan.changes:
            say(f"{plan.shown}: nothing to promote: what {_name(old)} says is there already")
            _tell_what_stays(plan, old, new)
            return DONE
        reviews = list(_reviews(given, plan, new, target))
        product.write(REVIEWS[given.text("format") or "text"](reviews, product.view(given)))
    if code := _code(given, plan, reviews):
        return code
    if given.has("check"):
        _tell(plan, old, new, "would be changed")
        return FOUND
    _write(plan)
    _tell(plan, old, new, "changed")
    return DONE


def _environments(given: Given) -> tuple[Project, Project]:
    names = given.text("from_env"), given.text("to_env")
    app = given.text("app") or "shop"
    if None in names:
        raise MisuseError(f"kpy promote takes two environments: kpy promote {app} --from staging --to prod")
    if names[0] == names[1]:
        raise MisuseError(f"--from and --to are both {names[0]}: name two environments")
    base, found = project_for(given.text("app")), []
    for flag, name in zip(("--from", "--to"), names, strict=True):
        try:
            found.append(base.in_environment(name, cluster=given.text("cluster")))
        except UsageError as error:
            said = f"--cluster {given.text('cluster')}" if "no cluster" in str(error) else f"{flag} {name}"
            raise MisuseError(f"{said}: {error}") from None
    return found[0], found[1]


def _target(given: Given, project: Project) -> str:
    """Return the app, as a place from the current folder."""
    from kpy.project.environments import shown_path
    from kpy.project.workspace import is_name, no_app, no_such_app

    settings, target = project.settings, given.text("app") or project.settings.app
    if target is None:
        raise LoadError(no_app(settings))
    environment = project.environment
    pattern = environment.values if environment is not None else None
    if pattern is not None and "{cluster}" in pattern and project.cluster is None and settings.clusters:
        raise MisuseError(f"the values differ by cluster: choose one with --cluster: {', '.join(settings.clusters)}")
    if given.text("app") is None:
        return shown_path(os.path.join(settings.folder, target))
    if settings.apps and is_name(target) and not os.path.exists(target):
        raise MisuseError(no_such_app(settings, target))
    return target


def _reviews(given: Given, plan: Promotion, new: Project, target: str) -> Iterator[Reviewed]:
    """Yield what the change does to every output that reads the file; an error in one of them is raised."""
    from kpy.cli.compared import definitions_for
    from kpy.compare.comparison import changes_between
    from kpy.reporting.review import Reviewed

    texts, kubernetes = values_of(given), kubernetes_of(given)
    for output, place in _outputs_that_read(plan.path, new, target):
        there = new
        if output is not None:
            there = new.in_environment(output.environment or None, cluster=output.cluster or None)
        changed = with_values(there, {plan.path: plan.wanted})
        name = str(output) if output is not None else f"{os.path.basename(target)} {_name(new)}"
        before, why = _objects(there, place, texts, kubernetes)
        after, error = _objects(changed, place, texts, kubernetes)
        if error is not None:
            if why is not None and place != target:
                say(f"note: {name} reads {plan.shown} and cannot be made, before and after: {_first_line(error)}")
                continue
            error.add_note(f"{name}: {plan.shown} stays as it was")
            raise error
        if why is not None:
            say(f"note: {name} could not be made before, so that all is new: {_first_line(why)}")
        found = changes_between(
            before, after, kubernetes=there.release(kubernetes=kubernetes), definitions=definitions_for(place)
        )
        yield Reviewed(name, found, note="new" if why is not None else "")


def _outputs_that_read(path: str, new: Project, target: str) -> list[tuple[Output | None, str]]:
    """Return the outputs whose values are in a file, each with the place of its app; at least the one that is meant."""
    from kpy.project.environments import shown_path

    found: list[tuple[Output | None, str]] = []
    settings = new.settings
    for output in new.outputs(below=os.curdir) if settings.apps or settings.app else ():
        place = shown_path(os.path.join(settings.folder, output.app.target))
        if not output.environment:
            continue
        there = new.in_environment(output.environment, cluster=output.cluster or None)
        if any(os.path.realpath(file) == path for file in values_files(there, place)):
            found.append((output, place))
    named = [each for each in found if os.path.realpath(each[1]) == os.path.realpath(target)]
    return found if named else [*found, (None, target)]


def _objects(
    project: Project, place: str, texts: Mapping[str, Sequence[str]], kubernetes: str | None
) -> tuple[list[Resource], KpyError | None]:
    """Return the objects of an app, made anew, or why it has none."""
    from kpy.delivery.process import undisturbed
    from kpy.loading.modules import forget_all

    try:
        with undisturbed():
            made = project.load_app(place, texts)
            resources = project.synth(made, kubernetes=kubernetes).resources
    except KpyError as error:
        return [], error
    finally:
        forget_all(set())
    return list(resources), None


def _code(given: Given, plan: Promotion, reviews: Sequence[Reviewed]) -> int:
    """Return 1, and say why, where the file must not be changed."""
    code = DONE
    for review in reviews:
        for text in review.comparison.refused:
            say(f"error: {review.name}: {text}")
            code = FOUND
    least = given.text("fail_on")
    if bad := sum(too_bad(review.comparison, least) for review in reviews):
        say(f"error: {bad} change{'s are' if bad > 1 else ' is'} as bad as --fail-on {least}, or worse")
        code = FOUND
    if code:
        say(f"{plan.shown} stays as it was")
    return code


def _write(plan: Promotion) -> None:
    from kpy.output.one_file import write_over

    with open(plan.path, "rb") as file:
        if file.read() != plan.content:
            raise LoadError(f"{plan.shown}: it was changed meanwhile: run the command again")
    write_over(plan.path, plan.wanted, plan.shown)


def _tell(plan: Promotion, old: Project, new: Project, what: str) -> None:
    count = len(plan.changes)
    say(f"{plan.shown}: {count} key{'' if count == 1 else 's'} {what}")
    for change in plan.changes[:_NAMED]:
        say(f"  {change.name}: {_shown(change)}")
    _tell_more(count)
    _tell_what_stays(plan, old, new)


def _tell_what_stays(plan: Promotion, old: Project, new: Project) -> None:
    if plan.left:
        say("not promoted:")
    for left in plan.left[:_NAMED]:
        say(f"  {left.name}: {left.why}")
    _tell_more(len(plan.left))
    if plan.only_there:
        named = ", ".join(plan.only_there[:_NAMED])
        more = f", and {len(plan.only_there) - _NAMED} more" if len(plan.only_there) > _NAMED else ""
        say(f"only in {_name(new)}, where it stays: {named}{more}")


def _tell_more(count: int) -> None:
    if count > _NAMED:
        say(f"  and {count - _NAMED} more")


def _shown(change: Change) -> str:
    """Return what becomes of a value; of a secret, only that it changes."""
    from kpy.redaction.fields import HIDDEN
    from kpy.redaction.mask import Mask

    mask = Mask()
    words = [
        HIDDEN if change.is_secret else mask.hide(json.dumps(value, ensure_ascii=False, default=str))
        for value in (change.old, change.new)
    ]
    old, new = (word if len(word) <= _SHOWN else f"{word[: _SHOWN - 1]}…" for word in words)
    return f"{new} (new)" if change.is_new else f"{old} -> {new}"


def _name(project: Project) -> str:
    return project.environment.name if project.environment is not None else ""


def _first_line(error: KpyError) -> str:
    return (str(error).splitlines() or [""])[0]
