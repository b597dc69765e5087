"""FlowSchemas and PriorityLevelConfigurations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, log2

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.formats import label_fault, subdomain_fault

FLOWS = "https://kubernetes.io/docs/concepts/cluster-administration/flow-control/"
SCHEMAS = FLOWS + "#flowschema"
LEVELS = FLOWS + "#prioritylevelconfiguration"
QUEUES = FLOWS + "#queuing"
MANDATORY = FLOWS + "#mandatory-configuration-objects"
_ZERO_SHARES = "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares"
VERBS = frozenset(("get", "list", "create", "update", "delete", "deletecollection", "patch", "watch", "proxy"))


def _all(name: str) -> tuple[str, ...]:
    """Return a type of the group in all its versions."""
    return tuple(f"flowcontrol/{version} {name}" for version in ("v1", "v1beta1", "v1beta2", "v1beta3"))


@rule("flow-schema-precedence", on=_all("FlowSchema"), source=SCHEMAS)
def precedence(schema: Tree, at: Path, check: Check) -> None:
    """The matchingPrecedence is from 1 to 10000; 1 is for the FlowSchema `exempt` only."""
    value = (schema.get("spec") or {}).get("matchingPrecedence") or 1000
    if not 1 <= value <= 10000:
        check.report(at + "spec" + "matchingPrecedence", f"matchingPrecedence {value} is not from 1 to 10000")
    elif value == 1 and (schema.get("metadata") or {}).get("name") != "exempt":
        check.report(at + "spec" + "matchingPrecedence", "matchingPrecedence 1 is for the FlowSchema `exempt` only")


@rule("flow-schema-priority-level", on=_all("FlowSchema"), source=SCHEMAS)
def priority_level(schema: Tree, at: Path, check: Check) -> None:
    """A FlowSchema names the PriorityLevelConfiguration that its requests go to."""
    name = ((schema.get("spec") or {}).get("priorityLevelConfiguration") or {}).get("name")
    place = at + "spec" + "priorityLevelConfiguration" + "name"
    if not name:
        check.report(place, "FlowSchema names no PriorityLevelConfiguration")
    elif fault := subdomain_fault(name):
        check.report(place, f"name {name!r} {fault}")


@rule("flow-schema-rule-empty", on=_all("PolicyRulesWithSubjects"), source=SCHEMAS)
def rule_empty(rules: Tree, at: Path, check: Check) -> None:
    """A rule of a FlowSchema has subjects, and says which resources or URLs they ask for."""
    if not rules.get("subjects"):
        check.report(at + "subjects", "rule has no subjects")
    if not rules.get("resourceRules") and not rules.get("nonResourceRules"):
        check.report(at, "rule has neither resourceRules nor nonResourceRules")


_SUBJECTS = {"ServiceAccount": "serviceAccount", "User": "user", "Group": "group"}


@rule("flow-schema-subject", on=_all("Subject"), source=SCHEMAS)
def subject(subject: Tree, at: Path, check: Check) -> None:
    """A subject has a kind, the block of that kind, and no other block."""
    kind = subject.get("kind") or ""
    if kind not in _SUBJECTS:
        check.report(at + "kind", f"kind {kind!r} is not ServiceAccount, User or Group")
        return
    for name, field in _SUBJECTS.items():
        if name == kind and subject.get(field) is None:
            check.report(at + field, f"subject of kind {kind} has no `{field}`")
        if name != kind and subject.get(field) is not None:
            check.report(at + field, f"subject of kind {kind} has `{field}`")


@rule("flow-schema-subject-name", on=_all("Subject"), source=SCHEMAS)
def subject_name(subject: Tree, at: Path, check: Check) -> None:
    """A subject has a name; a ServiceAccount also a namespace, and its name may be `*`."""
    kind = subject.get("kind") or ""
    block = subject.get(_SUBJECTS.get(kind, ""))
    if block is None:
        return
    at = at + _SUBJECTS[kind]
    name, namespace = block.get("name"), block.get("namespace")
    if not name:
        check.report(at + "name", "subject has no name")
    elif kind == "ServiceAccount" and name != "*" and (fault := subdomain_fault(name)):
        check.report(at + "name", f"name {name!r} {fault}")
    if kind == "ServiceAccount" and not namespace:
        check.report(at + "namespace", "ServiceAccount has no namespace")
    elif kind == "ServiceAccount" and (fault := label_fault(namespace)):
        check.report(at + "namespace", f"namespace {namespace!r} {fault}")


@rule(
    "flow-schema-verbs",
    on=(*_all("ResourcePolicyRule"), *_all("NonResourcePolicyRule")),
    source=SCHEMAS,
)
def verbs(policy: Tree, at: Path, check: Check) -> None:
    """A rule has verbs that the API server knows, or `*` alone."""
    verb_names = policy.get("verbs") or ()
    if _check_list(verb_names, at + "verbs", "verbs", check) and "*" not in verb_names:
        for verb in verb_names:
            if verb not in VERBS:
                check.report(at + "verbs", f"verb {verb!r} is not one of {', '.join(sorted(VERBS))}")


@rule("flow-schema-resources", on=_all("ResourcePolicyRule"), source=SCHEMAS)
def resources(policy: Tree, at: Path, check: Check) -> None:
    """A rule about resources has API groups and resources; `*` stands alone."""
    for field in ("apiGroups", "resources"):
        _check_list(policy.get(field) or (), at + field, field, check)


@rule("flow-schema-namespaces", on=_all("ResourcePolicyRule"), source=SCHEMAS)
def namespaces(policy: Tree, at: Path, check: Check) -> None:
    """A rule about resources has namespaces (`*` alone for all), or else `clusterScope: true`."""
    names, place = policy.get("namespaces") or (), at + "namespaces"
    if not names and policy.get("clusterScope"):
        return
    if _check_list(names, place, "namespaces", check) and "*" not in names:
        for index, name in enumerate(names):
            if fault := label_fault(name):
                check.report(place + index, f"namespace {name!r} {fault}")


@rule("flow-schema-urls", on=_all("NonResourcePolicyRule"), source=SCHEMAS)
def urls(policy: Tree, at: Path, check: Check) -> None:
    """A rule about URLs has paths that begin with a slash and may end in `/*`; `*` stands alone."""
    paths, place = policy.get("nonResourceURLs") or (), at + "nonResourceURLs"
    if _check_list(paths, place, "nonResourceURLs", check) and "*" not in paths:
        for index, path in enumerate(paths):
            if fault := _url_fault(path):
                check.report(place + index, f"path {path!r} {fault}")


def _url_fault(path: str) -> str | None:
    if not path.startswith("/"):
        return "must begin with '/'"
    if " " in path or "//" in path:
        return "must not have a blank or '//' in it"
    if "*" in path.removesuffix("/*"):
        return "must have '*' only at its end, after a slash"
    return None


def _check_list(values: Sequence[str], place: Path, field: str, check: Check) -> bool:
    """Report a list that is empty, or has `*` beside others; return whether it is fine."""
    if not values:
        check.report(place, f"rule has no {field}")
    elif "*" in values and len(values) > 1:
        check.report(place, f"`*` cannot be combined with other {field}", fix="keep `*` alone")
    else:
        return True
    return False


@rule("priority-level-type", on=_all("PriorityLevelConfiguration"), source=LEVELS)
def level_type(level: Tree, at: Path, check: Check) -> None:
    """A priority level is Limited; only the one named `exempt` is Exempt."""
    kind = (level.get("spec") or {}).get("type") or ""
    exempt = (level.get("metadata") or {}).get("name") == "exempt"
    place = at + "spec" + "type"
    if kind not in ("Limited", "Exempt"):
        check.report(place, f"type {kind!r} is neither 'Limited' nor 'Exempt'")
    elif exempt != (kind == "Exempt"):
        check.report(place, f"the priority level `exempt`, and no other, is Exempt; this one is {kind}")


@rule("priority-level-block", on=_all("PriorityLevelConfigurationSpec"), source=LEVELS)
def level_block(spec: Tree, at: Path, check: Check) -> None:
    """A Limited priority level has the block `limited`; an Exempt one may have `exempt`; none has both."""
    kind = spec.get("type")
    if kind == "Limited" and spec.get("limited") is None:
        check.report(at + "limited", "Limited priority level has no `limited`")
    for name, other in (("Limited", "exempt"), ("Exempt", "limited")):
        if kind == name and spec.get(other) is not None:
            check.report(at + other, f"{name} priority level has `{other}`")


@rule("priority-level-shares", on=_all("PriorityLevelConfigurationSpec"), source=LEVELS)
def level_shares(spec: Tree, at: Path, check: Check) -> None:
    """Shares and the limit of borrowing are not negative; lendablePercent is from 0 to 100."""
    field = {"Limited": "limited", "Exempt": "exempt"}.get(spec.get("type", ""), "")
    block, at = spec.get(field) or {}, at + field
    for name in ("nominalConcurrencyShares", "assuredConcurrencyShares", "borrowingLimitPercent"):
        if (block.get(name) or 0) < 0:
            check.report(at + name, f"{name} {block[name]} is negative")
    if not 0 <= (percent := block.get("lendablePercent") or 0) <= 100:
        check.report(at + "lendablePercent", f"lendablePercent {percent} is not from 0 to 100")


@rule("priority-level-response", on=_all("PriorityLevelConfigurationSpec"), source=QUEUES)
def level_response(spec: Tree, at: Path, check: Check) -> None:
    """What exceeds the limit is queued, with the block `queuing`, or rejected, without it."""
    if spec.get("type") != "Limited" or spec.get("limited") is None:
        return
    response, at = spec["limited"].get("limitResponse") or {}, at + "limited" + "limitResponse"
    kind, queuing = response.get("type") or "", response.get("queuing")
    if kind not in ("Queue", "Reject"):
        check.report(at + "type", f"type {kind!r} is neither 'Queue' nor 'Reject'")
    elif kind == "Queue" and queuing is None:
        check.report(at + "queuing", "response of type Queue has no `queuing`")
    elif kind == "Reject" and queuing is not None:
        check.report(at + "queuing", "response of type Reject has `queuing`")


@rule("priority-level-queues", on=_all("PriorityLevelConfigurationSpec"), source=QUEUES)
def level_queues(spec: Tree, at: Path, check: Check) -> None:
    """Queues, their length and the handSize are positive, and the handSize fits the number of queues."""
    response = (spec.get("limited") or {}).get("limitResponse") or {}
    queuing = response.get("queuing")
    if spec.get("type") != "Limited" or response.get("type") != "Queue" or queuing is None:
        return
    at = at + "limited" + "limitResponse" + "queuing"
    queues, hand = queuing.get("queues") or 64, queuing.get("handSize") or 8
    if (length := queuing.get("queueLengthLimit") or 50) <= 0:
        check.report(at + "queueLengthLimit", f"queueLengthLimit {length} is not positive")
    if not 0 < queues <= 10_000_000:
        check.report(at + "queues", f"queues {queues} is not from 1 to 10000000")
    if hand <= 0:
        check.report(at + "handSize", f"handSize {hand} is not positive")
    elif hand > queues:
        check.report(at + "handSize", f"handSize {hand} is more than the {queues} queues")
    elif ceil(log2(queues) * hand) > 60:
        check.report(at + "handSize", f"handSize {hand} is too large for {queues} queues: hashes have 60 bits")


_EVERYTHING = {
    "resourceRules": [
        {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "clusterScope": True, "namespaces": ["*"]}
    ],
    "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
}
_MANDATORY_SCHEMAS: Mapping[str, tuple[int, str | None, tuple[str, ...]]] = {
    "exempt": (1, None, ("system:masters",)),
    "catch-all": (10000, "ByUser", ("system:unauthenticated", "system:authenticated")),
}


@rule("flow-schema-mandatory", on=_all("FlowSchema"), source=MANDATORY)
def mandatory_schema(schema: Tree, at: Path, check: Check) -> None:
    """The FlowSchemas `exempt` and `catch-all` are what every server has made them."""
    name, spec = (schema.get("metadata") or {}).get("name", ""), schema.get("spec") or {}
    if name not in _MANDATORY_SCHEMAS:
        return
    number, method, groups = _MANDATORY_SCHEMAS[name]
    subjects = [{"kind": "Group", "group": {"name": group}} for group in groups]
    actual = (spec.get("matchingPrecedence") or 1000, (spec.get("distinguisherMethod") or {}).get("type"))
    level = (spec.get("priorityLevelConfiguration") or {}).get("name")
    if (*actual, level, spec.get("rules")) != (number, method, name, [{"subjects": subjects, **_EVERYTHING}]):
        check.report(at + "spec", f"the FlowSchema {name!r} is built in and cannot be another", fix="name it otherwise")


@rule("priority-level-mandatory", on=_all("PriorityLevelConfiguration"), source=MANDATORY)
def mandatory_level(level: Tree, at: Path, check: Check) -> None:
    """The priority levels `exempt` and `catch-all` are what every server has made them."""
    name, spec = (level.get("metadata") or {}).get("name"), level.get("spec") or {}
    limited = spec.get("limited") or {}
    shares = limited.get("nominalConcurrencyShares", limited.get("assuredConcurrencyShares"))
    borrows = limited.get("borrowingLimitPercent") is not None or (limited.get("lendablePercent") or 0) != 0
    same = {
        "exempt": spec.get("type") == "Exempt" and not limited,
        "catch-all": shares == 5 and not borrows and limited.get("limitResponse") == {"type": "Reject"},
    }
    if not same.get(name or "", True):
        check.report(at + "spec", f"the priority level {name!r} is built in and cannot be another", fix="rename it")


@rule("priority-level-annotation", on=_all("PriorityLevelConfiguration"), source=LEVELS)
def level_annotation(level: Tree, at: Path, check: Check) -> None:
    """The annotation that told zero shares from shares that are not given cannot be set any more."""
    annotations = (level.get("metadata") or {}).get("annotations") or {}
    if _ZERO_SHARES in annotations and level.get("apiVersion", "").endswith("/v1"):
        place = at + "metadata" + "annotations"
        check.report(place.key(_ZERO_SHARES), "this annotation cannot be set", field=place)
