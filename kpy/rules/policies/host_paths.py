"""Files and folders of the node that a pod gets to see."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import normpath
from typing import Final

from kpy.checking.check import Check
from kpy.checking.policies import policy
from kpy.diagnostics import Severity
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.policies.standards import once

__all__: list[str] = []

_GROUPS: Final = ("security",)
_SOURCE: Final = "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath"
_POD: Final = "core/v1 PodSpec"
_SOCKETS: Final = (
    "/run/containerd/containerd.sock",
    "/run/cri-dockerd.sock",
    "/run/crio/crio.sock",
    "/run/docker.sock",
    "/run/dockershim.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/podman/podman.sock",
)
#: Folders with a socket of the runtime directly in them, as people mount them.
_SOCKET_FOLDERS: Final = frozenset(
    {"/run/containerd", "/run/crio", "/run/docker", "/run/k3s/containerd", "/run/podman"}
)
#: What is in folders of the node that nobody else should see or change.
_SENSITIVE: Final = {
    "/": "all files of the node",
    "/boot": "the kernel of the node",
    "/dev": "the devices of the node",
    "/etc": "the configuration of the node, with its passwords and keys",
    "/etc/kubernetes": "the certificates and tokens of the node's Kubernetes",
    "/home": "the files of the node's users",
    "/lib": "the libraries and kernel modules of the node",
    "/lib64": "the libraries of the node",
    "/proc": "the processes of the node, with their variables",
    "/root": "the files of the node's root",
    "/run": "the sockets of the node, that of the container runtime among them",
    "/sys": "the kernel's settings on the node",
    "/usr": "the programs of the node",
    "/var": "the data of the node, the Secrets of all its pods among them",
    "/var/lib": "the data of the node, the Secrets of all its pods among them",
    "/var/lib/containerd": "the files of all containers of the node",
    "/var/lib/docker": "the files of all containers of the node",
    "/var/lib/etcd": "the database of the cluster, with all its Secrets",
    "/var/lib/kubelet": "the Secrets and tokens of all pods of the node",
    "/var/lib/kubelet/pki": "the certificates of the node",
    "/var/lib/kubelet/pods": "the Secrets and tokens of all pods of the node",
}


def _paths(spec: Tree, at: Path) -> Iterator[tuple[Tree, str, Path]]:
    """Yield the volumes from the node, with their path in its shortest form, `/run` for `/var/run`, and its place."""
    for index, volume in enumerate(spec.get("volumes") or ()):
        path = (volume.get("hostPath") or {}).get("path") or ""
        if path.startswith("/"):
            short = normpath(path).replace("//", "/")
            short = short.removeprefix("/var") if short.startswith("/var/run") else short
            yield volume, short, at + "volumes" + index + "hostPath" + "path"


def _is_socket(path: str) -> bool:
    return path in _SOCKETS or path in _SOCKET_FOLDERS


@policy("runtime-socket-mounted", on=_POD, source=_SOURCE, groups=_GROUPS)
def runtime_socket_mounted(spec: Tree, at: Path, check: Check) -> None:
    """A pod mounts the socket of the container runtime: Docker, containerd, CRI-O or Podman.

    Why: Whoever can write to it can start any container with any right, and so owns the node; mounted read-only, too,
    since that is about the file and not about what is sent to it.
    """
    for volume, path, place in _paths(spec, at):
        if _is_socket(path):
            message = (
                f'volume "{volume.get("name")}" is the socket of the container runtime: it gives control of the node'
            )
            fix = "build images without a daemon, and ask the API server about pods"
            check.report(place, message, fix=fix, topic=once(place.parent))


@policy("sensitive-host-path", on=_POD, source=_SOURCE, groups=_GROUPS)
def sensitive_host_path(spec: Tree, at: Path, check: Check) -> None:
    """A pod mounts a folder of the node that has its keys, programs, devices or the data of all pods.

    It is a note where all containers mount it read-only, as those do that watch a node. Folders of logs, and those that
    a pod has for itself, are not reported.

    Why: Whoever can write there can change what runs on the node, and whoever can read there finds keys to more.
    """
    for volume, path, place in _paths(spec, at):
        what = _SENSITIVE.get(path)
        if what is not None:
            name = volume.get("name") or ""
            message = f'volume "{name}" is {path} of the node: {what}'
            severity: Severity | None = "note" if _is_read_only(spec, name) else None
            fix = "mount only the folder that is needed, with `readOnly: true`"
            check.report(place, message, fix=fix, severity=severity, topic=once(place.parent))


def _is_read_only(spec: Tree, volume: str) -> bool:
    mounts = [
        mount
        for field in ("initContainers", "containers", "ephemeralContainers")
        for container in spec.get(field) or ()
        for mount in container.get("volumeMounts") or ()
        if mount.get("name") == volume
    ]
    return bool(mounts) and all(mount.get("readOnly") is True for mount in mounts)
