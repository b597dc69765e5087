"""Overlays rendered by the real kustomize, alone or in kubectl: without a network, a plugin or a function."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from kpy.programs.program import Program, ProgramError, find_program
from kpy.programs.rendered import RenderCache, RenderError, digest_of_files, identity_of

__all__ = ["KustomizeRenderer", "Overlay", "read_overlay"]

#: The names by which kustomize knows its own files.
_NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_TIMEOUT: Final = 60.0
_LIMIT: Final = 64 << 20
_LONGEST: Final = 400
#: What kustomize runs git and others for is refused before; this is the second lock.
_ENVIRONMENT: Final = {
    "GIT_ALLOW_PROTOCOL": "none",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "KUBECONFIG": os.devnull,
    "NO_PROXY": "none.invalid",
}
#: Fields that take files and folders of others, and those that only name files.
_TAKEN: Final = ("resources", "bases", "components")
_LISTS: Final = (
    *("patches", "patchesStrategicMerge", "patchesJson6902", "replacements"),
    *("configurations", "crds", "generators", "transformers", "validators"),
)
_GENERATORS: Final = ("configMapGenerator", "secretGenerator")
_HELM: Final = ("helmCharts", "helmChartInflationGenerator")
_PLUGINS: Final = ("generators", "transformers", "validators")
_REMOTE: Final = ("://", "?ref=", "git@", "git::")
_FUNCTION: Final = ("config.kubernetes.io/function", "config.k8s.io/function")
#: How many kustomizations one may take, itself and through others.
_MOST: Final = 1_000


class Overlay(NamedTuple):
    """A kustomization, with all that it takes."""

    #: The files that it reads, itself and through others.
    files: tuple[str, ...]
    #: Why it is not handed to kustomize: what it takes from elsewhere, or runs.
    refusals: tuple[str, ...]
    #: What is wrong with it anyway: what it names and is not there, what cannot be read.
    faults: tuple[str, ...] = ()


class KustomizeRenderer(NamedTuple):
    """A kubectl or kustomize that renders kustomizations.

    renderer = KustomizeRenderer.find()
    text = renderer.build("overlays/prod")
    """

    program: Program
    cache: RenderCache | None = None

    @classmethod
    def find(cls, path: str | None = None, *, cache: RenderCache | None = None) -> KustomizeRenderer:
        """Return the kustomize on PATH, else the kubectl there, or the one at a path. Raises `ProgramError`."""
        if path is not None:
            name = "kubectl" if "kubectl" in os.path.basename(path) else "kustomize"
            return cls(find_program(name, path), cache)
        try:
            return cls(find_program("kustomize"), cache)
        except ProgramError:
            pass
        try:
            return cls(find_program("kubectl"), cache)
        except ProgramError:
            raise ProgramError("neither kustomize nor kubectl is installed, or on PATH") from None

    def build(self, folder: str, *, is_proved: bool = False) -> str:
        """Return the manifests that the kustomization in a folder makes.

        What is remote, charts, plugins and functions are refused before anything runs. With `is_proved` it is built
        twice and has to come out the same. Raises `RenderError` then, and when it cannot be rendered, and
        `ProgramError` when the program cannot be run.
        """
        overlay = read_overlay(folder)
        if overlay.refusals or overlay.faults:
            raise RenderError("; ".join((*overlay.refusals, *overlay.faults)))
        run = partial(self._proved if is_proved else self._run, folder)
        if self.cache is None:
            return run()
        words = (str(is_proved), os.path.abspath(folder), self.program.name, identity_of(self.program.path))
        return self.cache.text(digest_of_files(overlay.files, *words), run)

    def _proved(self, folder: str) -> str:
        """Return what a kustomization makes, the same twice."""
        first = self._run(folder)
        if self._run(folder) != first:
            raise RenderError(f"{folder} makes something else each time that it is built")
        return first

    def _run(self, folder: str) -> str:
        words = ["build", folder] if self.program.name == "kustomize" else ["kustomize", folder]
        done = self.program.run(words, environment=_ENVIRONMENT, timeout=_TIMEOUT, limit=_LIMIT)
        if done.code:
            raise RenderError(f"{self.program.name} cannot render it: {_reason(done.err)}")
        return done.out


def read_overlay(folder: str) -> Overlay:
    """Return the files that a kustomization reads, and why it is not handed to kustomize, if it is not."""
    files: dict[str, None] = {}
    refusals: dict[str, None] = {}
    faults: dict[str, None] = {}
    waiting, met = [folder], set[str]()
    while waiting and len(met) < _MOST:
        current = waiting.pop()
        if os.path.realpath(current) in met:
            continue
        met.add(os.path.realpath(current))
        file = next((path for name in _NAMES if os.path.isfile(path := os.path.join(current, name))), None)
        if file is None:
            faults[f"{current} has no kustomization"] = None
            continue
        files[file] = None
        tree = _read(file)
        if isinstance(tree, str):
            faults[f"{file} cannot be read: {tree}"] = None
            continue
        refusals |= dict.fromkeys(f"{file} {why}" for why in _refusals(current, tree))
        faults |= dict.fromkeys(f"{file} names {name}, which is not there" for name in _missing(current, tree))
        for path in _paths(current, tree):
            if os.path.isdir(path):
                waiting.append(path)
            else:
                files[path] = None
    if waiting:
        refusals[f"{folder} takes more than {_MOST:,} kustomizations"] = None
    return Overlay((*files,), (*refusals,), (*faults,))


def _refusals(folder: str, tree: Mapping[str, Any]) -> Iterator[str]:
    for field in _TAKEN:
        for name in _texts(tree.get(field)):
            if _is_remote(name) or (_is_like_a_host(name) and not os.path.exists(os.path.join(folder, name))):
                yield f"takes {name} from elsewhere"
    for name in _read_files(tree):
        if "\n" not in name and _is_remote(name):
            yield f"reads {name} from elsewhere"
    if any(tree.get(field) for field in _HELM):
        yield "has charts of Helm (`helmCharts`), which kustomize would download"
    for field in _PLUGINS:
        for entry in _texts(tree.get(field)):
            if not _is_builtin(folder, entry):
                yield f"runs a plugin or function (`{field}`)"


def _missing(folder: str, tree: Mapping[str, Any]) -> Iterator[str]:
    """Yield the files and folders that are named and are not there; kustomize would look for some elsewhere."""
    for field in _TAKEN:
        for name in _texts(tree.get(field)):
            is_here = "\n" in name or os.path.exists(os.path.join(folder, name))
            if not (is_here or _is_remote(name) or _is_like_a_host(name)):
                yield name


def _read_files(tree: Mapping[str, Any]) -> Iterator[str]:
    """Yield what fields name that read files, and not whole objects."""
    for field in _LISTS:
        for entry in _list(tree.get(field)):
            yield from _texts([entry.get("path") if isinstance(entry, Mapping) else entry])
    for field in _GENERATORS:
        for entry in _list(tree.get(field)):
            if isinstance(entry, Mapping):
                names = [*_list(entry.get("files")), *_list(entry.get("envs")), entry.get("env")]
                yield from (name.rpartition("=")[2] for name in _texts(names))
    openapi = tree.get("openapi")
    yield from _texts([openapi.get("path")]) if isinstance(openapi, Mapping) else ()


def _is_builtin(folder: str, entry: str) -> bool:
    """Return whether an entry of plugins is one of those that kustomize has itself."""
    import yaml

    if "\n" in entry:
        text = entry
    else:
        path = os.path.join(folder, entry)
        if os.path.isdir(path):
            return True  # another kustomization, which is looked at by itself
        if not os.path.isfile(path):
            return False
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read()
        except (OSError, ValueError):
            return False
    try:
        trees = [tree for tree in yaml.safe_load_all(text) if tree is not None]
    except (yaml.YAMLError, RecursionError):
        return False
    return all(_is_builtin_tree(tree) for tree in trees)


def _is_builtin_tree(tree: object) -> bool:
    if not isinstance(tree, Mapping) or tree.get("apiVersion") != "builtin" or "Helm" in str(tree.get("kind")):
        return False
    metadata = tree.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    return not (isinstance(annotations, Mapping) and any(key in annotations for key in _FUNCTION))


def _paths(folder: str, tree: Mapping[str, Any]) -> Iterator[str]:
    """Yield the files and folders that a kustomization may read: every text in it that is the name of one."""
    for text in _all_texts(tree):
        for name in {text, text.partition("=")[2]}:
            if name and "\n" not in name and "\0" not in name and len(name) < _LONGEST:
                path = os.path.normpath(os.path.join(folder, name))
                if os.path.lexists(path):
                    yield path


def _read(file: str) -> Mapping[str, Any] | str:
    """Return what a kustomization says, or why it cannot be read."""
    import yaml

    try:
        with open(file, encoding="utf-8-sig") as stream:
            tree = yaml.safe_load(stream.read())
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        return f"{error.problem or 'this is no YAML'}{f' in line {where.line + 1}' if where is not None else ''}"
    except OSError as error:
        return str(error.strerror)
    except (ValueError, yaml.YAMLError, RecursionError):
        return "this is no text in UTF-8, or no YAML"
    return tree if isinstance(tree, Mapping) else "it is no mapping"


def _is_remote(name: str) -> bool:
    return any(mark in name for mark in _REMOTE)


def _is_like_a_host(name: str) -> bool:
    """Return whether a name begins with what may be a host: `github.com/x/y`, `example.com:x/y`."""
    first, slash, _ = name.partition("/")
    return bool(slash) and "." in first.strip(".")


def _all_texts(value: object) -> Iterator[str]:
    waiting, met = [value], set[int]()
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, Mapping | list) and id(node) not in met:
            met.add(id(node))
            waiting += node.values() if isinstance(node, Mapping) else node


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _reason(said: str) -> str:
    lines = [line for line in said.strip().splitlines() if line and not line.startswith(("#", "WARNING"))]
    text = " ".join(" ".join(lines).removeprefix("Error: ").removeprefix("error: ").split())
    return (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...") or "it does not say why"
