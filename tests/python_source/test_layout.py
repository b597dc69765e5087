"""Expressions are laid out as `ruff format` would, so that it changes nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from kpy.python_source.expressions import Atom, Bracket, Imported, Item, Layout, Node, Statement, Text, Variable

_DEPTH = 4


def node(random: Random, depth: int) -> Node:
    kind = random.choice(["text", "number", "name", "call", "call", "call", "list", "mapping", "key", "pair"])
    number = random.choice([0, 1, 1, 2, 3])
    comments = [("what it is for",) if random.random() < 0.07 else () for _ in range(number)]
    if depth == 0 or kind in ("text", "number", "name"):
        words = Text(random.choice(["a", "b" * random.randint(1, 60), "one\ntwo\nthree\n", 'say "so"']))
        return random.choice([words, Atom("7" * random.randint(1, 9)), Variable("v" * random.randint(1, 30))])
    values = [node(random, depth - 1) for _ in range(number)]
    names = [f"{'n' * random.randint(1, 30)}{at}" for at in range(number)]
    match kind:
        case "call":
            head = random.choice([Imported("kpy", "Deployment"), Variable("config", ".volume")])
            heads = ["" if at == 0 and random.random() < 0.5 else f"{name}=" for at, name in enumerate(names)]
            return Bracket(head, "()", tuple(map(item, values, heads, comments)))
        case "list":
            return Bracket(
                None, "[]", tuple(item(value, "", said) for value, said in zip(values, comments, strict=True))
            )
        case "mapping":
            heads = [f'"{name}": ' for name in names]
            return Bracket(None, "{}", tuple(map(item, values, heads, comments)))
        case "key":
            return Bracket(Variable("config"), "[]", (Item(Text("k" * random.randint(1, 40))),))
        case _:
            return Bracket(None, "()", (Item(node(random, 0)), Item(node(random, 0))))


def item(value: Node, head: str, comments: tuple[str, ...]) -> Item:
    return Item(value, head, None, comments)


@pytest.mark.parametrize("width", [88, 120])
def test_formatter_changes_nothing(width: int, tmp_path: Path) -> None:
    layout = Layout(lambda name: name.name + name.rest, str, width=width)
    for seed in range(300):
        random = Random(seed)
        added = tuple(Item(node(random, _DEPTH)) for _ in range(random.choice([1, 1, 2])))
        target = Variable("web") if random.random() < 0.5 else None
        lines = layout.lines(Statement(Bracket(Variable("chart", ".add"), "()", added), target))
        (tmp_path / f"s{seed}.py").write_text("\n".join([*lines, ""]), encoding="utf-8")

    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", "--line-length", str(width)]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)
