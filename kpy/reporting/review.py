"""What a change does to all outputs of a workspace, for a merge request: the worst first, bounded in size."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from kpy.compare.changes import Comparison
from kpy.compare.judgements import EFFECTS, Effect
from kpy.reporting.markdown import changes_to_markdown
from kpy.reporting.view import PLAIN, View

__all__ = ["REVIEWS", "Reviewed", "review_to_json", "review_to_markdown", "review_to_text"]

_LIMIT = 60_000
_RANK = {effect: rank for rank, effect in enumerate(EFFECTS)}


class Reviewed(NamedTuple):
    """What a change does to one output."""

    name: str
    comparison: Comparison
    owners: tuple[str, ...] = ()
    #: `new`, `gone`, or why it cannot be compared; empty for all others.
    note: str = ""

    @property
    def effect(self) -> Effect:
        """The worst effect of its changes."""
        effects: list[Effect] = [change.effect for change in self.comparison.changes]
        return max(effects, key=lambda effect: _RANK[effect]) if effects else "no change"


def changed(reviews: Sequence[Reviewed]) -> list[Reviewed]:
    """Return the outputs to which something happens, those that cannot be compared and the worst effects first."""
    kept = [each for each in reviews if each.note or not each.comparison.is_same]
    broken = ("new", "gone", "")
    return sorted(kept, key=lambda each: (each.note in broken, -_RANK[each.effect], each.name))


def review_to_text(reviews: Sequence[Reviewed], view: View = PLAIN) -> str:
    """Return the outputs to which something happens, each with its changes, and the counts as the last line."""
    from kpy.reporting.text import changes_to_text

    parts = []
    for each in changed(reviews):
        owners = f"   ({', '.join(each.owners)})" if each.owners else ""
        note = f": {each.note}" if each.note else ""
        parts.append(f"{view.paint('place', each.name)}{note}{owners}\n")
        text = changes_to_text(each.comparison, view) if each.comparison.changes else ""
        parts.append("".join(f"    {line}\n" if line else "\n" for line in text.splitlines()))
    return "".join([*parts, f"{_summary(reviews)}\n"])


def review_to_markdown(reviews: Sequence[Reviewed], view: View = PLAIN, *, limit: int = _LIMIT) -> str:
    """Return a table of the outputs to which something happens, then their changes, until `limit` characters."""
    shown = changed(reviews)
    head = f"**kpy compare**: {_summary(reviews)}\n"
    if not shown:
        return head
    has_owners = any(each.owners for each in shown)
    owners = [f" {_cell(', '.join(each.owners))} |" if has_owners else "" for each in shown]
    rows = [f"| {_bold(each)} | {_cell(each.name)} |{owner}" for each, owner in zip(shown, owners, strict=True)]
    heads = ["effect", "output", *(["owners"] if has_owners else [])]
    table = ["", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    text = "\n".join([head, *table, ""])
    for number, row in enumerate(rows):
        if len(text) + len(row) > limit // 2:
            text += f"\n… and {len(rows) - number} more outputs\n"
            break
        text += f"{row}\n"
    for number, each in enumerate(shown):
        room = limit - len(text) - 200
        part = f"\n### {_cell(each.name)}\n\n{_told(each, max(room, 0))}"
        if room < 300 or len(part) > room:
            text += f"\n… the changes of {len(shown) - number} more outputs left out\n"
            break
        text += part
    return text[:limit]


def _told(each: Reviewed, limit: int) -> str:
    """Return the changes of an output as Markdown, or why there are none."""
    if _is_broken(each):
        return f"{_cell(each.note[:1].upper() + each.note[1:])}\n"
    return changes_to_markdown(each.comparison, limit=limit)


def review_to_json(reviews: Sequence[Reviewed], view: View = PLAIN) -> str:
    """Return all outputs as one JSON object."""
    outputs = [
        {
            "output": each.name,
            "owners": list(each.owners),
            "note": each.note,
            "effect": each.effect,
            **each.comparison.to_dict(),
        }
        for each in reviews
    ]
    return json.dumps({"outputs": outputs}, indent=2, ensure_ascii=False) + "\n"


#: The formats of reviews, by the words of `--format`.
REVIEWS = {"text": review_to_text, "json": review_to_json, "markdown": review_to_markdown}


def _summary(reviews: Sequence[Reviewed]) -> str:
    counts = Counter(each.effect for each in reviews if not each.comparison.is_same)
    said = [f"{counts[effect]} with {effect}" for effect in reversed(EFFECTS) if counts[effect]]
    said += [f"{sum(each.note == word for each in reviews)} {word}" for word in ("new", "gone")]
    broken = sum(map(_is_broken, reviews))
    said += [f"{broken} that cannot be compared"]
    same = sum(each.comparison.is_same and not each.note for each in reviews)
    told = [each for each in said if not each.startswith("0 ")]
    outputs = f"{len(reviews)} output{'s' if len(reviews) != 1 else ''}"
    return ", ".join([outputs, *told, *([f"{same} without a change"] if same else [])])


def _is_broken(each: Reviewed) -> bool:
    """Tell whether an output cannot be compared."""
    return each.note not in ("", "new", "gone")


def _bold(each: Reviewed) -> str:
    word = each.note.partition(":")[0] if _is_broken(each) else each.effect
    text = f"{word} ({each.note})" if each.note in ("new", "gone") else word
    is_bad = _RANK[each.effect] >= _RANK["replace"] or _is_broken(each)
    return f"**{_cell(text)}**" if is_bad else _cell(text)


def _cell(text: str) -> str:
    from kpy.reporting.markdown import escaped

    return escaped(text).replace("|", "&#124;")
