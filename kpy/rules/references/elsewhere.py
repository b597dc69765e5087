"""What is there although no document says so: made by clusters, by controllers, or meant to live outside.

What looks at controllers is imported where something is missing, which is seldom.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from os.path import dirname, isabs
from typing import Final

from kpy.checking.object_set import Member, Objects
from kpy.objects import title
from kpy.paths import Path
from kpy.rules.references.selected_pods import Selector, pods_of
from kpy.schema.scopes import is_custom_namespaced

__all__ = [
    "are_made_by_controllers",
    "is_elsewhere",
    "is_outside",
    "is_platform",
    "reason_for_absence",
    "reason_for_no_pods",
]

#: The namespaces of the cluster itself, whose objects nobody's documents make.
_PLATFORM: Final = frozenset({"kube-system", "kube-public", "kube-node-lease", "openshift"})
_OPENSHIFT: Final = "openshift-"
_RBAC: Final = "rbac.authorization.k8s.io"
_FLOW: Final = "flowcontrol.apiserver.k8s.io"

#: Group and kind to the names of what every cluster has, or every cluster with Istio, or every one of OpenShift.
_ALWAYS: Final[dict[tuple[str, str], re.Pattern[str]]] = {
    ("", "ServiceAccount"): re.compile("default"),
    ("", "ConfigMap"): re.compile(
        r"kube-root-ca\.crt|istio-ca-root-cert|openshift-service-ca\.crt|odh-trusted-ca-bundle"
    ),
    ("", "Secret"): re.compile(
        r"bootstrap-token-[a-z0-9]{6}|istio\.[-a-z0-9.]+|[-a-z0-9.]+-(token|dockercfg)-[bcdfghjklmnpqrstvwxz2456789]{5}"
    ),
    ("", "Service"): re.compile("kubernetes|webhook-receiver"),  # the latter is made by Flux
    ("", "Namespace"): re.compile("default|openshift|openshift-.*|kube-system|kube-public|kube-node-lease"),
    ("scheduling.k8s.io", "PriorityClass"): re.compile("system-(cluster|node)-critical|openshift-user-critical"),
    (_RBAC, "ClusterRole"): re.compile(
        "cluster-admin|admin|edit|view|system:.*|basic-user|cluster-reader|cluster-status|cluster-monitoring-view"
        "|self-provisioner|storage-admin|registry-(admin|editor|viewer)|sudoer"
    ),
    (_RBAC, "Role"): re.compile("system:.*|extension-apiserver-authentication-reader"),
    (_FLOW, "PriorityLevelConfiguration"): re.compile(
        "exempt|system|node-high|leader-election|workload-high|workload-low|global-default|catch-all"
    ),
}
#: The accounts that OpenShift gives to every namespace.
_OF_OPENSHIFT: Final = frozenset({"builder", "deployer", "pipeline"})
#: Kinds whose objects every cluster has of its own.
_OF_THE_CLUSTER: Final = frozenset(
    {"DeviceClass", "IngressClass", "PriorityClass", "RuntimeClass", "StorageClass", "VolumeAttributesClass"}
)
#: Kinds of which those who try an example make objects themselves.
_BROUGHT: Final = frozenset({"ConfigMap", "Secret", "ServiceAccount"})
#: The folders of examples, of what tests and documents show, and of other projects.
_SHOWN: Final = re.compile(
    r"docs?|examples?|samples?|snippets?|tutorials?|tests?|testing|test[-_]?(data|files)|e2e|fixtures?|vendor"
)
_CLAIM_OF_A_POD: Final = re.compile(r"(.+)-\d+")


def is_elsewhere(objects: Objects, group: str, kind: str, name: str, namespace: str) -> bool:
    """Return whether an object that no document declares is surely there all the same, or is said to be."""
    from kpy.rules.references.annotated import is_written
    from kpy.rules.references.custom_made import made_by
    from kpy.rules.references.custom_makers import is_made_by_name, is_spoken_of
    from kpy.rules.references.told import are_told

    always = _ALWAYS.get((group, kind))
    return (
        (always is not None and always.fullmatch(name) is not None)
        or is_platform(objects, namespace)
        or (kind == "ServiceAccount" and name in _OF_OPENSHIFT and _is_for_openshift(objects))
        or objects.is_external(kind, name, namespace)
        or objects.setting.is_made(kind, name)
        or (kind == "PersistentVolumeClaim" and _is_of_stateful_set(objects, name))
        or made_by(objects, group, kind, name, namespace) is not None
        or is_spoken_of(objects, name, namespace)
        or is_written(objects, group, kind, name, namespace)
        or is_made_by_name(objects, name, namespace)
        or (kind == "Secret" and are_told(objects, group, kind, name, namespace))
    )


def reason_for_absence(objects: Objects, member: Member, at: Path, wanted: tuple[str, str, str, str]) -> str:
    """Return why an object that is named may be there at run time although no document declares it; empty if nothing.

    In an app it is said that something lives elsewhere, so that no reason is looked for.
    """
    group, kind, name, namespace = wanted
    if objects.setting.is_app:
        return ""
    from kpy.rules.references.creators import creator_of
    from kpy.rules.references.custom_made import made_by
    from kpy.rules.references.custom_makers import maker_of, speaker_of
    from kpy.rules.references.told import told_of

    if told := told_of(objects, group, kind, name, namespace):
        return told
    creator = creator_of(objects, member, group, kind, namespace)
    if creator is not None:
        return f"{creator.title} may create it"
    maker = maker_of(objects, name, namespace) or speaker_of(objects, name, namespace)[0]
    if maker is not None:
        return f"the controller of {title(maker.tree)} may create it"
    elsewhere = made_by(objects, group, kind, name)
    if elsewhere is not None:
        return f'the controller of {title(elsewhere.tree)} creates it in namespace "{elsewhere.namespace}"'
    if kind == "ServiceAccount" and at.steps[:1] == ("subjects",):
        return "nothing here but this binding is about it"
    is_custom = "." in group and group not in objects.api.groups
    if kind in _OF_THE_CLUSTER or (is_custom and not namespace and not is_custom_namespaced(group, kind, {})):
        return "it may be the cluster's own"
    if namespace and namespace != member.namespace and not _is_inhabited(objects, namespace):
        return f'nothing here is in namespace "{namespace}"'
    if is_custom and member.known is None and not _is_beside_its_like(objects, member, group, kind, name):
        return "it may live elsewhere"
    return _reason_of_examples(objects, member) if kind in _BROUGHT or member.known is None else ""


def _is_beside_its_like(objects: Objects, member: Member, group: str, kind: str, name: str) -> bool:
    """Return whether objects of a custom kind are in the folder of what names one, or one of that name is anywhere."""
    is_anywhere = (group, kind, name) in objects.by_name
    return is_anywhere or any(objects.together(member, each) for each in objects.of(group, kind))


def reason_for_no_pods(objects: Objects, member: Member, selector: Selector, namespace: str) -> str:
    """Return why pods that are selected may be there at run time although no document has them; empty if nothing."""
    if objects.setting.is_app:
        return ""
    from kpy.rules.references.creators import creator_of_pods, labeller_of_pods
    from kpy.rules.references.custom_makers import maker_of_pods

    creator = creator_of_pods(objects, member, namespace)
    if creator is not None:
        return f"{creator.title} may create pods"
    maker, _ = maker_of_pods(objects, selector, namespace)
    if maker is not None:
        return f"the controller of {title(maker.tree)} may create them"
    if not _are_pods_near(objects, member):
        return "there are no pods in the folders beside it"
    labeller = labeller_of_pods(objects, member, namespace)
    if labeller is not None and pods_of(objects).nearly_selected(selector, namespace):
        return f"{labeller.title} may label pods"
    return _reason_of_examples(objects, member)


def _are_pods_near(objects: Objects, member: Member) -> bool:
    """Return whether there are pods in the folders beside an object, or nowhere at all."""
    files, templates = objects.setting.files, pods_of(objects).templates
    if not files or not templates:
        return True
    key = "folders of pods"
    if key not in objects.kept:
        folders = {dirname(files[template.member.number]) for template in templates}
        parents = {dirname(folder) for folder in folders}
        objects.kept[key] = folders, parents, {part for folder in folders for part in _around(folder)}
    folders, parents, around = objects.kept[key]
    own = dirname(files[member.number])
    return own in around or dirname(own) in parents or not folders.isdisjoint(_around(own))


def _around(folder: str) -> Iterator[str]:
    """Yield a folder and all that it is in."""
    yield folder
    while folder and dirname(folder) != folder:
        folder = dirname(folder)
        yield folder


def _reason_of_examples(objects: Objects, member: Member) -> str:
    """Return that an object is in a folder whose files show something and need not be complete; else empty."""
    if not objects.setting.files:
        return ""
    file = objects.setting.files[member.number]
    folder = "" if isabs(file) else next(filter(_SHOWN.fullmatch, file.split("/")[:-1]), "")
    return f'what is in the folder "{folder}" need not be complete' if folder else ""


def is_outside(objects: Objects, member: Member) -> bool:
    """Return whether the pods that an object is for are none of ours, or may stand in what could not be read."""
    is_external = objects.is_external(member.kind, member.name, member.namespace)
    return is_platform(objects, member.namespace) or is_external or objects.may_be_unread(member)


def is_platform(objects: Objects, namespace: str) -> bool:
    """Return whether a namespace is one of the cluster itself, or of OpenShift's parts."""
    if namespace.startswith(_OPENSHIFT):
        return not objects.by_name.get(("", "Namespace", namespace))
    return namespace in _PLATFORM


def are_made_by_controllers(objects: Objects, selector: Selector, namespace: str) -> bool:
    """Return whether a controller surely makes pods that a selector selects, by a custom resource or a known label."""
    from kpy.rules.references.custom_makers import are_labelled_by_operators, maker_of_pods

    _, is_sure = maker_of_pods(objects, selector, namespace)
    return is_sure or are_labelled_by_operators(selector)


def _is_inhabited(objects: Objects, namespace: str) -> bool:
    """Return whether some object is in a namespace, or is that namespace."""
    key = "namespaces with objects"
    if key not in objects.kept:
        objects.kept[key] = {member.namespace for member in objects} | {
            member.name for member in objects.of("", "Namespace")
        }
    return namespace in objects.kept[key]


def _is_for_openshift(objects: Objects) -> bool:
    """Return whether documents are for OpenShift: they have objects of its kinds."""
    return any(group.endswith("openshift.io") for group, _ in objects.by_kind)


def _is_of_stateful_set(objects: Objects, name: str) -> bool:
    """Return whether a claim is one that a StatefulSet makes for its pods: `data-db-0`."""
    match = _CLAIM_OF_A_POD.fullmatch(name)
    if match is None:
        return False
    key = "claims of stateful sets"
    if key not in objects.kept:
        objects.kept[key] = {
            f"{(template.get('metadata') or {}).get('name')}-{member.name}"
            for member in objects.of("apps", "StatefulSet")
            for template in member.spec.get("volumeClaimTemplates") or ()
        }
    return match[1] in objects.kept[key]
