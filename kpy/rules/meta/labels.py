"""Labels and label selectors, wherever the API has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.formats import label_key_fault, label_value_fault

__all__ = ["SELECTOR", "check_labels"]

SELECTOR: Final = "meta/v1 LabelSelector"
_LABELS: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set"
_SELECTORS: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"
_VALUED: Final = ("In", "NotIn")
_UNVALUED: Final = ("Exists", "DoesNotExist")


def check_labels(labels: Mapping[str, str], at: Path, check: Check, field: Path | None = None) -> None:
    """Report bad keys and values of labels under the running rule; a server names the map, which is `field` or `at`."""
    for key, value in labels.items():
        for word, text, fault in (("key", key, label_key_fault(key)), ("value", value, label_value_fault(value))):
            if fault:
                of = "" if word == "key" else f' of "{key}"'
                check.report(at.key(key), f'label {word} "{text}"{of} {fault}', field=field or at)


@rule("selector-labels", on=SELECTOR, source=_LABELS, needs="matchLabels")
def selector_labels(selector: Tree, at: Path, check: Check) -> None:
    """The keys and values of `matchLabels` must be such as labels have."""
    if _is_checked(check):
        check_labels(selector["matchLabels"], at + "matchLabels", check)


@rule("selector-operator", on="meta/v1 LabelSelectorRequirement", source=_SELECTORS)
def selector_operator(requirement: Tree, at: Path, check: Check) -> None:
    """The operator of a label selector is `In`, `NotIn`, `Exists` or `DoesNotExist`."""
    operator = requirement.get("operator", "")
    if operator not in _VALUED and operator not in _UNVALUED and _is_checked(check):
        subject = (
            f'the operator of a label selector is "{operator}"' if operator else "a label selector has no operator"
        )
        check.report(at + "operator", subject, fix="write In, NotIn, Exists or DoesNotExist")


@rule("selector-values", on="meta/v1 LabelSelectorRequirement", source=_SELECTORS)
def selector_values(requirement: Tree, at: Path, check: Check) -> None:
    """The operators `In` and `NotIn` need values; `Exists` and `DoesNotExist` take none."""
    operator, values = requirement.get("operator", ""), requirement.get("values")
    if not _is_checked(check):
        return
    if operator in _VALUED and not values:
        check.report(at + "values", f"the operator {operator} of a label selector needs values")
    elif operator in _UNVALUED and values:
        check.report(at + "values", f"the operator {operator} of a label selector takes no values")


@rule("selector-key", on="meta/v1 LabelSelectorRequirement", source=_LABELS)
def selector_key(requirement: Tree, at: Path, check: Check) -> None:
    """The key of a label selector must be such as labels have."""
    key = requirement.get("key", "")
    if (fault := label_key_fault(key)) and _is_checked(check):
        check.report(at + "key", f'label key "{key}" {fault}')


@rule("selector-value", on="meta/v1 LabelSelectorRequirement", source=_LABELS, needs="values")
def selector_value(requirement: Tree, at: Path, check: Check) -> None:
    """The values of a label selector must be such as labels have."""
    for index, value in enumerate(requirement["values"]):
        if (fault := label_value_fault(value)) and _is_checked(check):
            check.report(at + "values" + index, f'label value "{value}" {fault}')


def _is_checked(check: Check) -> bool:
    """Return whether the server looks into selectors of this kind; those of metrics it passes on as they are."""
    return check.kind != "HorizontalPodAutoscaler"
