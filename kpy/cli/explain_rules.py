"""What a rule refuses, and why: the part of `kpy explain` that is about rules."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from inspect import cleandoc
from textwrap import wrap
from typing import TYPE_CHECKING

from kpy.checking.choice import ALL, is_pattern, mandatory_rules
from kpy.checking.registry import BUILT_IN, Registry

if TYPE_CHECKING:
    from kpy.checking.choice import Choice
    from kpy.checking.policies import Policy
    from kpy.checking.rule import Rule
    from kpy.reporting.view import View

__all__ = ["known_rules", "rules_not_loaded", "rules_to_text"]

#: What the families are about, in the order in which rules are listed.
_FAMILIES = {
    "schema": "names, types and releases",
    "api": "what an API server checks of one object",
    "admission": "what the admission policies among the documents say",
    "reference": "objects against each other",
    "policy": "good practice, checked where `select` in [tool.kpy] names it",
    "internal": "faults of kpy itself",
}


def known_rules(registry: Registry | None = None) -> dict[str, Rule]:
    """Return all rules by name; of kpy, unless others are given."""
    return {rule.name: rule for rule in (registry or BUILT_IN).rules()}


def rules_to_text(word: str, view: View) -> str:
    """Return the page of a rule, or a list of those of a group or a pattern; nothing where the word is no rule.

    Without a word all rules of kpy are listed. Policies of the project and of installed packages are looked at for a
    word that kpy does not know itself, a pattern, or `policy`.
    """
    rules = known_rules()
    if word in rules:
        return _page(rules[word], view)
    choice = None
    if word and (word == ALL or is_pattern(word) or not any(word in policy.groups for policy in _policies(BUILT_IN))):
        choice = _choice()
    registry = choice.registry if choice is not None else BUILT_IN
    rules = known_rules(registry)
    if word in rules:
        return _page(rules[word], view, choice)
    grouped = [policy.rule for policy in _policies(registry) if word in policy.groups]
    if grouped:
        head = f"{word}: {len(grouped)} policies, checked by --select {word} or by `select` in [tool.kpy]"
        return "\n".join([view.paint("place", head), *(_row(rule, view) for rule in grouped)]) + "\n"
    named = [rule for name, rule in rules.items() if fnmatchcase(name, word or "*")]
    return _list(named, view) if named else ""


def rules_not_loaded() -> list[str]:
    """Return what is to be said of installed packages whose policies cannot be loaded."""
    return [found.message for found in _choice().registry.failures]


def _choice() -> Choice:
    """Return what the project says about rules, with its own policies and those of installed packages."""
    from kpy.checking.plug_ins import with_plug_ins
    from kpy.project import Project

    choice = Project.load(".").choice
    if choice.registry.has_plug_ins:
        return choice
    return choice._replace(registry=with_plug_ins(choice.registry))


def _policies(registry: Registry) -> list[Policy]:
    """Return the policies, in the order of their names."""
    from kpy.checking.policies import policies_of

    return sorted(policies_of(registry), key=lambda policy: policy.rule.name)


def _page(rule: Rule, view: View, choice: Choice | None = None) -> str:
    is_mandatory = choice is not None and rule.name in mandatory_rules(choice)
    counts_as = "error" if is_mandatory else rule.severity
    severity = view.paint(counts_as, counts_as)
    lines = [f"{view.paint('place', rule.name)}: {severity}, family {rule.family} ({_FAMILIES[rule.family]})", ""]
    paragraphs = cleandoc(rule.about).split("\n\n") if rule.about else []
    if rule.why:
        paragraphs.append(f"Why it matters: {rule.why}")
    for paragraph in paragraphs:
        lines += [*map(view.with_code, wrap(" ".join(paragraph.split()), min(view.width, 100))), ""]
    registry = choice.registry if choice is not None else BUILT_IN
    if rule.source:
        lines.append(f"Source:         {rule.source}")
    if rule.family == "internal":
        return "\n".join(lines) + "\n"
    if rule.family == "policy":
        policy = next((each for each in _policies(registry) if each.rule.name == rule.name), None)
        lines += _about_policy(policy, registry) if policy is not None else []
        lines.append(f'Check it:       select = ["{rule.name}"] under [tool.kpy] in pyproject.toml')
    if is_mandatory:
        lines.append("Mandatory here: it is always checked, and nobody can ignore or waive it")
        return "\n".join(lines) + "\n"
    lines.append(f'Ignore it:      ignore = ["{rule.name}"] under [tool.kpy] in pyproject.toml')
    if rule.waivable:
        said = f'waive={{"{rule.name}": "the reason"}}, or the annotation kpy.dev/waive.{rule.name}'
        lines.append(f"For one object: {said}")
    else:
        lines.append("For one object: nobody can waive it")
    return "\n".join(lines) + "\n"


def _about_policy(policy: Policy, registry: Registry) -> Iterable[str]:
    """Yield where a policy that is not kpy's stands, and the groups of any."""
    if policy in registry.added:
        code = getattr(policy.check, "__code__", None)
        where = f" ({code.co_filename}:{code.co_firstlineno})" if code is not None else ""
        yield f"Defined in:     {policy.check.__module__}{where}"
    if groups := sorted(policy.groups - {ALL}):
        yield f"In the groups:  {', '.join(groups)}"


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
