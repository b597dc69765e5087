"""`kpy explain`: what a field, a kind or a rule is."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from textwrap import wrap
from typing import TYPE_CHECKING

from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product
from kpy.errors import LoadError, UsageError

if TYPE_CHECKING:
    from kpy.explaining.pages import Page
    from kpy.reporting.view import View

__all__ = ["run"]

_WIDEST = 100
#: What can only be the name of a rule, or a pattern; a word alone is looked for among the kinds first.
_RULE = re.compile(r"|[a-z0-9]+(-[a-z0-9]+)+|[a-z0-9-]*[*?\[][^.]*")
#: Depth, name, what it holds, meaning.
Row = tuple[int, str, str, str]


def run(given: Given) -> int:
    """Write what is known of a field or kind, of a rule, or the list of rules that are meant."""
    word = (given.text("what") or "").strip()
    with Product() as product:
        product.write(_text(word, product.view(given), is_tree=given.has("recursive")))
    return 0


def _text(word: str, view: View, *, is_tree: bool) -> str:
    if not is_tree and _RULE.fullmatch(word) and (text := _rules(word, view)):
        return text
    try:
        found = _tree(word) if is_tree else _page(word)
    except UsageError as error:
        raise MisuseError(str(error)) from None
    if found is not None:
        return _tree_text(*found, view) if isinstance(found, tuple) else _page_text(found, view)
    if not is_tree and (text := _rules(word, view)):
        return text
    from kpy.cli.explain_rules import known_rules, rules_not_loaded

    raise MisuseError("; ".join([_unknown(word, known_rules()), *rules_not_loaded()]))


def _rules(word: str, view: View) -> str:
    from kpy.cli.explain_rules import rules_to_text

    return rules_to_text(word, view)


def _page(word: str) -> Page | None:
    from kpy.explaining.lookup import find_place
    from kpy.explaining.pages import page_about

    if (place := find_place(word)) is not None:
        return page_about(place)
    from kpy.explaining.custom import find_custom_place, page_about_custom

    custom = find_custom_place(word, _definitions())
    return page_about_custom(custom) if custom is not None else None


def _tree(word: str) -> tuple[str, Iterable[Row]] | None:
    from kpy.explaining.lookup import find_place
    from kpy.explaining.pages import tree_below

    if (place := find_place(word)) is not None:
        return place.path, tree_below(place)
    from kpy.explaining.custom import find_custom_place, tree_below_custom

    custom = find_custom_place(word, _definitions())
    return (".".join([custom.kind, *custom.steps]), tree_below_custom(custom.schema)) if custom is not None else None


def _definitions() -> tuple[str, ...]:
    """Return the files and folders of the project that have definitions."""
    from kpy.project import read_settings

    settings = read_settings()
    found = tuple(os.path.relpath(os.path.join(settings.folder, path)) for path in settings.crds)
    for path in found:
        if not os.path.exists(path):
            raise LoadError(f"{path}: there is no such file or folder; `crds` of [tool.kpy] names it")
    return found


def _page_text(page: Page, view: View) -> str:
    width = min(view.width, _WIDEST)
    lines = [f"{view.paint('place', page.title)}: {page.holds}", ""]
    if page.text:
        lines += [*map(view.with_code, wrap(page.text, width)), ""]
    room = max((len(name) for name, _ in page.rows), default=0) + 2
    for name, text in page.rows:
        first, *more = [text] if name in ("Python", "Docs", "Definition") else wrap(text, max(width - room, 30))
        shown = view.paint("code", first) if name == "Python" else view.with_code(first)
        lines.append(f"{name}{' ' * (room - len(name))}{shown}")
        lines += [f"{' ' * room}{view.with_code(line)}" for line in more]
    if page.fields:
        lines += ["", "Fields:"]
        lines += _field_rows([(0, *row) for row in page.fields], view)
    return "\n".join(lines) + "\n"


def _tree_text(title: str, rows: Iterable[Row], view: View) -> str:
    found = list(rows)
    if not found:
        return f"{view.paint('place', title)} has no fields\n"
    return "\n".join([view.paint("place", title), *_field_rows(found, view)]) + "\n"


def _field_rows(rows: list[Row], view: View) -> list[str]:
    """Return a line for each field: its name, and the beginning of its meaning as far as there is room."""
    column = min(max(len(name) + 2 * depth for depth, name, _, _ in rows), 40) + 4
    lines = []
    for depth, name, holds, meaning in rows:
        head = f"{'  ' * (depth + 1)}{name}"
        gap = " " * max(column - len(head), 2)
        room = max(view.width - len(head) - len(gap), 20)
        said = meaning or holds
        said = said if len(said) <= room else f"{said[: room - 1].rstrip()}…"
        lines.append(f"{'  ' * (depth + 1)}{view.paint('code', name)}{gap}{view.with_code(said)}")
    return lines


def _unknown(word: str, rules: Iterable[str]) -> str:
    from difflib import get_close_matches

    from kpy.explaining.lookup import known_names

    head, dot, rest = word.partition(".")
    names = {name.lower(): name for name in known_names() if not name.endswith(("Spec", "List"))}
    near = [each for each in rules if word and word in each][:3]
    near = near or get_close_matches(word, list(rules), n=1)
    near = near or [f"{names[each]}{dot}{rest}" for each in get_close_matches(head.lower(), names, n=1, cutoff=0.7)]
    hint = f"did you mean {' or '.join(near)}?" if near else "`kpy explain` lists all rules"
    what = "rule" if _RULE.fullmatch(word) else "rule, kind or type"
    return f"there is no {what} {word}; {hint}"
