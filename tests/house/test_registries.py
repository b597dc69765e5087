"""No module keeps a registry: what is collected is a value, and is handed on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import kpy

#: What type checkers let nobody fill.
_IMMUTABLE = re.compile(r"\b(Mapping|Tree)\b")
PACKAGE = Path(kpy.__file__).parent
#: What modules may fill: caches, which hold nothing that could not be made anew, and what a library asks for.
CACHES = {
    ("source.py", "_OWNERS"): "whose a file is: the user's, kpy's, a library's",
    ("source.py", "_SITES"): "the locations of lines of code",
    ("model/plain.py", "_PARTS"): "the types that annotations name",
    ("model/plain.py", "_HOWS"): "how values of a class become plain",
    ("loading/other.py", "_MADE"): "apps of other teams, which are made once a process",
    ("project/settings.py", "_CONTENTS"): "files that were read, until they change",
    ("watch.py", "_DIGESTS"): "digests of files, until they change",
    ("watch.py", "_WATCHES"): "those that watch at the moment: whoever reads a file does not know of them",
    ("tracing/callers.py", "_OWNERS"): "whose code a file is",
    ("custom/definitions.py", "_MADE"): "what was made of definitions, by the digests of their files",
    ("testing/places.py", "_runs"): "the runs of pytest under way, since the hooks of a plug-in are functions",
}


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _is_empty_collection(value: ast.expr | None) -> bool:
    match value:
        case ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=ast.Name(id="list" | "dict" | "set" | "defaultdict" | "deque")):
            return True
    return False


def _filled_later(tree: ast.Module) -> Iterator[str]:
    """Yield the names at the top of a module that begin as an empty collection."""
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        for target in targets:
            constant = isinstance(node, ast.AnnAssign) and _IMMUTABLE.search(ast.unparse(node.annotation))
            if (
                isinstance(target, ast.Name)
                and target.id != "__all__"
                and not constant
                and _is_empty_collection(node.value)
            ):
                yield target.id


def test_no_module_has_a_collection_that_others_fill() -> None:
    filled = {(file, name) for file, tree in _trees() for name in _filled_later(tree)}

    assert sorted(filled - CACHES.keys()) == []
    assert sorted(CACHES.keys() - filled) == []


def test_only_the_place_of_a_value_and_who_asks_are_read_from_frames() -> None:
    reads = {
        file
        for file, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("_getframe", "currentframe")
    }

    assert reads <= {"source.py", "tracing/callers.py"}
