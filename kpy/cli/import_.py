"""`kpy import`: YAML that is there already, as the Python that makes it, with proof."""

from __future__ import annotations

import os
import sys
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kpy.cli.apps import project_for
from kpy.cli.codes import DONE, DocumentError
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say, say_findings
from kpy.errors import LoadError, WriteError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpy.diagnostics import Diagnostic
    from kpy.documents import Document
    from kpy.importing import Imported, ImportedObject
    from kpy.importing.compose import Composed
    from kpy.importing.custom import Types
    from kpy.importing.texts import TextFiles
    from kpy.inputs import Intake
    from kpy.project import Project

__all__ = ["run"]

_PIPE = "-"
#: How many reasons are told why objects are not in short form.
_NAMED = 20
#: Names of folders that say nothing of what is in them.
_GENERIC = ("base", "deploy", "k8s", "kubernetes", "manifests", "overlays", "yaml")
_WORDS: dict[str, str] = {
    "short": "in short form",
    "construct": "as constructs with models or mappings",
    "model": "as models",
    "raw": "as Raw",
    "file": "left in their files, by Yaml",
    "existing": "left out",
}


def run(given: Given) -> int:
    """Read what is named, write the app that makes it, and say how much of it is in which form."""
    output = given.text("output")
    output = None if output == _PIPE else output
    _refuse(given, output)
    project = project_for(None)
    if output is not None:
        _make_folder(output)  # paths of files start there
    with Product() as product:
        composed = _composed(given)
        documents, sources = _documents(given, project) if composed is None else _rendered(composed.text, composed.name)
        name = _name(given, documents) if composed is None else composed.name
        made = _imported(given, documents, sources, output or "app.py", name, _types(project))
        if made.differences:
            raise DocumentError("the app would make something else: " + "; ".join(made.differences[:3]))
        if output is not None:
            _write(output, made, force=given.has("force"))
        product.write(made.text if output is None else "")
    for note in composed.notes if composed is not None else ():
        say(str(note))
    _say(made, output, is_live=given.has("live"))
    return DONE


def _refuse(given: Given, output: str | None) -> None:
    sources = [bool(given.texts("paths")), bool(given.text("kustomize")), bool(given.text("chart"))]
    if sum(sources) != 1:
        what = (
            "one of both" if sum(sources) else "what to import: files, folders or `-`, `-k OVERLAY` or `--chart CHART`"
        )
        raise MisuseError(f"kpy import: give {what}")
    if given.texts("values") and not given.text("chart"):
        raise MisuseError("--values goes with --chart")
    if given.has("live") and (given.text("kustomize") or given.text("chart")):
        raise MisuseError("--live is for what a cluster says: `kubectl get ... -o yaml | kpy import - --live`")
    if given.texts("profiles") and not given.texts("paths"):
        raise MisuseError("--profile goes with compose files")
    if given.has("force") and output is None:
        raise MisuseError("--force goes with --output")
    if output is not None and os.path.lexists(output) and not given.has("force"):
        raise MisuseError(f"{output}: there is such a file already; --force writes over it")
    if output is not None and not output.endswith(".py"):
        raise MisuseError(f"{output}: expected the name of a Python file, such as app.py")


def _imported(
    given: Given, documents: list[Document], sources: dict[str, str], file: str, name: str, types: Types
) -> Imported:
    length = _line_length(file)
    texts = _text_files(given)
    if given.has("live"):
        from kpy.importing.live import from_cluster

        return from_cluster(documents, name=name, file=file, line_length=length, types=types, texts=texts)
    from kpy.importing import to_source

    return to_source(documents, name=name, file=file, line_length=length, sources=sources, types=types, texts=texts)


def _text_files(given: Given) -> TextFiles | None:
    """Return where long texts go: into files beside the app, if that is a file."""
    output = given.text("output")
    if output is None or output == _PIPE:
        return None
    from kpy.importing.texts import TextFiles

    return TextFiles(output, replaced=given.has("force"))


def _types(project: Project) -> Types:
    """Return the types that the project has for its custom resources."""
    folder, package = project.settings.folder, project.settings.crds_package.rstrip("/")
    if not os.path.isdir(os.path.join(folder, package)):
        return {}
    from kpy.importing.custom import find_types

    if folder not in sys.path:
        sys.path.insert(0, os.path.abspath(folder))
    return find_types(folder, package)


def _composed(given: Given) -> Composed | None:
    """Return what compose files make; nothing where none is named."""
    from kpy.documents import read_file

    paths = given.texts("paths")
    files = [path for path in paths if os.path.isfile(path) and _is_composed(read_file(path).documents, path)]
    others = [path for path in paths if path not in files]
    if not files:
        if given.texts("profiles"):
            raise MisuseError("--profile goes with compose files, and none is named")
        return None
    if others:
        raise MisuseError(f"{files[0]} is a compose file, and {others[0]} is none: import them apart")
    if given.has("live"):
        raise MisuseError("--live is for what a cluster says, not for compose files")
    from kpy.importing.compose import from_compose

    return from_compose(files, profiles=given.texts("profiles"))


def _is_composed(documents: list[Document], path: str) -> bool:
    """Return whether a file is one of compose: by what it says, or by its name where it cannot be read."""
    from kpy.importing.compose import is_compose

    name = os.path.basename(path)
    is_called_so = name.endswith((".yaml", ".yml")) and name.startswith(("compose.", "docker-compose."))
    objects = [document.tree for document in documents if isinstance(document.tree, dict)]
    if not objects:
        return is_called_so
    return is_compose(objects[0]) or (is_called_so and "apiVersion" not in objects[0])


def _line_length(file: str) -> int:
    """Return the length of lines that the project has set for ruff, else that of ruff."""
    for folder in Path(file).absolute().parents:
        for name, way in (("ruff.toml", ()), (".ruff.toml", ()), ("pyproject.toml", ("tool", "ruff"))):
            with suppress(OSError, ValueError):
                table: object = tomllib.loads((folder / name).read_text(encoding="utf-8"))
                for step in way:
                    table = table.get(step) if isinstance(table, dict) else None
                length = table.get("line-length") if isinstance(table, dict) else None
                if isinstance(table, dict):
                    return length if isinstance(length, int) and 40 <= length <= 320 else 88
    return 88


def _name(given: Given, documents: list[Document]) -> str:
    """Return the name of the app: the only namespace, else that of what is imported."""
    from kpy.objects import metadata_of

    if chart := given.text("chart"):
        return _release(chart)
    trees = [item.tree for document in documents for item in document.items()]
    spaces = {metadata_of(tree).get("namespace") for tree in trees if isinstance(tree, dict)} - {None}
    if len(spaces) == 1 and isinstance(only := next(iter(spaces)), str):
        return only
    paths = [given.text("kustomize") or "", *given.texts("paths")]
    path = next((os.path.abspath(path) for path in paths if path and path != _PIPE), "")
    names = [part.partition(".")[0] for part in reversed(path.split(os.sep))]
    return next((name for name in names if name and name not in _GENERIC), "app")


def _documents(given: Given, project: Project) -> tuple[list[Document], dict[str, str]]:
    """Return the documents, and the texts of those that are in no file. Raises for what cannot be imported."""
    if chart := given.text("chart"):
        return _rendered(_of_chart(chart, given.texts("values"), project), chart)
    if folder := given.text("kustomize"):
        return _rendered(_of_overlay(folder), folder)
    return _read(given, project)


def _of_chart(chart: str, values: list[str], project: Project) -> str:
    from kpy.programs.helm import HelmRenderer
    from kpy.schema import api

    for path in (chart, *values):
        if not os.path.exists(path):
            raise LoadError(f"{path}: there is no such file or folder")
    release = f"{api(project.release()).release}.0"
    return HelmRenderer.find().template(
        chart, name=_release(chart), value_files=values, kubernetes=release, with_crds=True, is_proved=True
    )


def _release(chart: str) -> str:
    """Return the name of the release of a chart: that of the folder or archive, without its version."""
    return os.path.basename(os.path.abspath(chart)).partition(".")[0].rstrip("-0123456789") or "app"


def _of_overlay(folder: str) -> str:
    from kpy.programs.kustomize import KustomizeRenderer, read_overlay

    if not os.path.isdir(folder):
        raise LoadError(f"{folder}: there is no such folder")
    overlay = read_overlay(folder)
    for problem in (*overlay.refusals, *overlay.faults):
        raise LoadError(f"{folder}: {problem}")
    return KustomizeRenderer.find().build(folder)


def _rendered(text: str, name: str) -> tuple[list[Document], dict[str, str]]:
    from kpy.diagnostics import Report
    from kpy.documents import read_documents

    reading = read_documents(text, _PIPE)
    if reading.errors:
        raise DocumentError(f"{name}: what it makes cannot be read: {Report(reading.errors).errors[0].message}")
    return reading.documents, {_PIPE: text}


def _read(given: Given, project: Project) -> tuple[list[Document], dict[str, str]]:
    from kpy.diagnostics import Report
    from kpy.inputs import Exclusion, Intake
    from kpy.schema import api

    settings = project.settings
    excluded = Exclusion(settings.exclude, folder=settings.folder).plus(given.texts("exclude"))
    intake = Intake(excluded)
    sources: dict[str, str] = {}
    for path in dict.fromkeys(given.texts("paths")):
        _take(intake, path, sources)
    intake.settle(api(project.release()))
    documents = intake.documents
    report = Report([*map(_for_imports, intake.findings), *_no_objects(documents)])
    if len(report):
        say_findings(report, given)
    if report.errors:
        raise DocumentError("nothing was written: mend what is above, or leave it out by --exclude")
    if not any(True for document in documents for _ in document.items()):
        raise DocumentError("there is no object to import")
    return documents, sources


def _take(intake: Intake, path: str, sources: dict[str, str]) -> None:
    from kpy.documents import read_content, read_limited

    if path == _PIPE:
        content = read_limited(sys.stdin.buffer) if hasattr(sys.stdin, "buffer") else sys.stdin.read().encode()
        sources[_PIPE] = content.decode("utf-8", "replace")
        fix = "check the command before the pipe"
        intake.keep(read_content(content, _PIPE), _PIPE, if_empty="error", fix=fix)
    elif "://" in path:
        raise LoadError(f"{path}: URLs are not fetched: download it and name the file, or pipe it into -")
    elif os.path.isdir(path):
        if not intake.take_folder(path):
            raise LoadError(f"{path}: there is no YAML or JSON file in this folder")
    elif os.path.exists(path):
        intake.take_file(path)
    else:
        raise LoadError(f"{path}: there is no such file or folder")


def _for_imports(finding: Diagnostic) -> Diagnostic:
    """Return a finding with what to do here about what is no manifest before it is rendered."""
    from kpy.documents.syntax import RENDER

    folder = os.path.dirname(finding.where.file) or "." if finding.where is not None else "."
    fixes = {
        "chart": f"import what it makes: `kpy import --chart {folder}`",
        "kustomization": f"import what it makes: `kpy import -k {folder}`",
    }
    fix = fixes.get(finding.rule, "")
    if finding.fix == RENDER:
        fix = "this is a template: import what its chart makes, `kpy import --chart CHART`"
    return finding._replace(fix=fix) if fix else finding


def _no_objects(documents: list[Document]) -> Iterator[Diagnostic]:
    """Yield an error for each document that is no object."""
    from kpy.diagnostics import Diagnostic

    for document in documents:
        for item in document.items():
            tree = item.tree
            if not isinstance(tree, dict) or not (tree.get("apiVersion") and tree.get("kind")):
                message = "this document is no object of Kubernetes: it has no apiVersion, or no kind"
                yield Diagnostic("not-an-object", "schema", "error", "", message, where=item.where())


def _make_folder(path: str) -> None:
    folder = os.path.dirname(os.path.abspath(path))
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise WriteError(f"{folder}: it cannot be made: {error.strerror}") from None


def _write(path: str, made: Imported, *, force: bool) -> None:
    """Write the app and the files that it reads: all of them whole, or none."""
    from kpy.output.locking import locked
    from kpy.output.staging import Change, change, recover

    root = Path(os.path.dirname(os.path.abspath(path)))
    name = os.path.basename(path)
    changes = [Change(file, content) for file, content in made.files.items()]
    with locked(root):
        recover(root)
        if os.path.lexists(path) and not force:
            raise MisuseError(f"{path}: there is such a file already; --force writes over it")
        change(root, [*changes, Change(name, made.text.encode())])


def _say(made: Imported, output: str | None, *, is_live: bool) -> None:
    """Say how many objects are in which form, and why not in a better one."""
    count = len(made.objects)
    parts = [f"{number} {_WORDS[form]}" for form, number in made.counts.items()]
    say(f"{count} object{'' if count == 1 else 's'}: {', '.join(parts)}")
    others: dict[tuple[str, str], list[ImportedObject]] = {}
    for each in made.objects:
        if each.form != "short":
            others.setdefault((each.form, each.reason), []).append(each)
    for (form, reason), alike in [*others.items()][:_NAMED]:
        say(f"  {_title(alike[0]) if len(alike) == 1 else f'{len(alike)} {_WORDS[form]}'}: {reason}")
    if len(others) > _NAMED:
        say(f"  and {len(others) - _NAMED} other reasons")
    kept = count - made.counts.get("existing", 0)
    same = "the same object" if kept == 1 else f"the same {kept} objects"
    if is_live:
        say(f'proof: `kpy compare` of the cluster and the app says "no change" for {same}')
    elif kept:
        say(f"proof: the app was synthesised, and makes {same}")
    if output is not None:
        folders = sorted({path.rpartition("/")[0] for path in made.files})
        more = f", its long texts to {', '.join(folders)}" if folders else ""
        say(f"written to {output}{more}; next: kpy synth {output}")


def _title(each: ImportedObject) -> str:
    place = f" ({each.file})" if each.file else ""
    words = {"construct": "a construct with models or mappings", "model": "a model", "file": "left in its file"}
    return f"{each.title}{place}, {words.get(each.form, _WORDS[each.form])}"
