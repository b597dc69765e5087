"""Volumes of a pod and where containers mount them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from kpy.importing.writer import Steps, Unwritable, Writer, kpy, list_of, mapping_of, positional, scalar
from kpy.python_source.expressions import Bracket, Item, Node, Text, Variable, literal

__all__ = ["claim_template", "mounts_of", "settle_volumes", "volume"]

_MOUNT = {
    "subPath": "sub_path",
    "subPathExpr": "sub_path_expr",
    "readOnly": "read_only",
    "recursiveReadOnly": "recursive_read_only",
    "mountPropagation": "mount_propagation",
}
_CLAIM = {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}
#: The words that a field can be.
_WORDS = {
    "medium": ("", "Memory"),
    "mountPropagation": ("None", "HostToContainer", "Bidirectional"),
    "pullPolicy": ("Always", "IfNotPresent", "Never"),
    "recursiveReadOnly": ("Disabled", "IfPossible", "Enabled"),
    "type": (
        *("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate"),
        *("File", "FileOrCreate", "Socket"),
    ),
}


def settle_volumes(writer: Writer, spec: dict[str, Any], steps: Steps) -> list[Item]:
    """Return the keyword for those volumes of a pod that do not follow from where they are mounted."""
    volumes = spec.get("volumes")
    if volumes is None:
        return []
    if not isinstance(volumes, list):
        raise Unwritable("`volumes` is no list")
    names = [each.get("name") if isinstance(each, dict) else None for each in volumes]
    if not all(isinstance(name, str) for name in names) or len({*names}) < len(names):
        raise Unwritable("a volume has no name of its own")
    inline = _inline(writer, spec, [str(name) for name in names])
    explicit = []
    for at, each in enumerate(volumes):
        try:
            made = volume(writer, each, (*steps, at))
        except Unwritable as problem:
            made = writer.as_mapping(each, (*steps, at), problem)
        if each["name"] in inline:
            writer.volumes[each["name"]] = _mountable(made, each["name"])
        else:
            explicit.append((at, made))
    if not explicit and volumes:
        return []
    items = tuple(Item(made, "", (*steps, at)) for at, made in explicit)
    return [Item(Bracket(None, "[]", items), "volumes=", steps)]


def _inline(writer: Writer, spec: dict[str, Any], names: list[str]) -> set[str]:
    """Return the volumes that can be written where they are mounted, in an order that stays what it is."""
    if not writer.options.derives_volumes:
        return set()
    mounted = [
        mount.get("name")
        for key in ("containers", "initContainers")
        for container in _dicts(spec.get(key))
        for field in ("volumeDevices", "volumeMounts")
        for mount in _dicts(container.get(field))
    ]
    count = Counter(mounted)
    once = [name for name in mounted if count[name] == 1 and name in names]
    for cut in range(len(names) + 1):
        rest = names[cut:]
        if [name for name in once if name in rest] == rest:
            return {*rest}
    return set()


def _mountable(made: Node, name: str) -> Node:
    """Return what stands where a volume is mounted: the object itself, where the volume has its name."""
    if isinstance(made, Bracket) and isinstance(made.head, Variable) and made.head.rest == ".volume" and not made.items:
        return made.head._replace(rest="")
    return made


def mounts_of(writer: Writer, key: str, value: Any, steps: Steps) -> Item:
    """Return the keyword for what a container mounts."""
    path, keyword = ("mountPath", "mounts") if key == "volumeMounts" else ("devicePath", "devices")
    mounts = _dicts(value)
    paths = [mount.get(path) for mount in mounts]
    is_plain = all(isinstance(each, str) for each in paths) and len({*paths}) == len(paths) and len(mounts) > 0
    if not is_plain or len(mounts) != len(value):
        raise Unwritable(f"`{key}` has a mount without a path of its own")
    pairs = [(mount[path], _mount(writer, mount, path), (*steps, at)) for at, mount in enumerate(mounts)]
    return Item(mapping_of(pairs), f"{keyword}=", steps)


def _mount(writer: Writer, mount: dict[str, Any], path: str) -> Node:
    name = mount.get("name")
    rest = {key: value for key, value in mount.items() if key not in ("name", path) and value is not None}
    if not isinstance(name, str) or not all(_fits_mount(key, value) for key, value in rest.items()):
        raise Unwritable("a mount has fields that kpy does not know")
    source = writer.volumes.get(name, Text(name))
    if not rest:
        return source
    return kpy("Mount", positional(source), *(Item(literal(each), f"{_MOUNT[key]}=") for key, each in rest.items()))


def _fits_mount(key: str, value: object) -> bool:
    if key == "readOnly":
        return isinstance(value, bool)
    return key in _MOUNT and isinstance(value, str) and _is_word(key, value)


def volume(writer: Writer, node: dict[str, Any], steps: Steps) -> Node:
    """Return a volume in short form, or by the field of its source."""
    short = _short(writer, node, steps)
    return short if short is not None else _plain(writer, node, steps)


def _plain(writer: Writer, node: dict[str, Any], steps: Steps) -> Node:
    from kpy.python_source.expressions import Imported

    return writer.model("core/v1 Volume", node, steps, name=Imported("kpy", "Volume"))


def _short(writer: Writer, node: dict[str, Any], steps: Steps) -> Node | None:
    sources = [key for key, value in node.items() if key != "name" and value is not None]
    if len(sources) != 1 or not isinstance(node[sources[0]], dict):
        return None
    source = {key: value for key, value in node[sources[0]].items() if value is not None}
    name = str(node["name"])
    match sources[0], source:
        case "emptyDir", {**rest} if _fits(rest, sizeLimit=(int, str), medium=str):
            limit = [positional(literal(rest["sizeLimit"]))] if "sizeLimit" in rest else []
            return kpy("Volume", positional(Text(name)), *limit, *_given(rest, medium="medium"), rest=".empty_dir")
        case "hostPath", {"path": str() as path, **rest} if _fits(rest, type=str):
            more = _given(rest, type="type")
            return kpy("Volume", positional(Text(name)), positional(Text(path)), *more, rest=".host_path")
        case "nfs", {"server": str(), "path": str(), **rest} if _fits(rest, readOnly=bool):
            more = _given(source, server="server", path="path", readOnly="read_only")
            return kpy("Volume", positional(Text(name)), *more, rest=".nfs")
        case "image", {"reference": str() as reference, **rest} if _fits(rest, pullPolicy=str):
            more = _given(rest, pullPolicy="pull_policy")
            return kpy("Volume", positional(Text(name)), positional(Text(reference)), *more, rest=".image")
        case "csi", {"driver": str() as driver, **rest} if _fits(
            rest, volumeAttributes=dict, fsType=str, readOnly=bool
        ):
            more = _given(rest, volumeAttributes="attributes", fsType="fs_type", readOnly="read_only")
            return kpy("Volume", positional(Text(name)), positional(Text(driver)), *more, rest=".csi")
        case "configMap", {"name": str() as target, **rest}:
            return _of_object(writer, "ConfigMap", target, name, rest)
        case "secret", {"secretName": str() as target, **rest}:
            return _of_object(writer, "Secret", target, name, rest)
        case "persistentVolumeClaim", {"claimName": str() as target, **rest} if _fits(rest, readOnly=bool):
            claim = writer.named("PersistentVolumeClaim", target)
            items = [] if name == target else [Item(Text(name), "name=")]
            items += _given(rest, readOnly="read_only")
            return Bracket(claim._replace(rest=".volume"), "()", tuple(items))
        case "downwardAPI", {"items": [*files], **rest} if _fits(rest, defaultMode=int):
            return _downward(name, files, rest)
        case "projected", {"sources": [*_], **rest} if _fits(rest, defaultMode=int):
            return _projected(writer, name, source, (*steps, "projected"))
        case "ephemeral", {"volumeClaimTemplate": dict() as template, **rest} if not rest:
            made = claim_template(writer, {"metadata": {"name": name}, **template}, steps)
            if made is None or not template.keys() <= {"spec"}:
                return None
            return kpy("Volume", positional(made), rest=".ephemeral")
    return None


def _of_object(writer: Writer, kind: str, target: str, name: str, rest: dict[str, Any]) -> Node | None:
    if not _fits(rest, items=list, defaultMode=int, optional=bool) or not target:
        return None
    items = [] if name == target.replace(".", "-") else [Item(Text(name), "name=")]
    if "items" in rest:
        keys = _items(rest["items"])
        if keys is None:
            return None
        items.append(Item(keys, "items="))
    items += _given(rest, defaultMode="default_mode", optional="optional")
    return Bracket(writer.named(kind, target)._replace(rest=".volume"), "()", tuple(items))


def _items(said: list[Any]) -> Node | None:
    pairs = [(each.get("key"), each.get("path")) for each in _dicts(said) if each.keys() == {"key", "path"}]
    if len(pairs) < len(said) or len({key for key, _ in pairs}) < len(pairs):
        return None
    if not all(isinstance(part, str) for pair in pairs for part in pair):
        return None
    return mapping_of((str(key), Text(str(path)), None) for key, path in pairs)


def _downward(name: str, files: list[Any], rest: dict[str, Any]) -> Node | None:
    pairs = []
    for each in files:
        match each:
            case {"path": str() as path, "fieldRef": {"fieldPath": str() as field, **more}, **others} if not (
                more or others
            ):
                pairs.append((path, Text(field), None))
            case _:
                return None
    if len({path for path, _, _ in pairs}) < len(files):
        return None
    items = (positional(Text(name)), positional(mapping_of(pairs)), *_given(rest, defaultMode="default_mode"))
    return kpy("Volume", *items, rest=".downward")


def _projected(writer: Writer, name: str, source: dict[str, Any], steps: Steps) -> Node | None:
    made = []
    for at, each in enumerate(source["sources"]):
        one = _projection(writer, each, (*steps, "sources", at))
        if one is None:
            return None
        made.append(one)
    more = _given(source, defaultMode="default_mode")
    return kpy("Volume", positional(Text(name)), positional(list_of(made)), *more, rest=".projected")


def _projection(writer: Writer, said: Any, steps: Steps) -> Node | None:
    if not isinstance(said, dict) or len(said) != 1:
        return None
    (key,) = said
    inner = said[key]
    if not isinstance(inner, dict):
        return None
    match key, inner:
        case (("configMap" | "secret"), {"name": str() as target, **rest}) if _fits(rest, items=list, optional=bool):
            kind = "ConfigMap" if key == "configMap" else "Secret"
            made = _of_object(writer, kind, target, target.replace(".", "-"), rest)
            return None if made is None else _mountable(made, target)
        case "serviceAccountToken", _:
            return writer.model("core/v1 ServiceAccountTokenProjection", inner, (*steps, key))
        case "downwardAPI", _:
            return writer.model("core/v1 DownwardAPIProjection", inner, (*steps, key))
        case "clusterTrustBundle", _:
            return writer.model("core/v1 ClusterTrustBundleProjection", inner, (*steps, key))
    return None


def claim_template(writer: Writer, node: Any, steps: Steps) -> Node | None:
    """Return a claim that is made for each pod; some say their version and kind, as a server fills them in."""
    if not isinstance(node, dict):
        return None
    head = {key: node[key] for key in ("apiVersion", "kind") if node.get(key) is not None}
    if head not in ({}, _CLAIM) or any(
        value for key, value in node.items() if key not in (*_CLAIM, "metadata", "spec")
    ):
        return None
    made = writer.construct(writer, "Claim", {key: node[key] for key in node if key in ("metadata", "spec")}, steps)
    assert isinstance(made, Bracket)
    return made._replace(items=(*made.items, Item(literal(True), "with_kind="))) if head else made


def _given(node: dict[str, Any], **names: str) -> list[Item]:
    return [Item(scalar(key, node[key]), f"{name}=") for key, name in names.items() if key in node]


def _fits(rest: dict[str, Any], **types: type | tuple[type, ...]) -> bool:
    """Return whether there are no other fields than these, each with a value that type checkers take."""
    return all(key in types and _is_of(value, types[key]) and _is_word(key, value) for key, value in rest.items())


def _is_of(value: object, types: type | tuple[type, ...]) -> bool:
    return isinstance(value, types) and (types is bool or not isinstance(value, bool))


def _is_word(key: str, value: object) -> bool:
    words = _WORDS.get(key)
    return words is None or value in words


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
