"""What a rule refuses, and why: the part of `kpy explain` that is about rules."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from inspect import cleandoc
from textwrap import wrap
from typing import TYPE_CHECKING

from kpy.checking.choice import ALL

if TYPE_CHECKING:
    from kpy.checking.rule import Rule
    from kpy.reporting.view import View

__all__ = ["known_rules", "rules_to_text"]

#: What the families are about, in the order in which rules are listed.
_FAMILIES = {
    "schema": "names, types and releases",
    "api": "what an API server checks of one object",
    "admission": "what the admission policies among the documents say",
    "reference": "objects against each other",
    "policy": "good practice, checked where `select` in [tool.kpy] names it",
    "internal": "faults of kpy itself",
}


def known_rules() -> dict[str, Rule]:
    """Return all rules of kpy by name."""
    from kpy.checking.registry import BUILT_IN

    return {rule.name: rule for rule in BUILT_IN.rules()}


def rules_to_text(word: str, view: View) -> str:
    """Return the page of a rule, or a list of those of a group or a pattern; nothing where the word is no rule.

    Without a word all rules are listed.
    """
    rules = known_rules()
    if word in rules:
        return _page(rules[word], view)
    grouped = [rules[name] for name, groups in _groups().items() if word in groups]
    if grouped:
        head = f"{word}: {len(grouped)} policies, checked by --select {word} or by `select` in [tool.kpy]"
        return "\n".join([view.paint("place", head), *(_row(rule, view) for rule in grouped)]) + "\n"
    named = [rule for name, rule in rules.items() if fnmatchcase(name, word or "*")]
    return _list(named, view) if named else ""


def _groups() -> dict[str, list[str]]:
    """Return the groups of the policies of kpy, by the names of the policies in order."""
    from kpy.checking.policies import policies_of
    from kpy.checking.registry import BUILT_IN

    policies = sorted(policies_of(BUILT_IN), key=lambda policy: policy.rule.name)
    return {policy.rule.name: sorted(policy.groups - {ALL}) for policy in policies}


def _page(rule: Rule, view: View) -> str:
    severity = view.paint(rule.severity, rule.severity)
    lines = [f"{view.paint('place', rule.name)}: {severity}, family {rule.family} ({_FAMILIES[rule.family]})", ""]
    paragraphs = cleandoc(rule.about).split("\n\n")
    if rule.why:
        paragraphs.append(f"Why it matters: {rule.why}")
    for paragraph in paragraphs:
        lines += [*map(view.with_code, wrap(" ".join(paragraph.split()), min(view.width, 100))), ""]
    lines.append(f"Source:         {rule.source}")
    if rule.family == "internal":
        return "\n".join(lines) + "\n"
    if rule.family == "policy":
        if groups := _groups().get(rule.name):
            lines.append(f"In the groups:  {', '.join(groups)}")
        lines.append(f'Check it:       select = ["{rule.name}"] under [tool.kpy] in pyproject.toml')
    lines.append(f'Ignore it:      ignore = ["{rule.name}"] under [tool.kpy] in pyproject.toml')
    lines.append(f'For one object: waive={{"{rule.name}": "the reason"}}, or the annotation kpy.dev/waive.{rule.name}')
    return "\n".join(lines) + "\n"


def _list(rules: Iterable[Rule], view: View) -> str:
    lines: list[str] = []
    found = sorted(rules, key=lambda rule: rule.name)
    for family, about in _FAMILIES.items():
        if named := [rule for rule in found if rule.family == family]:
            lines += ["", view.paint("place", f"{family}: {about}")]
            lines += [_row(rule, view) for rule in named]
    return "\n".join(lines[1:]) + "\n"


def _row(rule: Rule, view: View) -> str:
    summary = " ".join(cleandoc(rule.about).split("\n\n")[0].split())
    room = max(view.width - 36, 40)
    summary = summary if len(summary) <= room else summary[: room - 1].rstrip() + "…"
    return f"  {view.paint('code', rule.name)}{' ' * max(2, 34 - len(rule.name))}{summary}"
