"""In which namespace objects are."""

from __future__ import annotations

from typing import Final

from kpy.checking.object_set import Member, Objects, SetCheck
from kpy.checking.policies import policy_on_all
from kpy.paths import ROOT

__all__: list[str] = []

_SOURCE: Final = (
    "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#when-to-use-multiple-namespaces"
)
_GROUPS: Final = ("namespaces",)
_PLACE: Final = ROOT + "metadata" + "namespace"
#: What every cluster has there.
_OF_CLUSTER: Final = frozenset(
    {("Service", "kubernetes"), ("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")}
)


def _is_of_cluster(member: Member) -> bool:
    return (member.kind, member.name) in _OF_CLUSTER or member.name.startswith("kubernetes")


@policy_on_all("namespace-default", source=_SOURCE, groups=_GROUPS)
def namespace_default(objects: Objects, check: SetCheck) -> None:
    """An object is in the namespace `default`.

    Why: Everything ends up there that somebody has applied in a hurry: rights, quotas, network policies and cleaning up
    go by namespace, and there they hit strangers.
    """
    for member in objects:
        if member.namespace == "default" and not _is_of_cluster(member):
            check.report(
                member, _PLACE, "the object is in the namespace `default`", fix="give it a namespace of its own"
            )


@policy_on_all("namespace-not-given", severity="note", source=_SOURCE, groups=_GROUPS)
def namespace_not_given(objects: Objects, check: SetCheck) -> None:
    """An object does not say its namespace.

    Why: Where it ends up depends on the context of whoever applies it, which is `default` for many.
    """
    for member in objects:
        if (
            member.known is not None
            and member.known.namespaced
            and not (member.tree.get("metadata") or {}).get("namespace")
        ):
            check.report(
                member, _PLACE, "where the object ends up depends on who applies it", fix="set `metadata.namespace`"
            )
