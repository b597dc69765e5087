"""Write `docs/rules`: one page per rule, made of what the rule says of itself and its smallest example."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from kpy.checking.choice import Choice
from kpy.checking.policies import Policy, policies_of
from kpy.checking.policy_groups import RECOMMENDED
from kpy.checking.registry import modules_with_rules
from kpy.checking.rule import Rule, marks_in
from kpy.checking.texts import TEXT_RULES
from kpy.checking.type_rules import TypeRule
from kpy.schema import MEASURED, api
from kpy.schema.constraints import Fact, FieldRule, Required, all_field_rules
from kpy.validation import find_faults
from kpy.version import version
from tools.codegen.cases import Case, read_cases
from tools.codegen.smallest import STORE, Example, registry, smallest_examples, store_of
from tools.codegen.yaml_text import yaml_text

__all__ = ["PAGES", "SINCE", "page_stores", "pages"]

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "rules"
SINCE = Path(__file__).parent / "since.json"
_TITLES = {
    "schema": "Schema: names, types and releases",
    "api": "API: what a server checks of one object",
    "admission": "Admission: what the policies among the documents say",
    "reference": "References: objects against each other",
    "policy": "Policies: good practice, off until selected",
    "internal": "Internal: faults of kpy itself",
}
_INDEX = """# Rules

Every rule of kpy, with what it refuses, why that matters and the smallest example: made by `python -m tools.codegen`
from the rules and their cases in `tests/rules`. `kpy explain RULE` says the same in short.
"""
#: What comes of it, by family and severity.
_WHY = {
    ("schema", "error"): "An API server refuses such an object: nothing of it is created or changed.",
    ("schema", "warning"): "An API server takes such an object, and drops or ignores what is wrong.",
    ("schema", "note"): "What cannot be checked here is first checked by the API server.",
    ("api", "error"): "An API server refuses such an object: nothing of it is created or changed.",
    ("api", "warning"): "An API server takes such an object, and warns: it does not do what it says, or not for long.",
    ("api", "note"): "An API server takes such an object: whether it does what is meant, it cannot know.",
    ("admission", "error"): "An API server with these policies refuses such an object.",
    ("admission", "warning"): "An API server with these policies takes such an object, and warns whoever applies it.",
    ("admission", "note"): "An API server with these policies takes such an object, or decides by what is not here.",
    ("reference", "error"): "An API server takes each of these objects by itself: what is wrong shows when they run.",
    ("reference", "warning"): "An API server takes such objects, and nobody says that something is missing until they "
    "run. What lives elsewhere can be named in `external` of `[tool.kpy]`.",
    ("reference", "note"): "An API server takes such objects: whether they work depends on what is not here.",
    ("policy", "error"): "Such an object runs, with rights that it should not have.",
    ("policy", "warning"): "Such an object runs, and is less safe or less sturdy than it could be.",
    ("policy", "note"): "Such an object runs; it could be better.",
    ("internal", "error"): "What the check would have found, nobody knows.",
}
_WHY_TEXT = "Readers of such a text stop, or differ on what it says: what is applied may not be what was meant."


def page_stores() -> dict[Path, str]:
    """Return what is kept for the pages: the smallest examples, and the release of kpy that each rule came with."""
    return {STORE: store_of(_examples()), SINCE: json.dumps(_since(), indent=1, sort_keys=True) + "\n"}


def pages() -> dict[str, str]:
    """Return the pages by file name."""
    rules = {rule.name: rule for rule in registry().rules()}
    rows = {row.name: row for row in all_field_rules()}
    types, examples, since, groups = _types(), _examples(), _since(), _groups()
    found = {"README.md": _index(rules)}
    for name, rule in rules.items():
        parts = [
            f"# {name}\n\n{_description(rule)}",
            _about(rule, sorted(types.get(name, ())), since[name], groups.get(name, [])),
            _fields(rows[name]) if name in rows else "",
            f"## Why it matters\n\n{_why(rule)}",
            _example(examples[name]) if name in examples else "",
            f"Source: <{rule.source}>",
        ]
        found[f"{name}.md"] = "\n\n".join(filter(None, parts)) + "\n"
    return found


@cache
def _examples() -> dict[str, Example]:
    cases: dict[str, Case] = {}
    for case in read_cases():
        cases.setdefault(case.rule, case)
    return smallest_examples(cases, STORE.read_text(encoding="utf-8") if STORE.exists() else "")


@cache
def _since() -> dict[str, str]:
    """Return the release of kpy that each rule came with: that which is to come for those that are new."""
    known = json.loads(SINCE.read_text(encoding="utf-8")) if SINCE.exists() else {}
    return {rule.name: known.get(rule.name, version()) for rule in registry().rules()}


def _types() -> dict[str, set[str]]:
    """Return the API types that each rule is on."""
    types: dict[str, set[str]] = {}
    for found in (each for module in modules_with_rules() for each in marks_in(module)):
        if isinstance(found, TypeRule):
            types.setdefault(found.rule.name, set()).add(found.key)
        elif isinstance(found, Policy):
            types.setdefault(found.rule.name, set()).update(found.on)
    return types


@cache
def _groups() -> dict[str, list[str]]:
    """Return the groups that each policy is in."""
    return {policy.rule.name: sorted(policy.groups) for policy in policies_of(registry())}


def _index(rules: Mapping[str, Rule]) -> str:
    parts = [_INDEX]
    for family, title in _TITLES.items():
        named = [(name, rule) for name, rule in rules.items() if rule.family == family]
        if named:
            lines = [f"- [`{name}`]({name}.md): {_first_sentence(rule)}{_recommended(name)}" for name, rule in named]
            parts.append(f"## {title}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _recommended(name: str) -> str:
    return " Recommended." if RECOMMENDED in _groups().get(name, ()) else ""


def _first_sentence(rule: Rule) -> str:
    return " ".join(rule.about.partition("\n\n")[0].split())


def _description(rule: Rule) -> str:
    return "\n\n".join(" ".join(part.split()) for part in rule.about.split("\n\n"))


def _about(rule: Rule, types: Sequence[str], since: str, groups: Sequence[str]) -> str:
    on = f", on {', '.join(f'`{name}`' for name in types)}" if types else ""
    selected = f" Selected by {', '.join(f'`{name}`' for name in (rule.name, *groups))}." if groups else ""
    return f"{rule.severity.capitalize()} of the family `{rule.family}`{on}.{selected} A rule of kpy since {since}."


def _why(rule: Rule) -> str:
    return rule.why or (_WHY_TEXT if rule in TEXT_RULES else _WHY[rule.family, rule.severity])


def _fields(row: FieldRule) -> str:
    """Return the table of what a rule on single fields asks of them."""
    lines = ["| type | field | must be |", "| --- | --- | --- |"]
    for fact in row.facts:
        lines += [f"| `{on}` | `{fact.field}` | {_asked(fact)} |" for on in fact.on or row.on]
    return "\n".join(lines)


def _asked(fact: Fact) -> str:
    required = not isinstance(fact, Required) and getattr(fact, "required", False)
    words = [fact.text, "required" if required else "", f"since Kubernetes {fact.since}" if fact.since else ""]
    return ", ".join(filter(None, words))


def _example(example: Example) -> str:
    release = f", by Kubernetes {example.case.release}" if example.case.release != MEASURED else ""
    said = "\n\n".join(_said(example))
    assert said, f"the smallest example of {example.case.rule} does not show the rule"
    bad, good = _documents(example.bad), _documents(example.good)
    changed = [document for document in good if document not in bad] or good
    others = ", the other objects as above" if len(changed) < len(good) else ""
    return f"""## Example

This is reported{release}:

```yaml
{_text_of(bad)}```

```text
{said}
```

This passes{others}:

```yaml
{_text_of(changed)}```"""


def _documents(tree: Any) -> list[Any]:
    """Return a document, or the objects of a list one by one."""
    if isinstance(tree, dict) and tree.get("kind") == "List" and isinstance(tree.get("items"), list):
        return tree["items"] or [tree]
    return [tree]


def _text_of(documents: Sequence[Any]) -> str:
    return "---\n".join(map(yaml_text, documents))


def _said(example: Example) -> Iterator[str]:
    """Yield what kpy says of the bad document, under this rule."""
    rule = example.case.rule
    for finding in find_faults([example.bad], api(example.case.release), Choice(select=[rule], registry=registry())):
        if finding.diagnostic.rule == rule:
            yield finding.diagnostic.to_text()
