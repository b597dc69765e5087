"""Where charts come from: registries, repositories, addresses of archives, archives on this machine."""

from __future__ import annotations

import os
import re
from hashlib import sha256
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from kpy.errors import LoadError
from kpy.programs import ProgramError, find_program
from kpy.programs.helm_pull import PullError, is_loopback, pull

__all__ = ["Source", "fetch", "is_exact", "source_of"]

_TAG: Final = re.compile(r"(oci://.*/[^/:@]+):([^/:@]+)")
_EXACT: Final = re.compile(r"v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?")


class Source(NamedTuple):
    """Where a chart comes from."""

    #: What kpy.lock says: the address of a chart in a registry, of a repository or an archive, or a path.
    address: str
    #: The name of the chart in a repository; empty for all others.
    name: str = ""
    #: The file that it is read from; empty for what is fetched.
    file: str = ""

    @property
    def is_fetched(self) -> bool:
        """Whether it comes over the network."""
        return not self.file

    @property
    def has_versions(self) -> bool:
        """Whether there is more than one version of it."""
        return self.is_fetched and not self.address.endswith((".tgz", ".tar.gz"))


def source_of(word: str, *, repository: str = "", version: str = "", folder: str = "") -> tuple[Source, str]:
    """Return where a chart comes from, and the version that is asked for; `folder` is that of the project.

    Raises `LoadError` for what kpy does not fetch.
    """
    if repository:
        _check_address(repository, "--repo ")
        if "://" in word or word.endswith(".tgz") or "/" in word:
            raise LoadError(f"{word}: with --repo give the name of a chart in {repository}, and no address")
        return Source(repository.rstrip("/"), word), version
    if "://" not in word:
        return _file(word, folder), version
    tagged = _TAG.fullmatch(word)
    if tagged:
        word, tag = tagged.groups()
        if version not in ("", tag):
            raise LoadError(f"{word}: two versions are asked for, {tag} and {version}")
        version = tag
    _check_address(word)
    if not word.startswith("oci://") and not word.endswith((".tgz", ".tar.gz")):
        raise LoadError(f"{word}: for a repository, say `kpy vendor --repo {word} NAME`")
    return Source(word.rstrip("/")), version


def _file(word: str, folder: str) -> Source:
    if os.path.isdir(word):
        raise LoadError(
            f"{word}: a chart of your own is taken as it is, `Helm(..., {word.rstrip('/')!r})`; to pin it, "
            f"run `helm package {word}`, and give the archive"
        )
    if not os.path.exists(word):
        hint = "" if word.endswith(".tgz") else "; say oci://HOST/PATH/NAME, or --repo https://... NAME"
        raise LoadError(f"{word}: there is no such file{hint}")
    path = os.path.relpath(os.path.abspath(word), os.path.abspath(folder or "."))
    shown = os.path.basename(word) if path.startswith("..") else path.replace(os.sep, "/")
    return Source(shown, file=word)


def _check_address(address: str, what: str = "") -> None:
    """Refuse what is not encrypted, what has a password in it, and what is no address."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise LoadError(f"{what}{address!r}: this is no address") from None
    if parts.username or parts.password:
        raise LoadError(
            f"{what}{host}: an address with a password in it would stand in kpy.lock: "
            f"leave it out, and log in by `helm registry login {host}`"
        )
    if parts.scheme == "http" and not is_loopback(address):
        raise LoadError(f"{what}{address}: kpy fetches by https alone, so that nobody on the way changes what it gets")
    if parts.scheme not in ("oci", "http", "https") or not host:
        raise LoadError(f"{what}{address}: expected oci://HOST/PATH/NAME, or https://...")


def fetch(source: Source, version: str = "") -> bytes:
    """Return the archive of a chart. Raises `LoadError` when it cannot be had."""
    if source.file:
        try:
            with open(source.file, "rb") as file:
                return file.read()
        except OSError as error:
            raise LoadError(f"{source.file}: it cannot be read: {error.strerror or error}") from None
    is_archive = not source.has_versions
    try:
        helm = find_program("helm")
    except ProgramError as error:
        raise LoadError(
            f"{source.address}: kpy fetches charts by helm ({error}): install helm, or fetch the archive yourself "
            "and give the file"
        ) from None
    try:
        chart = source.name or source.address
        content = pull(
            helm, chart, repository=source.address if source.name else "", version="" if is_archive else version
        )
    except (PullError, ProgramError) as error:
        raise LoadError(str(error)) from None
    if source.name:
        _check_index(source, content)
    return content


def is_exact(version: str) -> bool:
    """Return whether a text is one version, and no range."""
    return _EXACT.fullmatch(version) is not None


def _check_index(source: Source, content: bytes) -> None:
    """Refuse an archive that is not the one that the index of its repository names; helm itself does not look."""
    from kpy.crds.origins import read_address

    try:
        index = read_address(f"{source.address}/index.yaml").content
    except LoadError:  # it asks for credentials that only helm has
        return
    if b"digest:" in index and sha256(content).hexdigest().encode() not in index and _has_digest(index, source.name):
        raise LoadError(
            f"{source.name} in {source.address}: the archive is not the one that the index names, by its digest: "
            "it was changed on the way, or the repository is broken; nothing was changed"
        )


def _has_digest(index: bytes, name: str) -> bool:
    """Return whether an index gives the digest of each version of a chart."""
    import yaml

    try:
        tree = yaml.load(index, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        entries = tree["entries"][name]
        return all(bool(entry.get("digest")) for entry in entries)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError):
        return False
