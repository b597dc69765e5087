"""Why a parameter cannot be a value of a chart: where it shows, and what to do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from kpy.delivery.helm_chart.expressions import MISSING, Values, at
from kpy.delivery.helm_chart.following import UnfollowedError, shown_place
from kpy.delivery.helm_chart.learning import UntriedError
from kpy.delivery.helm_chart.looping import is_mapping_type
from kpy.delivery.helm_chart.observing import Seen
from kpy.delivery.helm_chart.variables import Variable
from kpy.errors import KpyError
from kpy.objects import title
from kpy.redaction.fields import is_secret, is_sensitive_name

__all__ = ["Refusal", "RefusedError", "refusal_of"]

_LONGEST: Final = 60


class Refusal(NamedTuple):
    """Parameters that cannot be values, together."""

    names: tuple[str, ...]
    why: str


class RefusedError(KpyError, ValueError):
    """Parameters of an app that cannot be values of a chart."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        names = list(dict.fromkeys(name for each in refusals for name in each.names))
        options = " ".join(f"--constant {name}" for name in names)
        them = "it" if len(names) == 1 else "them"
        lines = [each.why for each in refusals]
        lines.append(
            f"fix: leave {them} as {'it is' if len(names) == 1 else 'they are'} in the chart, `{options}`, "
            "or set what the chart is for, `--set NAME=VALUE`"
        )
        super().__init__("\n".join(lines))


def refusal_of(error: UnfollowedError | UntriedError, first: Seen | None = None) -> Refusal:
    """Return why the parameters that an error is about cannot be values."""
    if isinstance(error, UntriedError):
        why = f" ({_first_line(error.why)})" if error.why is not None else ""
        return Refusal(
            (error.variable.path[0],),
            f"`{error.variable}` cannot be a value of the chart: no other value than the one it has was accepted, so "
            f"nothing is known of what follows it{why}; if it has but few values, say so: `Literal[...]`",
        )
    names = tuple(dict.fromkeys(each.path[0] for each in error.variables))
    shown = " and ".join(f"`{each}`" for each in error.variables) or "the app"
    what = title(first.tree) if first is not None else "an object"
    where = f" ({first.where})" if first is not None and first.where else ""
    if error.why:
        return Refusal(names, f"{what}{where}, {shown_place(error.place)}: {error.why}")
    together = " together" if len(error.variables) > 1 else ""
    lines = [f"{shown} cannot be a value of the chart{together}: {_follows(error, first, what, where)}"]
    if example := _example(error, first):
        lines.append(example)
    node = next(iter(error.nodes.values()), None)
    for each in error.variables:
        if is_mapping_type(each.annotation) and isinstance(node, list):
            lines.append(
                f"   a template goes through a table in the order of its keys: go through `sorted({each}.items())`"
            )
    return Refusal(names, "\n".join(lines))


def _follows(error: UnfollowedError, first: Seen | None, what: str, where: str) -> str:
    if not error.place:
        return f"{what}{where} is there for some values only, and no condition on a value tells which"
    place = shown_place(error.place)
    if first is not None and first.base_name and error.place == ("metadata", "name"):
        return (
            f"the name of {what}{where} ends in a digest of its content, which a template cannot compute: leave "
            "`content_hash` out there, or keep the content the same"
        )
    return f"{place} of {what}{where} changes with it in a way that is no copy of it, and no template was found"


def _example(error: UnfollowedError, first: Seen | None) -> str:
    """Return two value sets that show what is meant; nothing where that may show a secret."""
    if first is None or is_secret(first.tree) or any(is_sensitive_name(step) for step in error.place):
        return ""
    if any(is_sensitive_name(step) for each in error.variables for step in each.path):
        return ""
    found: dict[str, str] = {}
    paths = [each.path for each in error.variables]
    told = sorted(error.nodes.items(), key=lambda item: any(at(error.sets[item[0]], path) == item[1] for path in paths))
    for index, node in told:
        said = _said(error.variables, error.sets[index])
        found.setdefault(_shown(node), f"with {said} it is {_shown(node)}")
        if len(found) == 2:
            return "   " + "; ".join(found.values())
    return ""


def _said(variables: Sequence[Variable], values: Values) -> str:
    return ", ".join(f"{each} = {_shown(at(values, each.path))}" for each in variables)


def _shown(value: Any) -> str:
    if value is MISSING:
        return "not there"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _first_line(error: Exception) -> str:
    return str(error).split("\n")[0][:200]
