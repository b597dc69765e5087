#!/usr/bin/env python3
"""Print the path of Mermaid's script, with which tests draw what `kpy graph` writes; npm fetches it on the first call.

kpy does not depend on it. It is kept where `tools/programs.py` keeps programs, checked against its digest, and nothing
of it is installed or run outside of a browser. Where it cannot be had, a sentence on stderr says why, and the exit
status is 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path

__all__ = ["MermaidError", "mermaid"]

_VERSION = "12.3.0"
_DIGEST = "be0684e8d20bfc874df12c0f04927a5c482f57f2200eec54cca52a4583fd4040"
_SCRIPT = "package/dist/mermaid.min.js"


class MermaidError(RuntimeError):
    """Mermaid cannot be had here; the text says why."""


def mermaid() -> Path:
    """Return the path of the script, fetched where it is not in the cache. Raises `MermaidError`."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kpy-programs"
    path = folder / f"mermaid-{_VERSION}.js"
    if not path.exists():
        script = _fetched()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(script)
        os.replace(file.name, path)
    return path


def _fetched() -> bytes:
    npm = shutil.which("npm")
    if npm is None:
        raise MermaidError("Mermaid cannot be fetched: there is no npm")
    with tempfile.TemporaryDirectory() as folder:
        words = [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", folder, f"mermaid@{_VERSION}"]
        run = subprocess.run(words, capture_output=True, text=True, cwd=folder, timeout=600)
        if run.returncode:
            raise MermaidError(f"Mermaid cannot be fetched: {run.stderr.strip() or 'npm says nothing'}")
        (archive,) = Path(folder).glob("*.tgz")
        if sha256(archive.read_bytes()).hexdigest() != _DIGEST:
            raise MermaidError(f"Mermaid {_VERSION} is not what it was: its digest is another")
        with tarfile.open(archive) as package:
            file = package.extractfile(_SCRIPT)
            if file is None:
                raise MermaidError(f"Mermaid {_VERSION} has no {_SCRIPT}")
            return file.read()


if __name__ == "__main__":
    try:
        print(mermaid())
    except MermaidError as error:
        sys.exit(str(error))
