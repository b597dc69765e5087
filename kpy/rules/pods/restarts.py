"""What happens when a container ends or is resized: restart policies, restart rules, resize policies."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import CONTAINERS, POD_SPEC, is_sidecar, quoted

_CONTAINER = CONTAINERS[0]
_RULE = "core/v1 ContainerRestartRule"

_LIFECYCLE = "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/"
_POLICY = _LIFECYCLE + "#restart-policy"
_RULES = _LIFECYCLE + "#container-restart-rules"
_SIDECARS = "https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/"
_RESIZE = "https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/"

_POLICIES = ("Always", "Never", "OnFailure")
_RESIZED = ("cpu", "memory")
_RESIZE_POLICIES = ("NotRequired", "RestartContainer")


@rule("container-restart-policy-unsupported", on=_CONTAINER, source=_POLICY, needs="restartPolicy")
def container_restart_policy_unsupported(container: Tree, at: Path, check: Check) -> None:
    """A container's own restart policy must be Always, Never or OnFailure; before 1.35 an init container's Always."""
    policy = container.get("restartPolicy")
    if policy is None or check.minor == 34:  # where a server forgets what it does not support
        return
    allowed = _POLICIES if check.at_least("1.35") else ("Always",)
    if policy not in allowed and (check.at_least("1.35") or (_is_init(at) and check.at_least("1.29"))):
        check.report(at + "restartPolicy", f'`restartPolicy` is "{policy}"; it must be {quoted(allowed)}')


@rule("container-restart-policy-misplaced", on=_CONTAINER, source=_SIDECARS, needs="restartPolicy")
def container_restart_policy_misplaced(container: Tree, at: Path, check: Check) -> None:
    """Before 1.34 only init containers could have a restart policy of their own."""
    if "restartPolicy" in container and not _is_init(at) and not check.at_least("1.34"):
        message = f"in Kubernetes {check.release} only an init container has a `restartPolicy` of its own"
        check.report(at + "restartPolicy", message, fix="remove it, or use the pod's `restartPolicy`")


@rule("restart-rules-without-policy", on=_CONTAINER, source=_RULES, needs="restartPolicyRules")
def restart_rules_without_policy(container: Tree, at: Path, check: Check) -> None:
    """A container with restart rules must also say its restart policy, for when no rule applies."""
    if container.get("restartPolicyRules") and "restartPolicy" not in container and check.at_least("1.35"):
        message = "there are `restartPolicyRules`, but no `restartPolicy`"
        check.report(at + "restartPolicy", message, fix=f"set `restartPolicy` to {quoted(_POLICIES)}")


@rule("restart-rules-on-sidecar", on=_CONTAINER, source=_RULES, needs="restartPolicyRules")
def restart_rules_on_sidecar(container: Tree, at: Path, check: Check) -> None:
    """Before 1.36 an init container that is always restarted could have no restart rules."""
    if container.get("restartPolicyRules") and is_sidecar(container) and _is_init(at) and check.minor == 35:
        message = "in Kubernetes 1.35 a sidecar must not have `restartPolicyRules`"
        check.report(at + "restartPolicyRules", message, fix="remove them")


@rule("restart-rule-action-unsupported", on=_RULE, source=_RULES)
def restart_rule_action_unsupported(value: Tree, at: Path, check: Check) -> None:
    """A restart rule restarts the container or, from 1.36 on, all containers."""
    allowed = ("Restart", "RestartAllContainers") if check.at_least("1.36") else ("Restart",)
    action = value.get("action", "")
    if action not in allowed and check.at_least("1.35"):
        subject = f'`action` is "{action}"; it' if action else "a restart rule has no `action`; it"
        check.report(at + "action", f"{subject} must be {quoted(allowed)}")


@rule("resize-policy-duplicate", on=CONTAINERS, source=_RESIZE, needs="resizePolicy")
def resize_policy_duplicate(container: Tree, at: Path, check: Check) -> None:
    """A container has one resize policy for each resource."""
    seen = set()
    for index, policy in enumerate(_resize_policies(container, check)):
        name = policy.get("resourceName", "")
        if name in seen:
            check.report(at + "resizePolicy" + index, f'there is a second resize policy for "{name}"', fix="remove it")
        seen.add(name)


@rule("resize-policy-resource-unsupported", on=CONTAINERS, source=_RESIZE, needs="resizePolicy")
def resize_policy_resource_unsupported(container: Tree, at: Path, check: Check) -> None:
    """A resize policy is for cpu or memory."""
    for policy in _resize_policies(container, check):
        name = policy.get("resourceName", "")
        if name not in _RESIZED:
            check.report(at + "resizePolicy", f'`resourceName` is "{name}"; it must be {quoted(_RESIZED)}')


@rule("resize-policy-unsupported", on=CONTAINERS, source=_RESIZE, needs="resizePolicy")
def resize_policy_unsupported(container: Tree, at: Path, check: Check) -> None:
    """A resize policy says whether the container must be restarted: NotRequired or RestartContainer."""
    for policy in _resize_policies(container, check):
        value = policy.get("restartPolicy", "")
        if value not in _RESIZE_POLICIES:
            message = f'`restartPolicy` of a resize policy is "{value}"; it must be {quoted(_RESIZE_POLICIES)}'
            check.report(at + "resizePolicy", message)


@rule("resize-policy-restart-never", on=POD_SPEC, source=_RESIZE, needs="restartPolicy")
def resize_policy_restart_never(spec: Tree, at: Path, check: Check) -> None:
    """In a pod with `restartPolicy: Never` a resized container cannot be restarted."""
    if spec.get("restartPolicy") != "Never":
        return
    for field in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(field, ())):
            if any(policy.get("restartPolicy") != "NotRequired" for policy in _resize_policies(container, check)):
                message = "the pod has `restartPolicy: Never`, but a resize policy wants a restart"
                check.report(at + field + index + "resizePolicy", message, fix="use `restartPolicy: NotRequired`")


@rule("resize-policy-init-container", on=POD_SPEC, source=_RESIZE, needs="initContainers")
def resize_policy_init_container(spec: Tree, at: Path, check: Check) -> None:
    """An init container that does not keep running cannot be restarted to resize it."""
    if not check.at_least("1.36"):
        return
    for index, container in enumerate(spec.get("initContainers", ())):
        if is_sidecar(container):
            continue
        for position, policy in enumerate(_resize_policies(container, check)):
            if policy.get("restartPolicy") == "RestartContainer":
                where = at + "initContainers" + index + "resizePolicy" + position + "restartPolicy"
                message = "an init container without `restartPolicy: Always` cannot be restarted to resize it"
                check.report(where, message, fix="use NotRequired")


def _resize_policies(container: Tree, check: Check) -> tuple[Tree, ...]:
    """Return the resize policies, which a server before 1.33 forgets."""
    policies = container.get("resizePolicy")
    return tuple(policies) if policies and check.at_least("1.33") else ()


def _is_init(at: Path) -> bool:
    return at.field == "initContainers"
