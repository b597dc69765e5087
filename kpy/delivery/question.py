"""What an answer depends on beside the files that it was made of: kpy, Python, packages, settings, words."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from kpy.errors import KpyError
from kpy.programs import Program
from kpy.programs.rendered import identity_of
from kpy.source import is_installed
from kpy.version import version

if TYPE_CHECKING:
    from kpy.project.settings import Settings
    from kpy.project.workspace import Output

__all__ = ["question_of", "settings_of", "version_of_program"]

#: Variables that Python looks at by itself, where no code of an app can be seen to ask for them.
_OF_PYTHON: Final = ("LANG", "LC_ALL", "LC_CTYPE", "PYTHONHASHSEED", "PYTHONUTF8", "TZ")
#: How programs say their version.
_VERSIONS: Final = {"helm": ("version", "--short"), "kustomize": ("version",), "kubectl": ("version", "--client")}


def question_of(folder: str, words: Mapping[str, object]) -> str:
    """Return what holds for all outputs of a project, as text; `words` are those of the command line that matter."""
    python = (sys.implementation.name, sys.version_info[:], sys.platform, platform.machine())
    variables = [(name, os.environ.get(name)) for name in _OF_PYTHON]
    packages = [(path, *_packages(path)) for path in sys.path if is_installed(os.path.join(path, ""))]
    places = (os.path.abspath(folder), os.getcwd(), sys.path)
    return repr((_kpy(), python, variables, packages, places, sorted(words.items())))


def settings_of(settings: Settings, output: Output) -> str:
    """Return what settings say of an output, as text; what they say of other outputs is left out."""
    environment = settings.environments.get(output.environment)
    cluster = settings.clusters.get(output.cluster)
    plain = settings._replace(
        environments={}, clusters={}, skip=(), apps=(), app=None, output=None, extended=(), contexts=()
    )
    said = (
        environment._replace(contexts=None, output=None) if environment is not None else None,
        cluster._replace(contexts=None, environments=None) if cluster is not None else None,
    )
    return repr((plain, *said, output._replace(folder="")))


def version_of_program(word: str) -> str:
    """Return which program a word means, the name of one on PATH or a path: what it says itself, else its state."""
    import shutil

    path = shutil.which(word)
    if path is None:
        return ""
    words = _VERSIONS.get(os.path.basename(path).removesuffix(".exe"))
    if words is None:
        return identity_of(path)
    try:
        done = Program(word, path).run(words, timeout=30)
    except KpyError:
        return identity_of(path)
    return f"{os.stat(path).st_size} {done.code} {done.out}"


def _kpy() -> tuple[object, ...]:
    """Return which kpy runs: of an installed one what it was installed as, of sources the state of every module."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if is_installed(here):
        from importlib.metadata import distribution

        return version(), distribution("kpy-k8s").read_text("RECORD")
    return version(), here, *_stamps(here)


def _stamps(folder: str) -> Iterator[tuple[str, int, int]]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            state = os.stat(os.path.join(root, name))
            yield os.path.relpath(os.path.join(root, name), folder), state.st_mtime_ns, state.st_size


def _packages(folder: str) -> Iterator[object]:
    """Yield what is installed in a folder: names with versions, and what brings in other folders."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        if name.endswith(".pth"):
            with open(os.path.join(folder, name), "rb") as stream:
                yield name, stream.read()
        elif name != "__pycache__":
            yield name
