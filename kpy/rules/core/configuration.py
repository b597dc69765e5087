"""ConfigMaps and Secrets: keys, sizes, and what the types of Secrets need."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.formats import config_key_fault, size_of

__all__: list[str] = []

_CONFIG_MAP: Final = "core/v1 ConfigMap"
_SECRET: Final = "core/v1 Secret"
_CONFIG: Final = "https://kubernetes.io/docs/concepts/configuration/configmap/"
_SECRETS: Final = "https://kubernetes.io/docs/concepts/configuration/secret/"
_TYPES: Final = _SECRETS + "#secret-types"

_MOST: Final = 1024 * 1024
_ACCOUNT: Final = "kubernetes.io/service-account.name"
_DOCKER: Final = {
    "kubernetes.io/dockercfg": ".dockercfg",
    "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
}
_TLS: Final = "kubernetes.io/tls"


@rule("config-key", on=_CONFIG_MAP, source=_CONFIG + "#configmap-object")
def config_key(config: Tree, at: Path, check: Check) -> None:
    """The keys of a ConfigMap are letters, digits, dashes, underscores and dots, at most 253: names of files."""
    _check_keys(config, ("data", "binaryData"), at, check)


@rule("config-key-twice", on=_CONFIG_MAP, source=_CONFIG + "#configmap-object")
def config_key_twice(config: Tree, at: Path, check: Check) -> None:
    """A key of a ConfigMap is either in `data` or in `binaryData`."""
    if "binaryData" in config:
        for key in config.get("data", ()):
            if key in config["binaryData"]:
                check.report((at + "data").key(key), f'the key "{key}" is in `data` and in `binaryData`')


@rule("config-too-large", on=_CONFIG_MAP, source=_CONFIG + "#motivation")
def config_too_large(config: Tree, at: Path, check: Check) -> None:
    """The values of a ConfigMap may have 1 MiB together."""
    size = sum(size_of(value) for value in config.get("data", {}).values())
    size += sum(_size(value) for value in config.get("binaryData", {}).values())
    if size > _MOST:
        check.report(at, f"the ConfigMap holds {size} bytes; {_MOST} are allowed", fix="split it, or mount a volume")


@rule("secret-key", on=_SECRET, source=_SECRETS + "#restriction-names-data")
def secret_key(secret: Tree, at: Path, check: Check) -> None:
    """The keys of a Secret are letters, digits, dashes, underscores and dots, at most 253: names of files."""
    _check_keys(secret, ("data", "stringData"), at, check)


@rule("secret-too-large", on=_SECRET, source=_SECRETS + "#restriction-data-size")
def secret_too_large(secret: Tree, at: Path, check: Check) -> None:
    """The values of a Secret may have 1 MiB together."""
    texts = secret.get("stringData", {})
    size = sum(size_of(value) for value in texts.values())
    size += sum(_size(value) for key, value in secret.get("data", {}).items() if key not in texts)
    if size > _MOST:
        check.report(at + "data", f"the Secret holds {size} bytes; {_MOST} are allowed")


@rule("secret-key-required", on=_SECRET, source=_TYPES)
def secret_key_missing(secret: Tree, at: Path, check: Check) -> None:
    """The built-in types of Secrets need certain keys, such as `tls.crt` and `tls.key`."""
    for key in _missing(secret):
        message = f'a Secret of type `{secret["type"]}` needs the key "{key}"'
        check.report((at + "data").key(key), message)


@rule("secret-docker-config", on=_SECRET, source=_TYPES)
def secret_docker_config(secret: Tree, at: Path, check: Check) -> None:
    """The configuration of a registry in a Secret is a JSON object."""
    key = _DOCKER.get(secret.get("type", ""))
    value = None if key is None else _value(secret, key)
    if key is not None and value is not None and not _is_json_object(value):
        place = "stringData" if key in secret.get("stringData", ()) else "data"
        check.report((at + place).key(key), f'the key "{key}" must hold a JSON object', field=(at + "data").key(key))


@rule("secret-account-missing", on=_SECRET, source=_TYPES)
def secret_account_missing(secret: Tree, at: Path, check: Check) -> None:
    """A Secret with a service account's token names the account in an annotation."""
    if secret.get("type") == "kubernetes.io/service-account-token":
        metadata = secret.get("metadata", {})
        if not metadata.get("annotations", {}).get(_ACCOUNT):
            message = f"a service account's token needs the annotation `{_ACCOUNT}`"
            check.report((at + "metadata" + "annotations").key(_ACCOUNT), message)


@rule("secret-tls-not-pem", on=_SECRET, source=_TYPES, severity="warning")
def secret_tls_not_pem(secret: Tree, at: Path, check: Check) -> None:
    """A certificate and its key are in PEM format; a server warns when they are not."""
    if secret.get("type") == _TLS:
        for key in ("tls.crt", "tls.key"):
            value = _value(secret, key)
            if value is not None and b"-----BEGIN " not in value:
                check.report((at + "data").key(key), f'the key "{key}" holds nothing in PEM format')


def _check_keys(owner: Tree, fields: tuple[str, ...], at: Path, check: Check) -> None:
    for name in fields:
        server_field = at + ("data" if name == "stringData" else name)
        for key in owner.get(name, ()):
            if fault := config_key_fault(key):
                check.report((at + name).key(key), f'key "{key}" {fault}', field=server_field.key(key))


def _missing(secret: Tree) -> Iterator[str]:
    """Yield the keys that a Secret lacks for its type."""
    kind = secret.get("type", "")
    keys = {*secret.get("data", ()), *secret.get("stringData", ())}
    if kind in _DOCKER and _DOCKER[kind] not in keys:
        yield _DOCKER[kind]
    elif kind == "kubernetes.io/basic-auth" and not keys & {"username", "password"}:
        yield from ("username", "password")
    elif kind == "kubernetes.io/ssh-auth" and not _value(secret, "ssh-privatekey"):
        yield "ssh-privatekey"
    elif kind == _TLS:
        yield from (key for key in ("tls.crt", "tls.key") if key not in keys)


def _value(secret: Tree, key: str) -> bytes | None:
    """Return what a Secret holds under the key; text beats bytes."""
    if key in secret.get("stringData", ()):
        return str(secret["stringData"][key]).encode(errors="surrogatepass")
    if key in secret.get("data", ()):
        return _decoded(secret["data"][key])
    return None


def _decoded(value: str | list[int]) -> bytes:
    return b64decode(value) if isinstance(value, str) else bytes(value)


def _size(value: str | list[int]) -> int:
    """Return how many bytes a value in base64 has."""
    if isinstance(value, list):
        return len(value)
    letters = len(value) - value.count("\n") - value.count("\r")
    return letters // 4 * 3 - value.count("=")


def _is_json_object(value: bytes) -> bool:
    try:
        value_read = json.loads(value.decode(errors="replace"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return value_read is None or isinstance(value_read, dict)


def _refuse(constant: str) -> None:
    """Refuse the numbers that Python reads though JSON has none of them, such as `NaN`."""
    raise ValueError(constant)
