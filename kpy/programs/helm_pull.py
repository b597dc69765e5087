"""Charts fetched by the real helm, with the credentials that it has, as the archive that was published."""

from __future__ import annotations

import os
import re
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

from kpy.errors import KpyError
from kpy.programs.program import Program

__all__ = ["PullError", "is_loopback", "pull"]

_TIMEOUT: Final = 300.0
_LONGEST: Final = 400
#: Plugins could run anything; addresses of charts need none.
_ENVIRONMENT: Final = {"HELM_NO_PLUGINS": "1", "HELM_PLUGINS": "", "KUBECONFIG": os.devnull}
_NO_VERSION: Final = re.compile(
    r"version \"[^\"]*\" not found|could not locate a version|no chart version found|:[^ ]+: not found", re.IGNORECASE
)
_NO_CHART: Final = re.compile(r"chart \"[^\"]*\" not found|name unknown|status code 404|404 (?:file )?not found", re.I)
_DENIED: Final = re.compile(r"status code 40[13]|unauthorized|denied|basic credential not found", re.IGNORECASE)


class PullError(KpyError, OSError):
    """A chart that cannot be fetched; the text says why, and what to do."""


def pull(helm: Program, chart: str, *, repository: str = "", version: str = "") -> bytes:
    """Return the archive of a chart: `oci://HOST/PATH/NAME`, the address of an archive, or a name in a repository.

    `version` is one, or a range as helm knows them; if none is given, the newest is taken that is no release candidate.
    Raises `PullError` when it cannot be had, and `ProgramError` when helm cannot be run.
    """
    with TemporaryDirectory(prefix="kpy-") as folder:
        words = ["pull", chart, "--destination", os.path.join(folder, "chart")]
        words += ["--repo", repository] if repository else []
        words += ["--version", version] if version else []
        words += ["--plain-http"] if chart.startswith("oci://") and is_loopback(chart) else []
        os.mkdir(os.path.join(folder, "chart"))
        # what helm has kept is another answer than what is published now
        kept = {name: os.path.join(folder, name) for name in ("HELM_CONTENT_CACHE", "HELM_REPOSITORY_CACHE")}
        done = helm.run(words, environment={**_ENVIRONMENT, **kept}, timeout=_TIMEOUT)
        if done.code:
            raise PullError(_reason(done.err, chart, repository, version))
        found = [entry.path for entry in os.scandir(os.path.join(folder, "chart")) if entry.is_file()]
        if len(found) != 1:
            raise PullError(f"{_title(chart, repository, version)}: helm has fetched nothing")
        with open(found[0], "rb") as file:
            return file.read()


def is_loopback(address: str) -> bool:
    """Return whether an address is on this machine, where nobody is on the way."""
    try:
        return urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")
    except ValueError:
        return False


def _title(chart: str, repository: str, version: str) -> str:
    return " ".join(filter(None, (chart, version, f"in {repository}" if repository else "")))


def _reason(said: str, chart: str, repository: str, version: str) -> str:
    """Return why helm failed, with what to do where that is known."""
    lines = [line for line in said.strip().splitlines() if line and not line.startswith(("WARNING", "level="))]
    text = " ".join(" ".join(lines).removeprefix("Error: ").split())
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    where = repository or chart
    if _DENIED.search(text):
        host = urlsplit(where).netloc
        login = f"`helm registry login {host}`" if chart.startswith("oci://") else "helm's credentials"
        return f"{_title(chart, repository, version)}: {host} refuses access: check the name, and {login}"
    if version and _NO_VERSION.search(text):
        return f"{chart}: there is no version {version}{f' in {repository}' if repository else ''}"
    if _NO_CHART.search(text):
        return f"{_title(chart, repository, '')}: there is no such chart"
    return f"{_title(chart, repository, version)}: it cannot be fetched: {text or 'helm does not say why'}"
