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
from kpy.cli.import_documents import (
    FORM_WORDS,
    PIPE,
    Reading,
    app_name,
    of_chart,
    of_overlay,
    read,
    rendered,
    say_tests,
)
from kpy.cli.import_environments import (
    environments_of,
    import_environments,
    is_overlay,
    refuse_the_same_twice,
    say_environments,
)
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say
from kpy.errors import LoadError, WriteError

if TYPE_CHECKING:
    from kpy.documents import Document
    from kpy.importing import Imported, ImportedEnvironments, ImportedObject
    from kpy.importing.compose import Composed
    from kpy.importing.custom import Types
    from kpy.importing.texts import TextFiles
    from kpy.project import Project

__all__ = ["run"]

#: How many reasons are told why objects are not in short form.
_NAMED = 20
#: What can be imported, for messages.
_SOURCES = ("files", "an overlay (-k)", "a chart (--chart)")


def run(given: Given) -> int:
    """Read what is named, write the app that makes it, and say how much of it is in which form."""
    output = given.text("output")
    output = None if output == PIPE else output
    _refuse(given, output)
    project = project_for(None)
    environments = environments_of(given)
    if output is not None:
        _make_folder(output)  # paths of files start there
    file = output or "app.py"
    if environments:
        return _run_environments(given, environments, project, output)
    with Product() as product:
        composed = _composed(given)
        if composed is None:
            documents, sources = _documents(given, project)
            name = app_name(documents, [*given.texts("kustomize"), *given.texts("paths")], given.text("chart"))
        else:
            documents, sources = rendered(composed.text, composed.name)
            name = composed.name
        made = _imported(given, documents, sources, file, name, _types(project))
        _finish(product, made, output, force=given.has("force"))
    for note in composed.notes if composed is not None else ():
        say(str(note))
    _say(made, output, is_live=given.has("live"))
    if chart := given.text("chart"):
        say_tests(chart, given.texts("values"), project)
    return DONE


def _run_environments(given: Given, environments: dict[str, list[str]], project: Project, output: str | None) -> int:
    """Do the same for several environments, which become one app."""
    file = output or "app.py"
    with Product() as product:
        types, texts = _types(project), _text_files(given)
        made = import_environments(given, environments, project, file, _line_length(file), types, texts)
        _finish(product, made, output, force=given.has("force"))
    say_environments(made, output)
    return DONE


def _finish(product: Product, made: Imported | ImportedEnvironments, output: str | None, *, force: bool) -> None:
    if made.differences:
        raise DocumentError("the app would make something else: " + "; ".join(made.differences[:3]))
    if output is not None:
        _write(output, made, force=force)
    product.write(made.text if output is None else "")


def _documents(given: Given, project: Project) -> Reading:
    """Return the documents, and the texts of those that are in no file. Raises for what cannot be imported."""
    if chart := given.text("chart"):
        return rendered(of_chart(chart, given.texts("values"), project), chart)
    if folder := _overlay(given):
        return rendered(of_overlay(folder), folder)
    documents, sources = read(given.texts("paths"), given, project)
    refuse_the_same_twice(documents, given.texts("paths"))
    return documents, sources


def _overlay(given: Given) -> str:
    """Return the only kustomization that is named, by `-k` or as a folder; nothing where there is none.

    With `--exclude` a folder is read as its files are.
    """
    if said := given.texts("kustomize"):
        return said[0]
    paths = given.texts("paths")
    is_one = len(paths) == 1 and is_overlay(paths[0]) and not given.has("live") and not given.texts("exclude")
    return paths[0] if is_one else ""


def _refuse(given: Given, output: str | None) -> None:
    _refuse_sources(given)
    if given.texts("values") and not given.text("chart"):
        raise MisuseError("--values goes with --chart")
    if given.has("live") and (given.texts("kustomize") or given.text("chart") or given.texts("env")):
        raise MisuseError("--live is for what a cluster says: `kubectl get ... -o yaml | kpy import - --live`")
    if given.texts("profiles") and not given.texts("paths"):
        raise MisuseError("--profile goes with compose files")
    if given.has("force") and output is None:
        raise MisuseError("--force goes with --output")
    if output is not None and os.path.lexists(output) and not given.has("force"):
        raise MisuseError(f"{output}: there is such a file already; --force writes over it")
    if output is not None and not output.endswith(".py"):
        raise MisuseError(f"{output}: expected the name of a Python file, such as app.py")


def _refuse_sources(given: Given) -> None:
    sources = [bool(given.texts("paths")), bool(given.texts("kustomize")), bool(given.text("chart"))]
    if given.texts("env"):
        if sources[0] or sources[1]:
            said = (*given.texts("paths"), *given.texts("kustomize"))
            raise MisuseError(f"--env says what to import: give {said[0]} a name too, as `--env NAME={said[0]}`")
        return
    if sum(sources) != 1:
        ways = "files, folders or `-`, `-k OVERLAY` or `--chart CHART`"
        if sum(sources):
            kinds = [what for what, is_said in zip(_SOURCES, sources, strict=True) if is_said]
            raise MisuseError(f"kpy import: {' and '.join(kinds)} cannot be imported together: give one of {ways}")
        raise MisuseError(f"kpy import: give what to import: {ways}")


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
    if output is None or output == PIPE:
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
    for path in others:
        if path != PIPE and "://" not in path and not os.path.exists(path):
            raise LoadError(f"{path}: there is no such file or folder")
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


def _make_folder(path: str) -> None:
    folder = os.path.dirname(os.path.abspath(path))
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise WriteError(f"{folder}: it cannot be made: {error.strerror}") from None


def _write(path: str, made: Imported | ImportedEnvironments, *, force: bool) -> None:
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
    parts = [f"{number} {FORM_WORDS[form]}" for form, number in made.counts.items()]
    say(f"{count} object{'' if count == 1 else 's'}: {', '.join(parts)}")
    others: dict[tuple[str, str], list[ImportedObject]] = {}
    for each in made.objects:
        if each.form != "short":
            others.setdefault((each.form, each.reason), []).append(each)
    for (form, reason), alike in [*others.items()][:_NAMED]:
        say(f"  {_title(alike[0]) if len(alike) == 1 else f'{len(alike)} {FORM_WORDS[form]}'}: {reason}")
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
    return f"{each.title}{place}, {words.get(each.form, FORM_WORDS[each.form])}"
