"""`kpy crds`: the definitions of custom resources that a project keeps, and their types."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from kpy.cli.codes import DONE, FOUND
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say, say_findings

if TYPE_CHECKING:
    from kpy.crds.definitions import Definition
    from kpy.crds.origins import Origin
    from kpy.crds.store import Kept, Store
    from kpy.diagnostics import Diagnostic
    from kpy.project import Project

__all__ = ["run"]

_ACTIONS = ("add", "list", "remove")
#: How many definitions are named of one sort.
_NAMED = 20


def run(given: Given) -> int:
    """Do what the first word says; without a word, write the types anew."""
    action, *rest = given.texts("words") or [""]
    if action not in ("", *_ACTIONS):
        hint = " (`kpy crds add` takes files)" if os.path.exists(action) or "://" in action else ""
        raise MisuseError(f"kpy crds {action}: expected add, list or remove{hint}")
    if action != "add":
        _refuse_options(given, action)
    from kpy.project import Project

    project = Project.load()
    store = _store(project)
    with Product() as product:
        match action:
            case "add":
                lines, code = _add(given, store, rest, project)
            case "list":
                lines, code = _list(store, rest), DONE
            case "remove":
                lines, code = _remove(given, store, rest), DONE
            case _ if given.has("check"):
                lines, code = _check(store, project)
            case _:
                lines, code = _told(store.write(store.kept().values(), force=given.has("force")), "types"), DONE
        product.write("".join(f"{line}\n" for line in lines))
    _advise(project, store)
    return code


def _refuse_options(given: Given, action: str) -> None:
    flags = ["--cluster"] if given.has("cluster") else []
    flags += [f"--{name}" for name in ("chart", "group", "set") if given.texts(name)]
    if flags:
        raise MisuseError(f"{flags[0]} goes with `kpy crds add`")
    if given.has("check") and action:
        raise MisuseError(f"--check goes without a word: `kpy crds --check`, not `kpy crds {action} --check`")


def _store(project: Project) -> Store:
    from kpy.crds.store import Store
    from kpy.output.inside import is_inside

    settings = project.settings
    package = settings.crds_package.rstrip("/")
    if not is_inside(package) or not all(part.isidentifier() for part in package.split("/")):
        raise MisuseError(
            f'crds-package = "{settings.crds_package}": expected the folder of a package, such as infra/crds'
        )
    folders = [path.rstrip("/") for path in settings.crds if path.endswith("/") or not os.path.splitext(path)[1]]
    definitions = next((path for path in folders if is_inside(path)), "crds")
    return Store(settings.folder, definitions, package)


def _add(given: Given, store: Store, places: Sequence[str], project: Project) -> tuple[list[str], int]:
    from kpy.crds.adding import add
    from kpy.crds.definitions import find_definitions, served_versions
    from kpy.diagnostics import Report

    if not places and not given.texts("chart") and not given.has("cluster"):
        raise MisuseError("kpy crds add: name files, folders, addresses or -, or give --chart or --cluster")
    found: list[tuple[str, Definition]] = []
    findings: list[Diagnostic] = []
    lacks: list[str] = []
    for origin in _origins(given, store, places, project, lacks):
        inside = find_definitions(
            origin.content, origin.file, is_of_cluster=origin.is_of_cluster, kubernetes=project.release()
        )
        findings += inside.findings
        if not inside.definitions and not inside.findings and origin.file in places:
            say(f"{origin.file}: there is no definition in it")
        found += [(origin.source, definition) for definition in inside.definitions]
    for lack in lacks:
        say(lack)
    added = add(store, found, groups=given.texts("group"), force=given.has("force"))
    findings += added.findings
    if findings:
        say_findings(Report(findings), given)
    pinned = [*added.new, *added.changed]
    written = store.write(added.kept.values(), added=pinned, force=given.has("force")) if pinned else []
    lines = [*_named("added", added.new, added.kept), *_named("updated", added.changed, added.kept)]
    for name in sorted({*added.new, *added.changed}):
        if not served_versions(added.kept[name].tree):
            say(f"{added.kept[name].file}: note: it serves no version, so nobody can make an object of its kind")
    lines += [f"unchanged: {_count(len(added.unchanged), 'definition')}"] if added.unchanged else []
    if not lines and not findings and not lacks:
        say("there is nothing to add")
    return [*lines, *_told(written, "types")], FOUND if findings or lacks or not lines else DONE


def _origins(given: Given, store: Store, places: Sequence[str], project: Project, lacks: list[str]) -> Iterator[Origin]:
    """Yield where definitions come from; what a chart has and cannot give is added to `lacks`."""
    from kpy.crds.origins import is_address, read_address, read_cluster, read_place

    for place in places:
        if is_address(place):
            yield read_address(place)
        else:
            yield from read_place(place, store.folder)
    for path in given.texts("chart"):
        from kpy.crds.charts import read_chart

        chart = read_chart(path, given.texts("set"))
        if not chart.origins and not chart.lacks:
            lacks.append(f"{path}: the chart has no definitions")
        lacks += chart.lacks
        yield from chart.origins
    if given.has("cluster"):
        from kpy.cli import clusters

        context = clusters.context_for(given, project)
        yield read_cluster(clusters.transport_for(given, context), context)


def _list(store: Store, words: Sequence[str]) -> list[str]:
    from kpy.crds.definitions import served_versions

    if words:
        raise MisuseError(f"kpy crds list takes nothing more; {words[0]!r} is too much")
    lines = []
    for kept in store.kept().values():
        spec = kept.tree["spec"]
        versions = ", ".join(served_versions(kept.tree)) or "no version served"
        lines.append(f"{kept.name}  {spec['names']['kind']}  {versions}  from {kept.source}")
    return lines


def _remove(given: Given, store: Store, names: Sequence[str]) -> list[str]:
    from fnmatch import fnmatchcase

    if not names:
        raise MisuseError("kpy crds remove: name definitions, `certificates.cert-manager.io`, or patterns")
    known = set(store.entries)
    gone: set[str] = set()
    for pattern in names:
        meant = {name for name in known if fnmatchcase(name, pattern) or store.entries[name]["file"] == pattern}
        if not meant:
            from difflib import get_close_matches

            near = get_close_matches(pattern, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else "; `kpy crds list` names them"
            raise MisuseError(f"kpy crds remove {pattern}: no such definition is kept{hint}")
        gone |= meant
    written = store.write([kept for name, kept in store.kept().items() if name not in gone], force=given.has("force"))
    return [*(f"removed: {name}" for name in sorted(gone)), *_told(written, "types")]


def _check(store: Store, project: Project) -> tuple[list[str], int]:
    from kpy.crds.checking import check

    faults = check(store, project.release())
    for fault in faults:
        say(f"{fault.file}: {fault.message}; {fault.fix}")
    return [], FOUND if faults else DONE


def _named(what: str, names: Sequence[str], kept: dict[str, Kept]) -> list[str]:
    lines = [f"{what}: {name} ({kept[name].file})" for name in sorted(names)[:_NAMED]]
    return [*lines, f"{what}: and {len(names) - _NAMED} more"] if len(names) > _NAMED else lines


def _told(written: Iterable[str], what: str) -> list[str]:
    modules = sorted(path for path in written if path.endswith(".py") and not path.endswith("__init__.py"))
    return [f"{what}: {path}" for path in modules]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _advise(project: Project, store: Store) -> None:
    """Say what to write in pyproject.toml, so that objects are checked against what is kept."""
    if store.entries and not any(path.rstrip("/") == store.definitions for path in project.settings.crds):
        say(f'to check objects against them, write crds = ["{store.definitions}/"] under [tool.kpy] in pyproject.toml')
