"""Write `docs/rules`: one page per rule, made of what the rule says of itself and its first case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kpy.checking.choice import Choice
from kpy.checking.policies import Policy
from kpy.checking.registry import Registry, modules_with_rules
from kpy.checking.rule import Rule, marks_in
from kpy.checking.type_rules import TypeRule
from kpy.schema import MEASURED, api
from kpy.schema.constraints import all_field_rules
from kpy.validation import find_faults
from tools.codegen.cases import Case, read_cases
from tools.codegen.rules_table import modules

__all__ = ["PAGES", "pages"]

PAGES = Path(__file__).parents[2] / "docs" / "rules"
_TITLES = {
    "schema": "Schema: names, types and releases",
    "api": "API: what a server checks of one object",
    "reference": "References: objects against each other",
    "policy": "Policies: good practice, off until selected",
    "internal": "Internal: faults of kpy itself",
}
_INDEX = """# Rules

Every rule of kpy, with what it refuses and an example: made by `python -m tools.codegen` from the rules and their cases
in `tests/rules`. `kpy explain RULE` says the same in short.
"""
_LONG = 100


def pages() -> dict[str, str]:
    """Return the pages by file name."""
    rules = {rule.name: rule for rule in _registry().rules()}
    types = _types()
    cases: dict[str, Case] = {}
    for case in read_cases():
        cases.setdefault(case.rule, case)
    found = {f"{name}.md": _page(rule, sorted(types.get(name, ())), cases.get(name)) for name, rule in rules.items()}
    return {"README.md": _index(rules), **found}


@cache
def _registry() -> Registry:
    """Return the rules by the table that is being written: the one on disk may not know a new rule yet."""
    return Registry(modules())


def _types() -> dict[str, set[str]]:
    """Return the API types that each rule is on."""
    types: dict[str, set[str]] = {}
    for found in (each for module in modules_with_rules() for each in marks_in(module)):
        if isinstance(found, TypeRule):
            types.setdefault(found.rule.name, set()).add(found.key)
        elif isinstance(found, Policy):
            types.setdefault(found.rule.name, set()).update(found.on)
    for row in all_field_rules():
        types.setdefault(row.name, set()).update(row.on)
    return types


def _index(rules: Mapping[str, Rule]) -> str:
    parts = [_INDEX]
    for family, title in _TITLES.items():
        named = [(name, rule) for name, rule in rules.items() if rule.family == family]
        if named:
            lines = [f"- [`{name}`]({name}.md): {_first_sentence(rule)}" for name, rule in named]
            parts.append(f"## {title}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _first_sentence(rule: Rule) -> str:
    return " ".join(rule.description.partition("\n\n")[0].split())


def _page(rule: Rule, types: Sequence[str], case: Case | None) -> str:
    on = ", ".join(f"`{name}`" for name in types)
    facts = f"{rule.severity.capitalize()} of the family `{rule.family}`" + (f", on {on}" if on else "") + "."
    description = "\n\n".join(" ".join(part.split()) for part in rule.description.split("\n\n"))
    head = f"# {rule.name}\n\n{description}\n\n{facts} Source: <{rule.source}>\n"
    return head if case is None else head + _example(case)


def _example(case: Case) -> str:
    path, value = case.change
    change = f"without `{path}`" if value is None else f"with `{path}: {_short(value)}`"
    release = f" for Kubernetes {case.release}" if case.release != MEASURED else ""
    return f"""
## Example

This passes{release}:

```yaml
{_yaml(case.good)}```

The same {change}:

```text
{_said(case)}
```
"""


def _said(case: Case) -> str:
    """Return what kpy says of the bad document, under this rule."""
    findings = find_faults([case.bad], api(case.release), Choice(select=[case.rule], registry=_registry()))
    return "\n\n".join(found.diagnostic.to_text() for found in findings if found.diagnostic.rule == case.rule)


def _yaml(tree: Any) -> str:
    return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=100)


def _short(value: Any) -> str:
    """Return a value in flow style, on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10000)
    text = text.removesuffix("\n").removesuffix("\n...")
    return text if len(text) <= _LONG else text[:_LONG] + "..."
