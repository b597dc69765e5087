"""Assertions whose failure says what to look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kpy.diagnostics import Diagnostic, Report
from kpy.errors import UsageError
from kpy.manifest import Manifest, Resource
from kpy.testing.matching import misses
from kpy.testing.targets import Document, Documents, Target, report_of

__all__ = ["assert_contains", "assert_diagnostic", "assert_valid"]


def assert_contains(
    where: Manifest | Resource | Mapping[str, object] | Iterable[Resource | Mapping[str, object]],
    expected: Mapping[str, object],
    *,
    count: int | None = None,
) -> list[Resource | Mapping[str, object]]:
    """Assert that an object contains what is expected, see `kpy.testing.matching`, and return all that do.

    Without `count` at least one must; with it exactly so many, and 0 says that none may. The failure shows the nearest
    miss: the object that lacks least.
    """
    objects = _objects(where)
    if not isinstance(expected, Mapping):
        raise UsageError(f'{expected!r} is not what an object can contain: write a mapping, {{"kind": "Deployment"}}')
    found = {id(item): misses(_tree(item), expected) for item in objects}
    contained = [item for item in objects if not found[id(item)]]
    if (count is None and contained) or count == len(contained):
        return contained
    wanted = "at least one object" if count is None else f"{count} object{'' if count == 1 else 's'}"
    lines = [f"{wanted} with {expected!r}: there {'is' if len(contained) == 1 else 'are'} {len(contained) or 'none'}"]
    lines.extend(f"  {_name(item)} has it" for item in contained)
    others = [item for item in objects if found[id(item)]]
    if others and len(contained) < (1 if count is None else count):
        nearest = min(others, key=lambda item: (_is_other_kind(item, expected), len(found[id(item)])))
        lines.append(f"nearest is {_name(nearest)}:")
        lines.extend(f"  {miss}" for miss in found[id(nearest)])
    raise AssertionError("\n".join(lines))


def assert_valid(
    target: Target | Manifest | Document | Documents, *, kubernetes: str | None = None, warnings: bool = True
) -> Report:
    """Assert that kpy finds no error in a target, a manifest or plain documents; return all that it finds.

    `warnings=False` asserts that there is no warning either.
    """
    report = report_of(target, kubernetes=kubernetes)
    bad = [found for found in report if found.severity == "error" or (found.severity == "warning" and not warnings)]
    if bad:
        raise AssertionError(f"{Report(bad).summary()}:\n\n{Report(bad).to_text()}")
    return report


def assert_diagnostic(
    target: Target | Manifest | Document | Documents | Report,
    rule: str,
    field: str | None = None,
    *,
    kubernetes: str | None = None,
) -> Diagnostic:
    """Assert that kpy finds what a rule is about, at a field if one is said, and return the first such finding."""
    report = target if isinstance(target, Report) else report_of(target, kubernetes=kubernetes)
    for found in report:
        if found.rule == rule and field in (None, found.field):
            return found
    wanted = f"{rule} at {field}" if field else rule
    there = "".join(f"\n  {found.rule} at {found.field or 'the object'}: {found.message}" for found in report)
    raise AssertionError(f"no finding of {wanted}{_near(rule)}; there is:{there or ' nothing'}")


def _objects(
    where: Manifest | Resource | Mapping[str, object] | Iterable[Resource | Mapping[str, object]],
) -> list[Resource | Mapping[str, object]]:
    if isinstance(where, Resource | Mapping):
        return [where]  # pyright: ignore[reportReturnType]  # an Iterable of objects is not a mapping
    if isinstance(where, Iterable) and not isinstance(where, str):
        objects = list(where)
        if all(isinstance(item, Resource | Mapping) for item in objects):
            return objects
    raise UsageError(f"{where!r} is not a manifest, resource or document: `assert_contains(synth(app), ...)`")


def _near(rule: str) -> str:
    """Return a hint at a rule whose name is near to one that there is not."""
    from difflib import get_close_matches

    from kpy.checking.registry import BUILT_IN

    known = {found.name for found in BUILT_IN.rules()}
    near = get_close_matches(rule, sorted(known), n=1)
    return f" (did you mean {near[0]}?)" if near and rule not in known else ""


def _tree(item: Resource | Mapping[str, object]) -> Mapping[str, object]:
    return item.tree if isinstance(item, Resource) else item


def _name(item: Resource | Mapping[str, object]) -> str:
    return str(item if isinstance(item, Resource) else Resource(dict(item)))


def _is_other_kind(item: Resource | Mapping[str, object], expected: Mapping[str, object]) -> bool:
    return "kind" in expected and _tree(item).get("kind") != expected["kind"]
