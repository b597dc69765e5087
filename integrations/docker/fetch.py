"""Fetch kubectl and helm for the image, each checked against the digest that is published beside it.

    python fetch.py FOLDER SYSTEM/ARCHITECTURE [NAME=VERSION]...

A program without a version is left out; the folder is made in any case.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import sys
import tarfile
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

SECONDS = 60
#: Where each program is, and where the digest of that file; the host can be a mirror.
KUBECTL = "{host}/release/v{version}/bin/{system}/{machine}/kubectl"
HELM = "{host}/helm-v{version}-{system}-{machine}.tar.gz"
HOSTS = {"kubectl": "https://dl.k8s.io", "helm": "https://get.helm.sh"}
DIGESTS = {"kubectl": ".sha256", "helm": ".sha256sum"}


class FetchError(Exception):
    """A program cannot be had; the text says why."""


def main(words: Sequence[str]) -> int:
    """Fetch what the words name; return 1 where that fails."""
    folder, place, *wanted = words
    Path(folder).mkdir(parents=True, exist_ok=True)
    try:
        for each in wanted:
            name, _, said = each.partition("=")
            if version := said.removeprefix("v"):
                path = Path(folder, name)
                path.write_bytes(fetched(name, version, place))
                path.chmod(0o755)
                print(f"fetched {name} {version}")
    except FetchError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def fetched(name: str, version: str, place: str) -> bytes:
    """Return a program. Raises `FetchError`."""
    if name not in HOSTS:
        raise FetchError(f"{name} is not known: expected {' or '.join(HOSTS)}")
    if not re.fullmatch(r"\d+\.\d+\.\d+[\w.-]*", version):
        raise FetchError(f"{name}={version} is no version: expected three numbers, such as {name}=1.34.2")
    system, _, machine = place.partition("/")
    host = os.environ.get(f"{name.upper()}_HOST") or HOSTS[name]
    pattern = KUBECTL if name == "kubectl" else HELM
    address = pattern.format(host=host, version=version, system=system, machine=machine)
    content = read(address)
    said = read(address + DIGESTS[name]).split()
    found = hashlib.sha256(content).hexdigest()
    if not said or said[0].decode("ascii", "replace") != found:
        raise FetchError(f"{address} is not what its digest says: it has {found}")
    if name == "kubectl":
        return content
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        program = archive.extractfile(f"{system}-{machine}/helm")
        assert program is not None
        return program.read()


def read(address: str) -> bytes:
    """Return what is at an address. Raises `FetchError`."""
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as response:
            content: bytes = response.read()
            return content
    except (OSError, ValueError) as error:
        reason = f"{error.code} {error.reason}" if isinstance(error, urllib.error.HTTPError) else error
        raise FetchError(f"{address} cannot be fetched: {reason}") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
