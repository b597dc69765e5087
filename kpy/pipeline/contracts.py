"""What holds between the passes, looked at only in the debug mode (`KPY_CHECK_PASSES=1`), which the tests run in.

A broken contract is a mistake in kpy and never one of a user: it raises `AssertionError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kpy.pipeline.draft import Draft
from kpy.pipeline.passes import Condition, Kept, Pass

__all__ = ["CONDITIONS", "check_kept", "check_leaves", "check_needs", "kept"]


def _lowered(draft: Draft) -> Iterator[str]:
    """Yield what is wrong with resources that should be objects, each with its links."""
    for resource in draft.resources:
        if not isinstance(resource.tree, dict):
            yield f"{resource.path} has no tree"
        draft.links(resource)


def _wired(draft: Draft) -> Iterator[str]:
    """Yield the places of other objects that have not become names and selectors."""
    for resource in draft.resources:
        links = draft.links(resource)
        for node, key, _ in links.references:
            if not isinstance(node[key], str):
                yield f"{resource}: the reference `{key}` is {node[key]!r} and not a name"
        for node, key, _ in links.selections:
            if not isinstance(node.get(key), dict):
                yield f"{resource}: the selection `{key}` is {node.get(key)!r} and not a selector"
        for container, key, by_path in links.mounts:
            if len(container.get(key, ())) < len(by_path):
                yield f"{resource}: fewer `{key}` than what the container mounts"


def _ordered(draft: Draft) -> Iterator[str]:
    """Yield that ordering again would change something."""
    from kpy.pipeline.order import in_order

    if [id(each) for each in in_order(draft.resources, draft)] != [id(each) for each in draft.resources]:
        yield "ordering again gives another order"


def _written(draft: Draft) -> Iterator[str]:
    """Yield the resources that have no YAML."""
    for resource in draft.resources:
        if not resource.text.endswith("\n"):
            yield f"{resource} has no YAML, or YAML without an end of line"


CONDITIONS: dict[Condition, Callable[[Draft], Iterator[str]]] = {
    "lowered": _lowered,
    "wired": _wired,
    "ordered": _ordered,
    "written": _written,
}


def check_needs(step: Pass, draft: Draft) -> None:
    """Raise `AssertionError` where the draft is not as a pass needs it."""
    _check(step.needs, draft, f"before the pass `{step.name}`")


def check_leaves(step: Pass, draft: Draft) -> None:
    """Raise `AssertionError` where a pass did not leave the draft as it should."""
    _check(step.leaves, draft, f"after the pass `{step.name}`")


def _check(conditions: tuple[Condition, ...], draft: Draft, when: str) -> None:
    for condition in conditions:
        faults = list(CONDITIONS[condition](draft))
        assert not faults, f"{when} the draft should be {condition}: {'; '.join(faults)}"


def kept(draft: Draft) -> dict[Kept, str]:
    """Return what passes may promise to keep, in a form that can be compared."""
    trees = sorted((id(resource), repr(resource.tree)) for resource in draft.resources)
    return {"trees": repr(trees), "order": repr([id(resource) for resource in draft.resources])}


def check_kept(step: Pass, before: dict[Kept, str], draft: Draft) -> None:
    """Raise `AssertionError` where a pass changed what it promised to keep."""
    after = kept(draft)
    for what in step.keeps:
        assert before[what] == after[what], f"the pass `{step.name}` changed the {what}, which it keeps"
