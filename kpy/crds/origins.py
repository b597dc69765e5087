"""Where definitions come from: files, folders, standard input, addresses, charts, clusters."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from kpy.documents import find_files, read_limited
from kpy.errors import ClusterError, LoadError

if TYPE_CHECKING:
    from kpy.kubectl import Transport

__all__ = ["Origin", "is_address", "read_address", "read_cluster", "read_place"]

#: How long an address is waited for, in seconds, and how much it may send.
_TIMEOUT = 60.0
_MOST = 128 << 20


class Origin(NamedTuple):
    """A text with definitions, and where it came from."""

    #: What kpy.lock says: a path from the folder of the project, an address, a chart.
    source: str
    #: What messages say: the file as it was named.
    file: str
    content: bytes
    #: Whether a cluster wrote it.
    is_of_cluster: bool = False


def is_address(word: str) -> bool:
    """Return whether a word is an address and no path."""
    return word.partition("://")[0].lower() in ("http", "https") and "://" in word


def read_place(place: str, folder: str) -> Iterator[Origin]:
    """Yield the files at a path, or what comes from standard input for `-`; `folder` is that of the project.

    Raises `LoadError` for what cannot be read.
    """
    if place == "-":
        yield Origin("standard input", "<stdin>", read_limited(sys.stdin.buffer))
        return
    if not os.path.exists(place):
        raise LoadError(f"{place}: there is no such file or folder")
    is_folder = os.path.isdir(place)
    for file in find_files(place) if is_folder else (place,):
        try:
            with open(file, "rb") as stream:
                yield Origin(_from_project(file, folder), file, read_limited(stream))
        except OSError as error:
            raise LoadError(f"{file}: it cannot be read: {error.strerror or error}") from None


def _from_project(file: str, folder: str) -> str:
    """Return a file from the folder of the project; one that is elsewhere by its name, as others have no such path."""
    path = os.path.relpath(os.path.abspath(file), os.path.abspath(folder or "."))
    return os.path.basename(file) if path.startswith("..") else path.replace(os.sep, "/")


def read_address(address: str) -> Origin:
    """Return what is at an address. Raises `LoadError` for what cannot be had, and for what is not encrypted."""
    from urllib.error import URLError
    from urllib.parse import urlsplit
    from urllib.request import Request, urlopen

    parts = urlsplit(address)
    if parts.scheme.lower() != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise LoadError(f"{address}: kpy fetches by https alone, so that nobody on the way changes what it gets")
    if parts.username or parts.password:
        raise LoadError(
            f"{parts.hostname}: an address with a password in it would stand in kpy.lock: fetch it yourself"
        )
    try:
        with urlopen(Request(address, headers={"User-Agent": "kpy"}), timeout=_TIMEOUT) as answer:
            content: bytes = answer.read(_MOST + 1)
            is_page = "text/html" in answer.headers.get("Content-Type", "")
    except (URLError, OSError, ValueError) as error:
        raise LoadError(f"{address}: it cannot be fetched: {getattr(error, 'reason', None) or error}") from None
    if len(content) > _MOST:
        raise LoadError(f"{address}: it has more than {_MOST >> 20} MiB")
    if is_page:
        raise LoadError(f"{address}: this is a web page{_raw(address)}")
    return Origin(address, address, content)


def _raw(address: str) -> str:
    """Return what to name instead of a page of GitHub."""
    if address.startswith("https://github.com/") and "/blob/" in address:
        raw = address.replace("https://github.com/", "https://raw.githubusercontent.com/").replace("/blob/", "/", 1)
        return f": name the file itself, {raw}"
    return ": name the file itself"


def read_cluster(kubectl: Transport, context: str | None) -> Origin:
    """Return the definitions of a cluster. Raises `ClusterError` when it does not give them."""
    from kpy.kubectl.failures import failure_of

    answer = kubectl.run(["get", "customresourcedefinitions.apiextensions.k8s.io", "-o", "json"])
    if answer.code != 0:
        raise ClusterError(str(failure_of(answer)))
    source = f"cluster {context}" if context else "cluster"
    return Origin(source, f"<{source}>", answer.out.encode(), is_of_cluster=True)
