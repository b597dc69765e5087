"""The less common sources of volumes, such as disks of clouds: what they demand in pods.

Some are of the same type in PersistentVolumes. What else both demand alike is in `kpy.rules.core.persistent_sources`.
"""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.parts import path_fault
from kpy.syntax.formats import subdomain_fault

_ISCSI = "core/v1 ISCSIVolumeSource"
_STORAGE_OS = "core/v1 StorageOSVolumeSource"
_CINDER = "core/v1 CinderVolumeSource"
_FC = "core/v1 FCVolumeSource"
_FLOCKER = "core/v1 FlockerVolumeSource"
_QUOBYTE = "core/v1 QuobyteVolumeSource"
_AZURE_DISK = "core/v1 AzureDiskVolumeSource"
_CSI = "core/v1 CSIVolumeSource"
_GIT = "core/v1 GitRepoVolumeSource"
_NFS = "core/v1 NFSVolumeSource"

_VOLUMES = "https://kubernetes.io/docs/concepts/storage/volumes/"
_API = "https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/"

_URI_OF_KIND = {"Managed": "/subscriptions/", "Shared": "https://", "Dedicated": "https://"}


@rule("volume-secret-name-required", on=(_STORAGE_OS, _CINDER), source=_API, needs="secretRef")
def volume_secret_name_required(source: Tree, at: Path, check: Check) -> None:
    """A secret for the access to storage must be named."""
    if "secretRef" in source and not source["secretRef"].get("name"):
        check.report(at + "secretRef" + "name", "`secretRef` has no `name`", fix="name a Secret")


@rule("nfs-path-relative", on=_NFS, source=_VOLUMES + "#nfs", needs="path")
def nfs_path_relative(source: Tree, at: Path, check: Check) -> None:
    """The path of an NFS volume must be absolute."""
    path = source.get("path")
    if path and not path.startswith("/"):
        check.report(at + "path", f'path "{path}" is not absolute', fix=f'write "/{path}"')


@rule("git-directory-invalid", on=_GIT, source=_VOLUMES + "#gitrepo", needs="directory")
def git_directory_invalid(source: Tree, at: Path, check: Check) -> None:
    """The directory of a gitRepo volume must stay in the volume."""
    directory = source.get("directory", "")
    if fault := path_fault(directory):
        check.report(at + "directory", f'directory "{directory}" {fault}')


@rule("iscsi-secret-required", on=_ISCSI, source=_VOLUMES + "#iscsi")
def iscsi_secret_required(source: Tree, at: Path, check: Check) -> None:
    """iSCSI with CHAP must name the Secret with the credentials."""
    chap = source.get("chapAuthDiscovery") or source.get("chapAuthSession")
    if chap and "secretRef" not in source:
        check.report(at + "secretRef", "CHAP is on, but there is no `secretRef`", fix="name a Secret")


@rule("iscsi-volume-name-too-long", on="core/v1 Volume", source=_VOLUMES + "#iscsi", needs="iscsi")
def iscsi_volume_name_too_long(volume: Tree, at: Path, check: Check) -> None:
    """With an `initiatorName`, the volume's name and the portal together may have 63 characters."""
    source = volume.get("iscsi", {})
    name = f"{volume.get('name', '')}:{source.get('targetPortal', '')}"
    if "initiatorName" in source and len(name.encode(errors="surrogatepass")) > 64:
        check.report(at + "name", f'"{name}" is too long for iSCSI with an `initiatorName`', fix="shorten the name")


@rule("fc-target-required", on=_FC, source=_VOLUMES + "#fc")
def fc_target_required(source: Tree, at: Path, check: Check) -> None:
    """A fibre channel volume must say its target, by world wide names or identifiers."""
    if not source.get("targetWWNs") and not source.get("wwids"):
        check.report(at + "targetWWNs", "an `fc` volume has no target", fix="set `targetWWNs` and `lun`, or `wwids`")


@rule("fc-target-ambiguous", on=_FC, source=_VOLUMES + "#fc", needs="targetWWNs")
def fc_target_ambiguous(source: Tree, at: Path, check: Check) -> None:
    """A fibre channel volume has either world wide names or identifiers."""
    if source.get("targetWWNs") and source.get("wwids"):
        check.report(at + "targetWWNs", "an `fc` volume has both `targetWWNs` and `wwids`", fix="keep one of them")


@rule("fc-lun", on=_FC, source=_VOLUMES + "#fc")
def fc_lun(source: Tree, at: Path, check: Check) -> None:
    """A fibre channel volume with world wide names must say its logical unit, from 0 to 255."""
    if not source.get("targetWWNs"):
        return
    number = source.get("lun")
    if number is None:
        check.report(at + "lun", "`targetWWNs` needs a `lun`", fix="set `lun`")
    elif not 0 <= number <= 255:
        check.report(at + "lun", f"`lun` is {number}; it must be from 0 to 255")


@rule("flocker-dataset", on=_FLOCKER, source=_API)
def flocker_dataset(source: Tree, at: Path, check: Check) -> None:
    """A Flocker volume names its dataset either by name or by UUID."""
    if bool(source.get("datasetName")) == bool(source.get("datasetUUID")):
        check.report(at, "a `flocker` volume must have either a `datasetName` or a `datasetUUID`")


@rule("flocker-dataset-name-invalid", on=_FLOCKER, source=_API)
def flocker_dataset_name_invalid(source: Tree, at: Path, check: Check) -> None:
    """The name of a Flocker dataset has no slash."""
    if "/" in source.get("datasetName", ""):
        check.report(at + "datasetName", f'dataset name "{source["datasetName"]}" must not have "/" in it')


@rule("quobyte-tenant-too-long", on=_QUOBYTE, source=_API, needs="registry")
def quobyte_tenant_too_long(source: Tree, at: Path, check: Check) -> None:
    """The tenant of a Quobyte volume has at most 64 characters."""
    if source.get("registry") and len(source.get("tenant", "").encode(errors="surrogatepass")) > 64:
        check.report(at + "tenant", "`tenant` must be at most 64 characters long")


@rule("quobyte-registry-invalid", on=_QUOBYTE, source=_API, needs="registry")
def quobyte_registry_invalid(source: Tree, at: Path, check: Check) -> None:
    """The registry of a Quobyte volume is one or more of host:port, with commas between them."""
    registry = source.get("registry")
    if registry and not all(_is_host_and_port(pair) for pair in registry.split(",")):
        check.report(at + "registry", f'registry "{registry}" must be host:port, or several with commas between them')


def _is_host_and_port(pair: str) -> bool:
    host, colon, port = pair.rpartition(":")
    if not colon:
        return False
    if host.startswith("["):
        return host.endswith("]") and not set(host[1:-1]) & set("[]") and not set(port) & set("[]")
    return not set(host) & set(":[]") and not set(port) & set("[]")


@rule("azure-disk-uri-invalid", on=_AZURE_DISK, source=_API)
def azure_disk_uri_invalid(source: Tree, at: Path, check: Check) -> None:
    """The URI of a managed disk begins with /subscriptions/, and that of a blob (the default) with https://."""
    kind, uri = source.get("kind", "Shared"), source.get("diskURI", "")
    before = _URI_OF_KIND.get(kind, "https://")
    if not uri.startswith(before):
        check.report(at + "diskURI", f'`diskURI` "{uri}" of a disk of kind {kind} must begin with "{before}"')


@rule("csi-volume-secret-name", on=_CSI, source=_VOLUMES + "#csi", needs="nodePublishSecretRef")
def csi_volume_secret_name(source: Tree, at: Path, check: Check) -> None:
    """The Secret for a CSI volume must be named by a DNS subdomain."""
    if "nodePublishSecretRef" not in source:
        return
    name = source["nodePublishSecretRef"].get("name", "")
    if fault := subdomain_fault(name):
        message = f'name "{name}" {fault}' if name else "`nodePublishSecretRef` has no `name`"
        check.report(at + "nodePublishSecretRef" + "name", message)
