"""Imports go down the floors, never in a circle, and not through the walls inside a room.

Imports for type checkers alone count: who must read two files to understand one has a circle all the same.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "kpy"

#: From the ground up; a module imports what stands on a floor below its own, or in its own room.
FLOORS = (
    ("paths", "lines", "printable", "redaction", "version", "watch"),
    ("source", "objects", "folders"),
    ("diagnostics", "tracing"),
    ("errors",),
    ("units", "lock"),
    ("syntax", "programs"),
    ("schema",),
    ("model",),
    ("api",),
    ("python_source",),
    ("tree",),
    ("documents",),
    ("result_cache", "project_cache"),
    ("inputs",),
    ("output",),
    ("manifest", "editing"),
    ("constructs",),
    ("checking",),
    ("custom",),
    ("admission",),
    ("rules",),
    ("validation",),
    ("pipeline",),
    ("compare", "graph", "loading"),
    ("explaining",),
    ("reporting",),
    ("baseline",),
    ("project",),
    ("kubectl", "importing"),
    ("typing",),
    ("crds",),
    ("delivery",),
    ("charts",),
    ("testing",),
    ("cli",),
    ("__main__",),
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

#: Verbs of a value itself, which are imported when they are called: `App.synth`, `Model.from_dict`.
VERBS = {
    ("kpy.tree.app", "kpy.pipeline"),
    ("kpy.tree.app", "kpy.manifest"),
    ("kpy.tree.app", "kpy.project"),
    ("kpy.model.model", "kpy.model.decode"),
}
#: The registry of models finds generated classes by name.
UPWARD = VERBS | {("kpy.model.registry", "kpy.api")}


def modules(package: Path = PACKAGE) -> dict[str, Path]:
    named = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        named[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return named


def imports_of(text: str, known: Mapping[str, object]) -> Iterator[str]:
    """Yield the modules that a module imports: when it runs, inside functions, and when types are checked."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "kpy":
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("kpy."))


def graph_of(texts: Mapping[str, str]) -> dict[str, set[str]]:
    return {
        name: {found for found in imports_of(text, texts) if found in texts and found not in (name, "kpy")}
        for name, text in texts.items()
        if name != "kpy"
    }


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules of which each leads to all others."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(module: str) -> None:
        number[module] = low[module] = len(number)
        stack.append(module)
        for wanted in sorted(graph.get(module, ())):
            if wanted not in number:
                visit(wanted)
                low[module] = min(low[module], low[wanted])
            elif wanted in stack:
                low[module] = min(low[module], number[wanted])
        if low[module] == number[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1:
                groups.append(sorted(group))

    for module in sorted(graph):
        if module not in number:
            visit(module)
    return groups


@pytest.fixture(scope="module")
def graph() -> dict[str, set[str]]:
    return graph_of({name: path.read_text(encoding="utf-8") for name, path in modules().items()})


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def upward(graph: Mapping[str, set[str]]) -> list[str]:
    return [
        f"{module} imports {wanted}"
        for module, imported in graph.items()
        for wanted in sorted(imported)
        if FLOOR[room_of(wanted)] >= FLOOR[room_of(module)]
        and room_of(wanted) != room_of(module)
        and not any(module == one and wanted.startswith(other) for one, other in UPWARD)
    ]


def test_every_room_has_a_floor() -> None:
    assert {room_of(name) for name in modules()} == {"", *FLOOR}


def test_design_names_the_rooms_from_the_ground_up() -> None:
    page = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    table = page.partition("## The house")[2].partition("**Tables, not code.**")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = [name.strip("`/") for row in rows for name in row.split()]

    assert sorted(named) == sorted(set(FLOOR) - {"__main__"})
    assert [FLOOR[name] for name in named] == sorted(FLOOR[name] for name in named)


def test_imports_go_down(graph: dict[str, set[str]]) -> None:
    assert upward(graph) == []


def test_nothing_is_imported_in_a_circle(graph: dict[str, set[str]]) -> None:
    """But for the verbs of a value itself."""
    straight = {
        module: {wanted for wanted in imported if not any((module, up) in VERBS for up in (wanted, parent_of(wanted)))}
        for module, imported in graph.items()
    }

    assert circles(straight) == []


def parent_of(module: str) -> str:
    return module.rpartition(".")[0]


def test_upward_import_and_circle_are_seen() -> None:
    texts = {
        "kpy.units": "def f():\n    from kpy.cli.main import run\n",
        "kpy.cli.main": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from kpy.units import g\n",
    }

    assert upward(graph_of(texts)) == ["kpy.units imports kpy.cli.main"]
    assert circles(graph_of(texts)) == [["kpy.cli.main", "kpy.units"]]


#: Within `kpy/rules`, a room of an API group knows of the others only what they have in common.
COMMON = {"meta"}


def through_walls(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the imports of one API group's rules from another's."""
    return [
        f"{module} imports {wanted}"
        for module, imported in graph.items()
        for wanted in sorted(imported)
        if (ours := group_of(module)) and (theirs := group_of(wanted)) and ours != theirs and theirs not in COMMON
    ]


def group_of(module: str) -> str:
    parts = module.split(".")
    return parts[2] if parts[1:2] == ["rules"] and len(parts) > 3 else ""


#: What stands above the groups, and may look into all of them.
ABOVE_GROUPS = {"references", "policies"}
#: Where an object of one group holds a part of another group's: a VolumeAttachment the source of a PersistentVolume.
DOORS = {("storage", "core"), ("core", "pods"), ("apps", "pods"), ("batch", "pods"), ("node", "pods")}


def test_rules_of_a_group_know_no_other_group(graph: dict[str, set[str]]) -> None:
    seen = [
        hole
        for hole in through_walls(graph)
        if group_of(hole.split()[0]) not in ABOVE_GROUPS
        and (group_of(hole.split()[0]), group_of(hole.split()[-1])) not in DOORS
    ]

    assert seen == []


def test_hole_in_a_wall_is_seen() -> None:
    texts = {
        "kpy.rules.storage.csi": "from kpy.rules.batch.jobs import a\nfrom kpy.rules.meta.names import b\n",
        "kpy.rules.batch.jobs": "",
        "kpy.rules.meta.names": "",
    }

    assert through_walls(graph_of(texts)) == ["kpy.rules.storage.csi imports kpy.rules.batch.jobs"]


def test_only_the_line_of_the_user_and_who_asks_are_asked_of_the_stack() -> None:
    users = [name for name, path in modules().items() if "_getframe" in path.read_text(encoding="utf-8")]

    assert users == ["kpy.source", "kpy.tracing.callers"]
