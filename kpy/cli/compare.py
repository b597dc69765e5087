"""`kpy compare`: two manifests side by side, and what changes in a cluster. A cluster is never asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpy.cli.apps import refuse_of_all
from kpy.cli.bad_effects import too_bad
from kpy.cli.compared import definitions_for, read_objects, release_for
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say
from kpy.cli.revisions import IN_GIT
from kpy.reporting.formats import write_changes

if TYPE_CHECKING:
    from kpy.manifest import Resource

__all__ = ["run"]


def run(given: Given) -> int:
    """Compare the two sides and write what changes; return 1 where a change is as bad as `--fail-on` says."""
    if given.has("all"):
        from kpy.cli.review import run as review

        return review(given)
    refuse_of_all(given)
    (old, old_env), (new, new_env) = _sides(given)
    with Product() as product:
        from kpy.compare.comparison import changes_between

        after = read_objects(new, given, beside=_path(old), environment=new_env)
        before = read_objects(old, given, beside=_path(new), environment=old_env)
        if old_env and new_env and old_env != new_env:
            before = _under_new_names(before, after, old_env, new_env)
        release, definitions = release_for(new, given, new_env), definitions_for(new)
        found = changes_between(before, after, kubernetes=release, definitions=definitions)
        product.write(write_changes(found, given.text("format"), product.view(given)))
    for text in found.refused:
        say(f"error: {text}")
    if found.refused:
        return 1
    if bad := too_bad(found, given.text("fail_on")):
        say(f"{bad} change{'s are' if bad > 1 else ' is'} as bad as --fail-on {given.text('fail_on')}, or worse")
        return 1
    return 0


def _sides(given: Given) -> list[tuple[str | None, str | None]]:
    """Return the two sides, each with its environment."""
    sides: list[str | None] = [*given.texts("sides")]
    environments: list[str | None] = [*given.texts("env")]
    if len(environments) > 2:
        raise MisuseError("kpy compare takes --env once for both sides, or twice: --env OLD --env NEW")
    if len(environments) == 2 and len(sides) < 2:
        if not sides:
            _refuse_several(environments)
        sides = sides * 2 or [None, None]
    if len(sides) != 2:
        raise MisuseError(
            "kpy compare takes two sides: kpy compare OLD NEW, such as: kpy compare git:main shop.py; or one app in "
            "two environments: kpy compare shop.py --env staging --env prod"
        )
    environments = environments * 2 if len(environments) == 1 else environments or [None, None]
    return list(zip(sides, environments, strict=True))


def _refuse_several(environments: list[str | None]) -> None:
    """Refuse that no app is named in a project that has several."""
    from kpy.project import read_settings
    from kpy.project.workspace import apps_of, no_app

    settings = read_settings()
    if settings.apps and settings.app is None:
        app = apps_of(settings)[0].word
        raise MisuseError(f"{no_app(settings)}: kpy compare {app} --env {environments[0]} --env {environments[1]}")


def _under_new_names(before: list[Resource], after: list[Resource], old: str, new: str) -> list[Resource]:
    """Return the old objects under the names that the new environment has for them, and say which these are."""
    from kpy.compare.pairing import paired

    renamed, names = paired(before, after, old, new)
    if names:
        told = ", ".join(f"{was} as {now}" for was, now in list(names.items())[:5])
        more = f", and {len(names) - 5} more" if len(names) > 5 else ""
        say(f"note: names that differ by environment count as equal: {told}{more}")
    return renamed


def _path(side: str | None) -> str:
    """Return the path that a side speaks of, for the other to take."""
    if side is None:
        return ""
    return side.removeprefix(IN_GIT).partition(":")[2] if side.startswith(IN_GIT) else side
