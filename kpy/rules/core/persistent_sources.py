"""Where a PersistentVolume lives: what kinds of storage demand there, and in the volumes of pods alike."""

from __future__ import annotations

import re
from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.meta.names import final_name
from kpy.syntax.formats import label_fault, size_of, subdomain_fault

_VOLUMES = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#types-of-persistent-volumes"
_ISCSI = ("core/v1 ISCSIPersistentVolumeSource", "core/v1 ISCSIVolumeSource")
_CSI = "https://kubernetes.io/docs/concepts/storage/volumes/#csi"

#: The fields that cannot be empty, by the field that the source is in.
_REQUIRED: Final = {
    "awsElasticBlockStore": ("volumeID",),
    "azureDisk": ("diskName", "diskURI"),
    "azureFile": ("secretName", "shareName"),
    "cephfs": ("monitors",),
    "cinder": ("volumeID",),
    "csi": ("volumeHandle",),
    "flexVolume": ("driver",),
    "gcePersistentDisk": ("pdName",),
    "gitRepo": ("repository",),
    "glusterfs": ("endpoints", "path"),
    "iscsi": ("targetPortal", "iqn"),
    "local": ("path",),
    "nfs": ("server", "path"),
    "photonPersistentDisk": ("pdID",),
    "portworxVolume": ("volumeID",),
    "quobyte": ("registry", "volume"),
    "rbd": ("monitors", "image"),
    "scaleIO": ("gateway", "system", "volumeName"),
    "storageos": ("volumeName",),
    "vsphereVolume": ("volumePath",),
}
#: What these are in pods, in volumes of a cluster, or in both.
_SOURCES: Final = tuple(
    f"core/v1 {name}VolumeSource"
    for name in (
        *("AWSElasticBlockStore", "AzureDisk", "GCEPersistentDisk", "GitRepo", "Local", "NFS", "PhotonPersistentDisk"),
        *("Portworx", "Quobyte", "VsphereVirtualDisk"),
        *("AzureFile", "CephFS", "Cinder", "Flex", "Glusterfs", "ISCSI", "RBD", "ScaleIO", "StorageOS"),
        *("AzureFilePersistent", "CephFSPersistent", "CinderPersistent", "CSIPersistent", "FlexPersistent"),
        *("GlusterfsPersistent", "ISCSIPersistent", "RBDPersistent", "ScaleIOPersistent", "StorageOSPersistent"),
    )
)
#: What names of iSCSI nodes look like, by how they begin.
_NODES: Final = {
    "iqn": re.compile(r"iqn\.[0-9]{4}-[0-9]{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\t\n\f\r ]+)\Z"),
    "eui": re.compile(r"\Aeui.[A-Za-z0-9]{16}\Z"),
    "naa": re.compile(r"\Anaa.[A-Za-z0-9]{32}\Z"),
}


@rule("volume-source-incomplete", on=_SOURCES, source=_VOLUMES)
def volume_source_incomplete(source: Tree, at: Path, check: Check) -> None:
    """Each kind of storage has fields that it cannot do without."""
    for field in _REQUIRED[at.field]:
        if not source.get(field):
            check.report(at + field, f"a volume of `{at.field}` needs `{field}`", fix="set it")


@rule(
    "volume-secret-incomplete",
    on=("core/v1 CinderPersistentVolumeSource", "core/v1 StorageOSPersistentVolumeSource"),
    source=_VOLUMES,
)
def volume_secret_incomplete(source: Tree, at: Path, check: Check) -> None:
    """The secret of a volume of the cluster is named by name and namespace."""
    secret = source.get("secretRef")
    for part in ("name", "namespace"):
        if secret is not None and not secret.get(part):
            check.report(at + "secretRef" + part, f"the secret has no `{part}`", fix="set it")


@rule("csi-driver-name", on=("core/v1 CSIPersistentVolumeSource", "core/v1 CSIVolumeSource"), source=_CSI)
def csi_driver_name(source: Tree, at: Path, check: Check) -> None:
    """A volume names its CSI driver, by a DNS subdomain of at most 63 characters, in any case."""
    report_driver(source.get("driver"), at + "driver", check)


@rule("csi-secret", on="core/v1 CSIPersistentVolumeSource", source=_CSI)
def csi_secret(source: Tree, at: Path, check: Check) -> None:
    """A secret for a CSI driver has a DNS subdomain (before 1.27, a DNS label) as name, and a namespace."""
    for step in ("controllerPublish", "controllerExpand", "nodePublish", "nodeExpand"):
        secret, place = source.get(step + "SecretRef"), at + (step + "SecretRef")
        if secret is None:
            continue
        name, namespace = secret.get("name") or "", secret.get("namespace") or ""
        fault_of = subdomain_fault if check.at_least("1.27") else label_fault
        if fault := fault_of(name) if name else "must not be empty":
            check.report(place + "name", f"{name!r} is not a valid name of a secret: it {fault}")
        if fault := label_fault(namespace) if namespace else "must not be empty":
            check.report(place + "namespace", f"{namespace!r} is not a valid name of a namespace: it {fault}")


@rule("flex-option-reserved", on=("core/v1 FlexPersistentVolumeSource", "core/v1 FlexVolumeSource"), source=_VOLUMES)
def flex_option_reserved(source: Tree, at: Path, check: Check) -> None:
    """Options of a flex volume do not use the domains `kubernetes.io` and `k8s.io`."""
    for key in source.get("options") or ():
        domain = "." + key.partition("/")[0].lower()
        if domain.endswith((".kubernetes.io", ".k8s.io")):
            check.report(
                (at + "options").key(key), f"the domain of {key!r} is reserved", fix="use a domain of your own"
            )


@rule("local-path-steps-back", on="core/v1 LocalVolumeSource", source=_VOLUMES)
def local_path_steps_back(source: Tree, at: Path, check: Check) -> None:
    """The path of a local volume does not step back."""
    if ".." in (source.get("path") or "").split("/"):
        check.report(at + "path", f'{source["path"]!r} has ".." in it', fix="write the path without it")


@rule("iscsi-name", on=_ISCSI, source=_VOLUMES)
def iscsi_name(source: Tree, at: Path, check: Check) -> None:
    """Names of iSCSI nodes are of the form `iqn.`, `eui.` or `naa.`."""
    for field in ("iqn", "initiatorName"):
        name = source.get(field)
        if name is None or (field == "iqn" and not name):
            continue
        form = _NODES.get(name[:3])
        if form is None or not form.search(name):
            check.report(
                at + field, f"{name!r} is not a valid name of an iSCSI node", fix="use iqn.2001-04.com.example:storage"
            )


@rule("iscsi-secret", on="core/v1 ISCSIPersistentVolumeSource", source=_VOLUMES)
def iscsi_secret(source: Tree, at: Path, check: Check) -> None:
    """iSCSI needs a secret with a name for CHAP."""
    secret = source.get("secretRef")
    if secret is None and (source.get("chapAuthDiscovery") or source.get("chapAuthSession")):
        check.report(at + "secretRef", "CHAP needs a secret", fix="set `secretRef`")
    elif secret is not None and not secret.get("name"):
        check.report(at + "secretRef" + "name", "the secret has no `name`", fix="set it")


@rule("iscsi-portal-too-long", on="core/v1 ISCSIPersistentVolumeSource", source=_VOLUMES)
def iscsi_portal_too_long(source: Tree, at: Path, check: Check) -> None:
    """With an `initiatorName`, the name of the volume and the portal have at most 63 characters together."""
    if source.get("initiatorName") is None:
        return
    _, name = final_name({"metadata": check.metadata}) if check.kind == "PersistentVolume" else ("", "")
    if size_of(f"{name}:{source.get('targetPortal') or ''}") > 64:
        check.report(at + "targetPortal", "the names of volume and portal are too long", fix="use a shorter one")


def report_driver(name: str | None, at: Path, check: Check) -> None:
    """Report a name that cannot be one of a CSI driver."""
    if not name:
        check.report(at, "there is no name of a driver", fix="name it, such as ebs.csi.aws.com")
        return
    fault = "must have at most 63 characters" if size_of(name) > 63 else subdomain_fault(name.lower())
    if fault:
        check.report(at, f"{name!r} is not a valid name of a driver: it {fault}")
