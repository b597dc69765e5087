"""Hooks of charts: kept and put in order, left out, or said in the words of Argo CD."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from kpy.errors import UsageError
from kpy.objects import title

if TYPE_CHECKING:
    from kpy.inputs.helm_output import Hook

__all__ = ["Hooks", "as_said", "keep_hooks"]

#: What becomes of hooks.
Hooks = Literal["keep", "argo", "drop"]

Tree = dict[str, Any]
_ARGO: Final = "argocd.argoproj.io"
_EVENTS: Final = {
    "pre-install": "PreSync",
    "pre-upgrade": "PreSync",
    "post-install": "PostSync",
    "post-upgrade": "PostSync",
    "post-delete": "PostDelete",
}
_POLICIES: Final = {
    "before-hook-creation": "BeforeHookCreation",
    "hook-succeeded": "HookSucceeded",
    "hook-failed": "HookFailed",
}
#: What hooks themselves need, so that it does not wait for them.
_FOUNDATIONS: Final = frozenset({"Namespace", "CustomResourceDefinition"})
_SHOWN: Final = 8


class _Place(NamedTuple):
    """An object of a chart, and where it stands in the order."""

    part: Any
    kind: str
    hook: Hook | None


def as_said(trees: Sequence[Tree], hooks: Hooks | None, title_of_chart: str) -> Iterator[Tree | None]:
    """Yield each object of a chart as it becomes, nothing for one that is left out.

    Raises `UsageError` where there are hooks and nothing was said of them.
    """
    from kpy.inputs.helm_output import HOOK, hook_of

    found = [hook_of(tree) for tree in trees]
    real = [tree for tree, hook in zip(trees, found, strict=True) if hook is not None and not hook.is_test]
    if real and hooks is None:
        names = ", ".join(f"{title(tree)} ({tree['metadata']['annotations'][HOOK]})" for tree in real[:_SHOWN])
        more = f" and {len(real) - _SHOWN} more" if len(real) > _SHOWN else ""
        raise UsageError(
            f'the chart {title_of_chart} has hooks, {names}{more}: say what becomes of them, `hooks="keep"`, so that '
            '`kpy apply` puts them in their order, `"argo"`, in the words of Argo CD, or `"drop"`'
        )
    for tree, hook in zip(trees, found, strict=True):
        if hook is None:
            yield tree
        elif hook.is_test or hooks == "drop":
            yield None
        elif hooks == "argo":
            yield _for_argo(tree, hook)
        elif hook.when == "never":
            yield None
        elif tree.get("kind") == "Pod":
            raise UsageError(
                f"{title(tree)} of the chart {title_of_chart} is a hook, and `kpy apply` waits for Jobs alone: say "
                '`hooks="drop"` or `"argo"`, or leave it out by `without`'
            )
        else:
            yield tree


def keep_hooks(parts: Iterable[tuple[Any, Tree]]) -> None:
    """Let each object of a chart come after others: hooks before, all else but what these need, hooks after.

    Hooks are in the order of their weights.
    """
    from kpy.inputs.helm_output import hook_of

    places = [_Place(part, str(tree.get("kind")), hook_of(tree)) for part, tree in parts]
    if not any(place.hook for place in places):
        return
    others = [place for place in places if place.hook is None and place.kind not in _FOUNDATIONS]
    groups = [*_by_weight(places, "before"), others, *_by_weight(places, "after")]
    for before, group in pairwise(group for group in groups if group):
        for place in group:
            place.part.__dict__["_comes_after"] = [each.part for each in before]
    for place in places:
        if place.hook is not None and place.kind == "Job":
            place.part.__dict__["_is_job_of_hook"] = True


def _by_weight(places: Iterable[_Place], when: str) -> Iterator[list[_Place]]:
    weights: dict[int, list[_Place]] = {}
    for place in places:
        if place.hook is not None and place.hook.when == when:
            weights.setdefault(place.hook.weight, []).append(place)
    yield from (weights[weight] for weight in sorted(weights))


def _for_argo(tree: Tree, hook: Hook) -> Tree | None:
    """Return a hook with the annotations of Argo CD; nothing for one that it does not know."""
    from kpy.inputs.helm_output import HOOK

    events = list(dict.fromkeys(_EVENTS[event] for event in hook.events if event in _EVENTS))
    if not events:
        return None
    annotations: Mapping[str, Any] = tree["metadata"]["annotations"]
    said = {key: value for key, value in annotations.items() if key != HOOK and not key.startswith(f"{HOOK}-")}
    said[f"{_ARGO}/hook"] = ",".join(events)
    if hook.weight:
        said[f"{_ARGO}/sync-wave"] = str(hook.weight)
    policies = [_POLICIES[policy] for policy in hook.policies if policy in _POLICIES] or ["BeforeHookCreation"]
    said[f"{_ARGO}/hook-delete-policy"] = ",".join(policies)
    return {**tree, "metadata": {**tree["metadata"], "annotations": said}}
