"""Secrets, of every built-in type."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Unpack

from kpy.api.core import v1 as core
from kpy.constructs.content import Hashed, env_file, literal, read_files
from kpy.constructs.fields.secret import SecretFields
from kpy.constructs.object import Home, Object
from kpy.constructs.volumes import Volume, to_items
from kpy.errors import ArgumentError

if TYPE_CHECKING:
    from kpy.constructs.fields.secret import SecretArguments

__all__ = ["Secret"]


def _encoded(literals: Mapping[str, str | bytes | int | float]) -> dict[str, str]:
    return {key: b64encode(_to_bytes(value, f"the value of {key!r}")).decode() for key, value in literals.items()}


def _to_bytes(value: str | bytes | int | float, what: str) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return literal(value, what).encode()
    except UnicodeEncodeError as problem:
        raise ArgumentError(f"{what} cannot be encoded: it has half of a character at {problem.start}") from problem


def _typed(type_name: str, arguments: SecretArguments) -> SecretArguments:
    typed: SecretArguments = {"type": type_name}
    typed |= arguments
    return typed


class Secret(Hashed, SecretFields, Object):
    """Passwords, tokens and keys for pods; `data` is base64, `from_literals` encodes.

        secret = chart.add(Secret.from_literals("db", {"password": read_from_your_vault()}))
        Container(image="...", env={"PGPASSWORD": secret["password"]})

    https://kubernetes.io/docs/concepts/configuration/secret/
    """

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "Secret"
    _homes: ClassVar[tuple[Home, ...]] = ((SecretFields, ()),)

    @classmethod
    def from_literals(
        cls, name: str, literals: Mapping[str, str | bytes | int | float], **arguments: Unpack[SecretArguments]
    ) -> Secret:
        """Return an `Opaque` Secret of plain texts, numbers or bytes by key, encoded to base64."""
        return cls(name, data=_encoded(literals), **_typed("Opaque", arguments))

    @classmethod
    def from_files(
        cls, name: str, *files: str | Path | Mapping[str, str | Path], **arguments: Unpack[SecretArguments]
    ) -> Secret:
        """Return an `Opaque` Secret of files; see `ConfigMap.from_files`."""
        texts, binaries = read_files(files)
        return cls.from_literals(name, {**texts, **binaries}, **arguments)

    @classmethod
    def from_env_file(cls, name: str, file: str | Path, **arguments: Unpack[SecretArguments]) -> Secret:
        """Return an `Opaque` Secret of the `KEY=value` lines of a file."""
        return cls.from_literals(name, env_file(file), **arguments)

    @classmethod
    def basic_auth(cls, name: str, username: str, password: str, **arguments: Unpack[SecretArguments]) -> Secret:
        """Return a Secret of type `kubernetes.io/basic-auth`."""
        data = {"username": username, "password": password}
        return cls(name, data=_encoded(data), **_typed("kubernetes.io/basic-auth", arguments))

    @classmethod
    def ssh_auth(cls, name: str, private_key: str, **arguments: Unpack[SecretArguments]) -> Secret:
        """Return a Secret of type `kubernetes.io/ssh-auth`."""
        data = _encoded({"ssh-privatekey": private_key})
        return cls(name, data=data, **_typed("kubernetes.io/ssh-auth", arguments))

    @classmethod
    def tls(cls, name: str, certificate: str, key: str, **arguments: Unpack[SecretArguments]) -> Secret:
        """Return a Secret of type `kubernetes.io/tls` from PEM texts."""
        data = _encoded({"tls.crt": certificate, "tls.key": key})
        return cls(name, data=data, **_typed("kubernetes.io/tls", arguments))

    @classmethod
    def docker_registry(
        cls,
        name: str,
        *,
        server: str,
        username: str,
        password: str,
        email: str | None = None,
        **arguments: Unpack[SecretArguments],
    ) -> Secret:
        """Return a Secret of type `kubernetes.io/dockerconfigjson`, for `image_pull_secrets`."""
        auth = b64encode(_to_bytes(f"{username}:{password}", "the login")).decode()
        login = {"username": username, "password": password, **({"email": email} if email else {}), "auth": auth}
        config = json.dumps({"auths": {server: login}})
        data = _encoded({".dockerconfigjson": config})
        return cls(name, data=data, **_typed("kubernetes.io/dockerconfigjson", arguments))

    @classmethod
    def service_account_token(cls, name: str, account: str, **arguments: Unpack[SecretArguments]) -> Secret:
        """Return a Secret that the cluster fills with a long-lived token of a service account."""
        settled = _typed("kubernetes.io/service-account-token", arguments)
        named = {"kubernetes.io/service-account.name": account}
        settled["annotations"] = {**named, **(arguments.get("annotations") or {})}
        return cls(name, **settled)

    def __getitem__(self, key: str) -> core.EnvVarSource:
        """Return the value of a key, for `env`."""
        return self.value(key)

    def value(self, key: str, *, optional: bool | None = None) -> core.EnvVarSource:
        """Return the value of a key, for `env`; with `optional` the variable is left out when there is no such key."""
        return core.EnvVarSource(secret_key_ref=core.SecretKeySelector(name=self, key=key, optional=optional))

    def env(self, *, prefix: str | None = None, optional: bool | None = None) -> core.EnvFromSource:
        """Return all keys as variables, for `env_from`, each with a prefix."""
        return core.EnvFromSource(prefix=prefix, secret_ref=core.SecretEnvSource(name=self, optional=optional))

    def volume(
        self,
        *,
        name: str | None = None,
        items: Mapping[str, str] | None = None,
        default_mode: int | None = None,
        optional: bool | None = None,
    ) -> Volume:
        """Return a volume of the keys as files; `items` picks keys and names their paths."""
        source = core.SecretVolumeSource(
            secret_name=self, items=to_items(items), default_mode=default_mode, optional=optional
        )
        return Volume(name=name or self.name, secret=source)
