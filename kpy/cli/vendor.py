"""`kpy vendor`: the Helm charts that a project keeps, and the types of their values."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kpy.cli.codes import DONE, FOUND
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say

if TYPE_CHECKING:
    from kpy.charts.adding import Added
    from kpy.charts.store import Store
    from kpy.project import Project

__all__ = ["run"]

_ACTIONS = ("add", "list", "remove")


def run(given: Given) -> int:
    """Do what the words say; without a word, fetch what kpy.lock names and is not there, and write the types anew."""
    words = given.texts("words")
    action = words[0] if words and words[0] in _ACTIONS and not given.has("update") else ""
    rest = words[1:] if action else words
    _refuse_options(given, action, rest)
    from kpy.project import Project

    store = _store(Project.load())
    with Product() as product:
        code = DONE
        if given.has("check"):
            lines, code = _check(store)
        elif action == "list":
            lines = [f"{entry['name']}  {entry['version']}  from {entry['from']}" for entry in _entries(store)]
        elif action == "remove":
            lines = _remove(given, store, rest)
        else:
            lines = _write(given, store, _added(given, store, rest))
        product.write("".join(f"{line}\n" for line in lines))
    return code


def _refuse_options(given: Given, action: str, rest: Sequence[str]) -> None:
    repository, version = given.text("repo"), given.text("version")
    if given.has("check") and (rest or action or repository or version or given.has("update")):
        raise MisuseError("--check stands alone: `kpy vendor --check`")
    if action in ("list", "remove") and (repository or version):
        raise MisuseError(f"{'--repo' if repository else '--version'} goes with a chart that is added")
    if action == "list" and rest:
        raise MisuseError(f"kpy vendor list takes nothing more; {rest[0]!r} is too much")
    if given.has("update") and repository:
        raise MisuseError("--repo goes with a chart that is added: kpy.lock knows where the others come from")
    if version and len(rest) != 1:
        raise MisuseError("--version goes with one chart")
    if (repository or action in ("add", "remove")) and not rest:
        what = "the name of a chart" if repository else "charts"
        raise MisuseError(f"kpy vendor{f' {action}' if action else ''}: give {what}")


def _store(project: Project) -> Store:
    from kpy.charts.store import Store
    from kpy.output.inside import is_inside

    settings = project.settings
    package = settings.charts_package.rstrip("/")
    if not is_inside(package) or not all(part.isidentifier() for part in package.split("/")):
        raise MisuseError(
            f'charts-package = "{settings.charts_package}": expected the folder of a package, such as infra/charts'
        )
    return Store(settings.folder, package)


def _added(given: Given, store: Store, words: Sequence[str]) -> Added:
    from kpy.charts.adding import add, restore, update
    from kpy.charts.sources import source_of

    force, version = given.has("force"), given.text("version") or ""
    if given.has("update"):
        return update(store, words, version, force=force)
    if not words:
        return restore(store)
    repository = given.text("repo") or ""
    wanted = [source_of(word, repository=repository, version=version, folder=store.folder) for word in words]
    return add(store, wanted, force=force)


def _write(given: Given, store: Store, added: Added) -> list[str]:
    written = store.write(added.kept.values(), force=given.has("force"))
    lines = []
    for key, before in added.new:
        chart = added.kept[key]
        what = (
            f"updated: {chart.name} {before} -> {chart.version}" if before else f"added: {chart.name} {chart.version}"
        )
        lines.append(f"{what} ({chart.file})")
    lines += [f"unchanged: {key}" for key in added.unchanged]
    for name in sorted({added.kept[key].name for key, _ in added.new}):
        kept = [chart.version for chart in added.kept.values() if chart.name == name]
        if len(kept) > 1:
            say(f"{name} is kept in several versions: {', '.join(kept)}; say which one in `Helm(..., version=...)`")
    return [*lines, *_types(written)]


def _remove(given: Given, store: Store, names: Sequence[str]) -> list[str]:
    from kpy.charts.adding import keys_of

    gone = {key for name in names for key in keys_of(store, name)}
    kept = [chart for key, chart in store.kept().items() if key not in gone]
    written = store.write(kept, force=given.has("force"))
    return [*(f"removed: {key}" for key in sorted(gone)), *_types(written)]


def _check(store: Store) -> tuple[list[str], int]:
    from kpy.charts.checking import check

    faults = check(store)
    for fault in faults:
        say(f"{fault.file}: {fault.message}; {fault.fix}")
    return [], FOUND if faults else DONE


def _entries(store: Store) -> list[dict[str, str]]:
    return [dict(entry) for _, entry in sorted(store.entries.items())]


def _types(written: Iterable[str]) -> list[str]:
    modules = sorted(path for path in written if path.endswith(".py") and os.path.basename(path) != "__init__.py")
    return [f"types: {path}" for path in modules]
