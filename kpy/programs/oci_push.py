"""Images sent to a registry by the real oras, or by crane, with the credentials that these have."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from kpy.errors import KpyError
from kpy.programs.program import Program, ProgramError, find_program

__all__ = ["PushError", "Pusher", "find_pusher"]

_TIMEOUT: Final = 300.0
_LONGEST: Final = 400
_DIGEST: Final = re.compile(r"\bsha256:[0-9a-f]{64}\b")
_LOOPBACK: Final = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")

_DENIED: Final = re.compile(
    r"\b40[13]\b|unauthorized|denied|forbidden|credential not found|authentication required", re.IGNORECASE
)
_MISSING: Final = re.compile(r"\b404\b|not found|MANIFEST_UNKNOWN|NAME_UNKNOWN", re.IGNORECASE)
_CERTIFICATE: Final = re.compile(r"x509|certificate|tls: |server gave HTTP response", re.IGNORECASE)
_UNREACHABLE: Final = re.compile(
    r"no such host|connection refused|i/o timeout|network is unreachable|no route to host|deadline exceeded|\bEOF\b"
)
#: What may be a credential in the words of a program: user and password in an address, and tokens.
_CREDENTIAL: Final = re.compile(r"(?<=://)[^/@\s\"]+@|\b(?:Bearer|Basic) [A-Za-z0-9+/=._~-]+|[?&][^\s\"]+")


class PushError(KpyError, OSError):
    """An image that cannot be sent, or asked for; the text says why, and what to do."""

    def __init__(self, text: str, *, is_refusal: bool = False) -> None:
        super().__init__(text)
        #: Whether the registry has answered, and refuses.
        self.is_refusal = is_refusal


class Pusher(NamedTuple):
    """A program that sends images."""

    program: Program
    #: Arguments that send the image with a digest of a layout, and those that ask for the digest of an image; the last
    #: one says whether the registry speaks plain HTTP.
    to_push: Callable[[str, str, str, bool], Sequence[str]]
    to_resolve: Callable[[str, bool], Sequence[str]]
    #: What logs in to a registry.
    login: str

    def resolve(self, image: str) -> str:
        """Return the digest of `HOST/PATH:TAG` in its registry; empty where there is no such image.

        Raises `PushError` when the registry refuses or cannot be reached, and `ProgramError`.
        """
        done = self.program.run(self.to_resolve(image, _is_plain(image)), timeout=_TIMEOUT)
        found = _DIGEST.search(done.out)
        if done.code == 0 and found is not None:
            return found[0]
        if _MISSING.search(done.err) and not _DENIED.search(done.err):
            return ""
        raise self._error(done.err, image)

    def push(self, folder: str, digest: str, image: str) -> None:
        """Send the image with a digest of an OCI layout to a registry, as `HOST/PATH:TAG`.

        Raises `PushError` when the registry does not take it, and `ProgramError`.
        """
        done = self.program.run(self.to_push(folder, digest, image, _is_plain(image)), timeout=_TIMEOUT)
        if done.code:
            raise self._error(done.err, image)
        if digest not in _DIGEST.findall(f"{done.out}\n{done.err}"):
            raise PushError(f"{image}: {self.program.name} does not say that the registry has {digest} now")

    def _error(self, said: str, image: str) -> PushError:
        lines = [line for line in said.strip().splitlines() if line and "retrying" not in line]
        text = _CREDENTIAL.sub("...", " ".join(" ".join(lines).removeprefix("Error: ").split()))
        text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
        host = image.partition("/")[0]
        if _DENIED.search(text):
            login = f"`{self.login} {host}`"
            return PushError(f"{image}: {host} refuses access: check the name, and log in by {login}", is_refusal=True)
        if _CERTIFICATE.search(text):
            return PushError(f"{image}: {host} is not known to be the one: kpy sends by https alone, and {text}")
        if _UNREACHABLE.search(text):
            return PushError(f"{image}: {host} cannot be reached: {text}")
        name = self.program.name
        return PushError(f"{image}: {host} does not take it: {text or f'{name} does not say why'}", is_refusal=True)


def find_pusher() -> Pusher:
    """Return oras, or crane where there is no oras. Raises `ProgramError` where there is neither."""
    for find in (_oras, _crane):
        try:
            return find()
        except ProgramError:
            continue
    raise ProgramError(
        "images are sent by oras or by crane, and neither is on PATH: install one, https://oras.land/docs/installation"
    )


def _oras() -> Pusher:
    def push(folder: str, digest: str, image: str, is_plain: bool) -> Sequence[str]:
        plain = ["--to-plain-http"] if is_plain else []
        return ["cp", "--no-tty", *plain, "--from-oci-layout", f"{folder}@{digest}", image]

    def resolve(image: str, is_plain: bool) -> Sequence[str]:
        return ["resolve", *(["--plain-http"] if is_plain else []), image]

    return Pusher(find_program("oras"), push, resolve, "oras login")


def _crane() -> Pusher:
    def push(folder: str, digest: str, image: str, is_plain: bool) -> Sequence[str]:
        return ["push", folder, image]  # it takes plain http on loopback by itself, and layouts with one image

    def resolve(image: str, is_plain: bool) -> Sequence[str]:
        return ["digest", image]

    return Pusher(find_program("crane"), push, resolve, "crane auth login")


def _is_plain(image: str) -> bool:
    """Return whether a registry is on this machine, where nobody is on the way, so that it needs no https."""
    return _LOOPBACK.fullmatch(image.partition("/")[0]) is not None
