"""Volumes of a pod, and where containers mount them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Union

from kpy.api.core import v1 as core
from kpy.constructs.sources import EnvSource, MountSource, StoragePattern
from kpy.errors import ArgumentError
from kpy.model.fields import Accepts, accepts
from kpy.model.lists import Several, to_list
from kpy.model.mappings import as_model, as_models
from kpy.model.model import Model
from kpy.model.plain import Sink
from kpy.model.typing import JsonObject

if TYPE_CHECKING:
    from kpy.model.typing import QuantityInput

__all__ = [
    "Devices",
    "Mount",
    "Mountable",
    "Mounts",
    "MountsInput",
    "ProjectionInput",
    "Volume",
    "to_items",
    "to_source",
    "to_volume_mounts",
    "volume_of",
]

HostPathType = Literal[
    "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"
]
Source = MountSource | core.Volume | JsonObject | str
Mountable = Union[Source, "Mount"]
#: Paths in the container to what is mounted there.
MountsInput = Mapping[str, Mountable]


#: What a projected volume puts together.
ProjectionInput = (
    EnvSource
    | JsonObject
    | core.Volume
    | core.VolumeProjection
    | core.ServiceAccountTokenProjection
    | core.DownwardAPIProjection
    | core.ClusterTrustBundleProjection
)


class Volume(core.Volume):
    """A volume of a pod; give the same value to several containers to share it.

        cache = Volume.empty_dir("cache")
        Container(image="nginx", mounts={"/var/cache/nginx": cache})

    Every source of the API is a field: `Volume(name="data", nfs=NFSVolumeSource(server="10.0.0.5", path="/data"))`.

    https://kubernetes.io/docs/concepts/storage/volumes/
    """

    @classmethod  # type: ignore[misc]  # the name of the field it fills
    def empty_dir(  # type: ignore[override]
        cls, name: str, size_limit: QuantityInput | None = None, *, medium: Literal["", "Memory"] | None = None
    ) -> Volume:
        """Scratch space that lives as long as the pod, up to a size; `medium="Memory"` keeps it in memory."""
        return cls(name=name, empty_dir=core.EmptyDirVolumeSource(medium=medium, size_limit=size_limit))

    @classmethod  # type: ignore[misc]  # the name of the field it fills
    def host_path(  # type: ignore[override]
        cls, name: str, path: str, *, type: HostPathType | None = None
    ) -> Volume:
        """A path of the node."""
        return cls(name=name, host_path=core.HostPathVolumeSource(path=path, type=type))

    @classmethod  # type: ignore[misc]  # the name of the field it fills
    def nfs(  # type: ignore[override]
        cls, name: str, *, server: str, path: str, read_only: bool | None = None
    ) -> Volume:
        """An NFS export."""
        return cls(name=name, nfs=core.NFSVolumeSource(server=server, path=path, read_only=read_only))

    @classmethod  # type: ignore[misc]  # the name of the field it fills
    def csi(  # type: ignore[override]
        cls,
        name: str,
        driver: str,
        *,
        attributes: Mapping[str, str] | None = None,
        fs_type: str | None = None,
        read_only: bool | None = None,
    ) -> Volume:
        """An ephemeral volume of a CSI driver."""
        source = core.CSIVolumeSource(
            driver=driver,
            volume_attributes=None if attributes is None else dict(attributes),
            fs_type=fs_type,
            read_only=read_only,
        )
        return cls(name=name, csi=source)

    @classmethod  # type: ignore[misc]  # the name of the field it fills
    def image(  # type: ignore[override]
        cls, name: str, reference: str, *, pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    ) -> Volume:
        """The content of an OCI image or artifact, read-only."""
        return cls(name=name, image=core.ImageVolumeSource(reference=reference, pull_policy=pull_policy))

    @classmethod
    def downward(cls, name: str, items: Mapping[str, str], *, default_mode: int | None = None) -> Volume:
        """Fields of the pod as files: `Volume.downward("info", {"labels": "metadata.labels"})`."""
        files = [
            core.DownwardAPIVolumeFile(path=path, field_ref=core.ObjectFieldSelector(field_path=field_path))
            for path, field_path in items.items()
        ]
        return cls(name=name, downward_api=core.DownwardAPIVolumeSource(items=files, default_mode=default_mode))

    @classmethod  # type: ignore[misc]  # the name of the field it fills
    def projected(  # type: ignore[override]
        cls,
        name: str,
        sources: Several[ProjectionInput],
        *,
        default_mode: int | None = None,
    ) -> Volume:
        """Several ConfigMaps, Secrets and tokens in one folder.

        A source is a ConfigMap or Secret, `config.volume(items=...)` for some of its keys, or the API's own type, such
        as `ServiceAccountTokenProjection(path="token", audience="vault")`.
        """
        projections = [_projection(source) for source in to_list(sources, "`sources` of a projected volume")]
        return cls(name=name, projected=core.ProjectedVolumeSource(sources=projections, default_mode=default_mode))

    @classmethod  # type: ignore[misc]  # the name of the field it fills
    def ephemeral(  # type: ignore[override]
        cls, claim: StoragePattern, *, name: str | None = None
    ) -> Volume:
        """A claim of the pod's own, made and deleted with it: `Volume.ephemeral(Claim("scratch", storage="1Gi"))`.

        The claim is a pattern and is not added to a chart.
        """
        template: Any = claim.to_template()
        source = core.EphemeralVolumeSource(volume_claim_template=template)
        return cls(name=name or claim.name, ephemeral=source)


class Mounts(dict[str, "Mountable"]):
    """What a container mounts, path by path; written when the pod is wired."""

    _key = "volumeMounts"

    def __init__(self, said: MountsInput) -> None:
        if not isinstance(said, Mapping):
            raise ArgumentError(f'expected a mapping of paths to what is there, `{{"/path": ...}}`, not {said!r}')
        made = {path: as_model(core.Volume, source) for path, source in said.items()}
        for path, source in made.items():
            if not isinstance(path, str):
                raise ArgumentError(f'{path!r} stands where the path belongs: write `{{"/path": ...}}`')
            check_mountable(source.source if isinstance(source, Mount) else source)
        super().__init__(made)

    def __kpy_lower__(self, sink: Sink, node: dict[str, Any], key: str) -> None:
        """Leave it to wiring."""
        sink.mount(node, self._key, self)


class Devices(Mounts):
    """The block devices of a container, path by path."""

    _key = "volumeDevices"


class Mount(Model):
    """A mount with more to say than its path.

        mounts={"/etc/app/app.conf": Mount(config, sub_path="app.conf", read_only=True)}

    https://kubernetes.io/docs/concepts/storage/volumes/
    """

    source: Accepts[Source, Source] = accepts("kpy.constructs.volumes:to_source", kw_only=False)
    """What is mounted: a ConfigMap, Secret, claim or `Volume`, or the name of a volume of the pod."""
    sub_path: str | None = None
    """Only this file or folder of the volume; it then does not follow changes of a ConfigMap or Secret."""
    sub_path_expr: str | None = None
    """Only this file or folder of the volume, where `$(NAME)` stands for a variable of the container."""
    read_only: bool | None = None
    """Whether the container can only read it."""
    recursive_read_only: Literal["Disabled", "IfPossible", "Enabled"] | None = None
    """Whether what is mounted below it is read-only as well, where the node can do that."""
    mount_propagation: Literal["None", "HostToContainer", "Bidirectional"] | None = None
    """Whether what is mounted below it later is seen inside, and what the container mounts is seen outside."""

    def to_volume_mount(self, name: str, path: str) -> core.VolumeMount:
        """Return the mount as the API's own type."""
        return core.VolumeMount(
            name=name,
            mount_path=path,
            sub_path=self.sub_path,
            sub_path_expr=self.sub_path_expr,
            read_only=self.read_only,
            recursive_read_only=self.recursive_read_only,
            mount_propagation=self.mount_propagation,
        )


def to_source(said: Source) -> Source:
    """Return what is mounted; a mapping is a volume in the API's names."""
    return as_model(core.Volume, said)


def to_volume_mounts(said: Sequence[core.VolumeMount | JsonObject]) -> list[core.VolumeMount]:
    """Return the API's own mounts, which have a list of their own."""
    if isinstance(said, Mapping):
        raise ArgumentError('expected a list; paths to what is there are `mounts={"/path": ...}`')
    return as_models(core.VolumeMount, to_list(said, "mounts of volumes"))


def check_mountable(source: object) -> None:
    """Raise `ArgumentError` for what cannot be mounted."""
    if isinstance(source, str | core.Volume):
        return
    if isinstance(source, type):
        raise ArgumentError(f"{source.__name__} is a class: write `{source.__name__}(...)`")
    if getattr(source, "kind", None) not in ("ConfigMap", "Secret", "PersistentVolumeClaim"):
        raise ArgumentError(
            f"{source!r} cannot be mounted: expected a ConfigMap, a Secret, a PersistentVolumeClaim, a Volume, "
            f"a Mount, or the name of a volume of the pod"
        )


def volume_of(source: object, name: str) -> core.Volume:
    """Return the volume that holds a ConfigMap, a Secret or a claim."""
    target: Any = source
    match getattr(source, "kind", None):
        case "ConfigMap":
            return core.Volume(name=name, config_map=core.ConfigMapVolumeSource(name=target))
        case "Secret":
            return core.Volume(name=name, secret=core.SecretVolumeSource(secret_name=target))
        case "PersistentVolumeClaim":
            claim = core.PersistentVolumeClaimVolumeSource(claim_name=target)
            return core.Volume(name=name, persistent_volume_claim=claim)
    raise AssertionError(f"{source!r} was not checked")


def to_items(items: Mapping[str, str] | None) -> list[core.KeyToPath] | None:
    """Return a mapping of keys to paths as the API's own type."""
    return None if items is None else [core.KeyToPath(key=key, path=path) for key, path in items.items()]


def _projection(said: object) -> core.VolumeProjection:
    source = as_model(core.VolumeProjection, said)
    target: Any = source
    match source:
        case core.VolumeProjection():
            return source
        case core.ServiceAccountTokenProjection():
            return core.VolumeProjection(service_account_token=source)
        case core.DownwardAPIProjection():
            return core.VolumeProjection(downward_api=source)
        case core.ClusterTrustBundleProjection():
            return core.VolumeProjection(cluster_trust_bundle=source)
        case core.Volume(config_map=core.ConfigMapVolumeSource() as config):
            some = core.ConfigMapProjection(name=config.name, items=config.items, optional=config.optional)
            return core.VolumeProjection(config_map=some)
        case core.Volume(secret=core.SecretVolumeSource() as secret):
            keys = core.SecretProjection(name=secret.secret_name, items=secret.items, optional=secret.optional)
            return core.VolumeProjection(secret=keys)
    match getattr(source, "kind", None):
        case "ConfigMap":
            return core.VolumeProjection(config_map=core.ConfigMapProjection(name=target))
        case "Secret":
            return core.VolumeProjection(secret=core.SecretProjection(name=target))
    raise ArgumentError(
        f"{source!r} cannot be projected: expected a ConfigMap, a Secret, a volume of either, or a VolumeProjection"
    )
