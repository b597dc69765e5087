"""The verbs that roles grant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kpy.checking.check import Check
from kpy.checking.hints import near_word
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path

_VERBS: Final = "https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb"
#: What servers ask for: resources, URLs, and the verbs of their own checks.
_OF_RESOURCES: Final = frozenset(
    {"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "proxy", "connect"}
)
_OF_URLS: Final = frozenset({"get", "head", "post", "put", "patch", "delete", "options"})
_OF_CHECKS: Final = frozenset({"use", "bind", "escalate", "impersonate", "approve", "sign", "attest"})
_KNOWN: Final = _OF_RESOURCES | _OF_URLS | _OF_CHECKS | {"*"}
#: Words of people to what they mean.
_MEANT: Final[Mapping[str, str]] = {
    "all": '"*"',
    "any": '"*"',
    "edit": '"update", "patch"',
    "modify": '"update", "patch"',
    "read": '"get", "list", "watch"',
    "remove": '"delete"',
    "view": '"get", "list", "watch"',
    "write": '"create", "update", "patch", "delete"',
}


@rule("role-verb-unknown", on="rbac/v1 PolicyRule", source=_VERBS, severity="warning", needs="verbs")
def verb_unknown(policy: Tree, at: Path, check: Check) -> None:
    """A rule of a role grants a verb that no server asks for: misspelled, in capitals, or an everyday word.

    Custom API groups may have verbs of their own, so that for them only what is nearly a known verb counts. Verbs of
    several words, such as `request-serviceaccounts-token-audience`, are not reported.
    """
    groups = policy.get("apiGroups") or ()
    is_built_in = all(group in check.api.groups for group in groups)
    for index, verb in enumerate(policy["verbs"]):
        if verb in _KNOWN or not verb or not verb.isalpha():
            continue
        meant = _meant(verb)
        if meant or is_built_in:
            fix = f"write {meant}" if meant else f"known verbs are {', '.join(sorted(_OF_RESOURCES))}"
            check.report(at + "verbs" + index, f'no server knows the verb "{verb}"', fix=fix)


def _meant(verb: str) -> str:
    lower = verb.lower()
    if lower in _KNOWN:
        return f'"{lower}"'
    near = near_word(lower, _KNOWN)
    return _MEANT.get(lower) or (f'"{near}"' if near else "")
