"""Which rules count, how much, and for which objects they are waived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from kpy.checking.registry import BUILT_IN, Registry
from kpy.diagnostics import Severity
from kpy.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from kpy.checking.policies import Policy

__all__ = ["ALL", "EVERYDAY", "Choice", "check_choice", "is_known", "is_pattern", "known_words", "mandatory_rules"]

#: The word that selects every policy.
ALL = "policy"
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


class Choice(NamedTuple):
    """What a project says about rules: words are names of rules, groups or families, or patterns such as `image-*`."""

    #: The policies that are checked; all other families always are.
    select: Sequence[str] = ()
    #: The rules that are not reported.
    ignore: Sequence[str] = ()
    #: Rules to how much they count; `off` is the same as to ignore them.
    severities: Mapping[str, str] = {}
    #: What lives outside: `Kind/name` or `Kind/namespace/name`, with `*` and `?`.
    external: Sequence[str] = ()
    #: Files and folders with the definitions of custom resources.
    crds: Sequence[str] = ()
    #: The rules that there are, those of the project among them.
    registry: Registry = BUILT_IN
    #: Files and folders with admission policies, their bindings and parameters.
    admission: Sequence[str] = ()
    #: The rules that are always checked and whose findings are errors, whatever else is said: words as in `select`.
    mandatory: Sequence[str] = ()
    #: The day by which waivers are judged that end; nothing where no clock is to be known.
    today: date | None = None
    #: Whether each waiver is told, with its reason.
    lists_waivers: bool = False
    #: The folder of the project, which may keep what is made of its definitions; empty where there is none.
    project: str = ""

    def selects(self, name: str, groups: Iterable[str]) -> bool:
        """Return whether a policy is checked."""
        if self.mandatory and _fits(self.mandatory, name, groups):
            return True
        return _fits(self.select, name, groups) and not _fits(self.ignore, name, groups)

    def severity_of(self, name: str, family: str, severity: Severity) -> Severity | None:
        """Return how much a finding counts; nothing when it is not reported."""
        if self.is_mandatory(name, family):
            return "error"
        if self.ignore and _fits(self.ignore, name, (family,)):
            return None
        severity_name = self._said_of(name, family)
        if severity_name is None:
            return severity
        return next((known_severity for known_severity in SEVERITIES if known_severity == severity_name), None)

    def is_mandatory(self, name: str, family: str) -> bool:
        """Return whether what a rule finds is an error, whatever else is said; constructs have rules of their own."""
        return bool(self.mandatory) and (name in mandatory_rules(self) or _fits(self.mandatory, name, (family,)))

    def asks_for(self, name: str, family: str) -> bool:
        """Return whether the settings give a severity to a rule, so that they want to hear of it."""
        return self._said_of(name, family) not in (None, "off")

    def _said_of(self, name: str, family: str) -> str | None:
        said = self.severities.get(name)
        if said is None and self.severities:
            said = next((each for word, each in self.severities.items() if _fits((word,), name, (family,))), None)
        return said


#: What holds where nobody says anything.
EVERYDAY = Choice()


def check_choice(choice: Choice, more: Callable[[], set[str]] = set) -> None:
    """Raise `UsageError` for a severity or a rule that there is not, and for what can name no object.

    `more` is asked for further rules when a word is unknown that can name one: those under which constructs warn.

    Two policies of one name are refused, too.
    """
    for word in choice.external:
        if "/" not in word:
            raise UsageError(f'`external` names {word!r}; write "Kind/name", such as "{word or "Secret"}/*"')
    for word, severity in choice.severities.items():
        if severity not in (*SEVERITIES, "off"):
            raise UsageError(f'the severity of {word} is {severity!r}; it can be "error", "warning", "note" or "off"')
    if choice.registry.added:
        from kpy.checking.namesakes import refuse_namesakes

        refuse_namesakes(choice.registry)
    words = [*choice.select, *choice.ignore, *choice.severities, *choice.mandatory]
    if not words or choice.registry.failures:
        return  # nobody knows what the policies are called that cannot be loaded
    known = known_words(choice.registry)
    has_all = False
    for word in words:
        if is_known(word, known):
            continue
        if not has_all:
            known, has_all = known | more(), True
            if is_known(word, known):
                continue
        from kpy.checking.hints import near_word

        near = near_word(word, known)
        raise UsageError(f"there is no rule, group or family `{word}`" + (f"; did you mean `{near}`?" if near else ""))


def is_known(word: str, known: Iterable[str]) -> bool:
    """Return whether a word is among those that are known, or stands for one of them."""
    return word in known or (is_pattern(word) and any(fnmatchcase(name, word) for name in known))


def mandatory_rules(choice: Choice) -> frozenset[str]:
    """Return the names of the rules that are mandatory, by the words that say it."""
    if not choice.mandatory:
        return frozenset()
    from kpy.checking.policies import policies_of

    words = tuple(choice.mandatory)
    found: frozenset[str] = choice.registry.compiled(_mandatory_rules, words, policies_of(choice.registry))
    return found


def known_words(registry: Registry) -> set[str]:
    """Return the names of all rules, groups and families."""
    from kpy.checking.policies import policies_of

    # the policies are named, since registries that differ in them alone share what is compiled
    return registry.compiled(_known_words, policies_of(registry))


def _mandatory_rules(registry: Registry, words: tuple[str, ...], policies: tuple[Policy, ...]) -> frozenset[str]:
    groups = {policy.rule.name: policy.groups for policy in policies}
    rules = ((name, groups.get(name, frozenset({family}))) for name, family in registry.names().items())
    return frozenset(name for name, of in rules if _fits(words, name, of))


def _known_words(registry: Registry, policies: tuple[Policy, ...]) -> set[str]:
    groups = {group for policy in policies for group in policy.groups}
    return {"schema", "api", "admission", "reference", ALL, *groups, *registry.names()}


def _fits(words: Sequence[str], name: str, groups: Iterable[str]) -> bool:
    return any(word == name or word in groups or (is_pattern(word) and fnmatchcase(name, word)) for word in words)


def is_pattern(word: str) -> bool:
    """Return whether a word stands for all names that are like it."""
    return "*" in word or "?" in word
