"""Which documents of a folder are objects of a cluster: the rest is for tools, for patches, or for nobody here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from kpy.schema import Api
from kpy.schema.templates import pod_spec

__all__ = ["group_of", "is_for_tool", "is_object", "is_partial"]

#: Groups of documents that programs read from files, and that no server keeps.
_GROUPS: Final = frozenset(
    {
        "audit.k8s.io",
        "backstage.io",
        "builtin",
        "chainsaw.kyverno.io",
        "cli.kyverno.io",
        "client.authentication.k8s.io",
        "config.k8ssandra.io",
        "config.kubernetes.io",
        "config.kueue.x-k8s.io",
        "controller-runtime.sigs.k8s.io",
        "ctlptl.dev",
        "eksctl.io",
        "install.istio.io",
        "k3d.io",
        "kind.x-k8s.io",
        "kind.sigs.k8s.io",
        "kops.k8s.io",
        "kpt.dev",
        "krew.googlecontainertools.github.com",
        "kubeadm.k8s.io",
        "kustomize.config.k8s.io",
        "kuttl.dev",
        "meta.pkg.crossplane.io",
        "scorecard.operatorframework.io",
        "testing.k8s.io",
    }
)
_ENDS: Final = (".config.k8s.io", ".admission.k8s.io", ".config.x-k8s.io")
#: Kinds for tools in groups whose other kinds are for servers, and in none.
_KINDS: Final = frozenset(
    {
        ("", "Config"),
        ("clusterctl.cluster.x-k8s.io", "Metadata"),
        ("gateway.envoyproxy.io", "EnvoyGateway"),
        ("gateway.networking.k8s.io", "ConformanceReport"),
        ("apiserver.k8s.io", "EncryptionConfiguration"),
        ("apiserver.k8s.io", "AuthenticationConfiguration"),
    }
)
#: Fields without which an object of a kind is surely a part of one: the last two in any template of pods.
_NEEDED: Final[Mapping[tuple[str, str], tuple[tuple[str, ...], ...]]] = {
    ("", "PersistentVolumeClaim"): (("spec", "accessModes"),),
    ("", "Pod"): (("spec", "containers"),),
    ("", "Service"): (("spec",),),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (("spec", "names", "plural"), ("spec", "versions")),
    ("apiregistration.k8s.io", "APIService"): (("spec", "group"),),
    ("apps", "DaemonSet"): (("spec", "selector"), ("spec", "template", "spec", "containers")),
    ("apps", "Deployment"): (("spec", "selector"), ("spec", "template", "spec", "containers")),
    ("apps", "StatefulSet"): (("spec", "selector"), ("spec", "template", "spec", "containers")),
    ("autoscaling", "HorizontalPodAutoscaler"): (("spec", "scaleTargetRef"),),
    ("batch", "CronJob"): (("spec", "schedule"), ("spec", "jobTemplate")),
    ("batch", "Job"): (("spec", "template"),),
    ("networking.k8s.io", "Ingress"): (("spec",),),
    ("networking.k8s.io", "NetworkPolicy"): (("spec",),),
    ("policy", "PodDisruptionBudget"): (("spec", "selector"),),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): (("roleRef",),),
    ("rbac.authorization.k8s.io", "RoleBinding"): (("roleRef",),),
    ("storage.k8s.io", "StorageClass"): (("provisioner",),),
}
_WEBHOOKS: Final = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
_DIRECTIVES: Final = ("$patch", "$setElementOrder", "$retainKeys")


def is_object(tree: object) -> bool:
    """Return whether a document wants to be an object of a cluster, if perhaps a faulty one.

    Many tools have files with a `kind` or an `apiVersion` alone.
    """
    if not isinstance(tree, Mapping):
        return False
    has = [bool(tree.get(field)) for field in ("apiVersion", "kind")]
    if all(has):
        return True
    has_more = isinstance(tree.get("metadata"), Mapping) and (
        "spec" in tree or "data" in tree or "name" in tree["metadata"]
    )
    return any(has) and has_more


def is_for_tool(tree: Mapping[str, Any], api: Api, defined: Collection[tuple[str, str]]) -> bool:
    """Return whether a program reads a document from its file, and no server has kinds like it.

    `defined` are the groups and kinds of the definitions that are here.
    """
    kind, version, group = tree.get("kind"), tree.get("apiVersion"), group_of(tree)
    if not (kind and isinstance(kind, str) and version and isinstance(version, str)):
        return False
    if (group, kind) in defined and ((group, kind) not in _KINDS or "metadata" in tree):
        return False
    if group in _GROUPS or group.endswith(_ENDS) or (group, kind) in _KINDS:
        return True
    if "." in group or (group in api.groups and (group or version == "v1")):
        return False
    return not any(known.kind == kind for known in api.kinds)


def is_partial(tree: Mapping[str, Any]) -> bool:
    """Return whether an object lacks what one of its kind always has, or has the directives of a patch."""
    key = group_of(tree), str(tree.get("kind"))
    if any(not _has(tree, steps) for steps in _NEEDED.get(key, ())):
        return True
    if key[1] in _WEBHOOKS and not all(_is_webhook(hook) for hook in _list(tree.get("webhooks"))):
        return True
    return _has_directive(tree) or _has_nameless_container(tree)


def group_of(tree: Mapping[str, Any]) -> str:
    """Return the API group of an object; empty for the core group."""
    return str(tree.get("apiVersion") or "").rpartition("/")[0]


def _has(tree: object, steps: tuple[str, ...]) -> bool:
    for step in steps:
        if not isinstance(tree, Mapping) or tree.get(step) is None:
            return False
        tree = tree[step]
    return True


def _is_webhook(hook: object) -> bool:
    return isinstance(hook, Mapping) and bool(hook.get("clientConfig") and hook.get("sideEffects"))


def _has_directive(value: object) -> bool:
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            if any(str(key).startswith(_DIRECTIVES) for key in node):
                return True
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return False


def _has_nameless_container(tree: Mapping[str, Any]) -> bool:
    """Return whether the pods of a workload have a container without an image, as patches of other fields do."""
    spec = pod_spec(tree)
    containers = _list(spec.get("containers")) if spec is not None else []
    return any(isinstance(container, Mapping) and "image" not in container for container in containers)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
