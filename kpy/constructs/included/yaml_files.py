"""YAML files of others in an app."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, Unpack

from kpy.constructs.included.inclusion import Included
from kpy.diagnostics import Diagnostic
from kpy.errors import ArgumentError
from kpy.model.fields import field
from kpy.source import Location, caller, shown_file

if TYPE_CHECKING:
    from kpy.constructs.included.given import IncludedArguments
    from kpy.documents import Document, Reading

__all__ = ["Yaml"]

#: A `Path` of a URL has lost one of its slashes.
_URL = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)
_PATTERN: Final = frozenset("*?[")


class Yaml(Included):
    """The objects of a YAML or JSON file, of all files in a folder or of those that a pattern names.

        vendor = chart.add(Yaml("vendor/metrics-server.yaml", without=["APIService/*"]))
        chart.add(Yaml("vendor/crds/"))
        chart.add(Yaml("vendor/**/rbac-*.yaml"))

    A relative path starts at the Python file that makes the call. Each object is located by its line in the file.
    `vendor.find("Service", "metrics-server")` is the object, to refer to it or to change it.
    """

    file: str | Path = field(kw_only=False)
    """The path of a file or a folder, or a pattern, in which `**` stands for any folders."""
    name: str = field(default="")
    """What to call it in messages; by default, the file's name."""

    def __kpy_init__(self) -> None:
        """Refuse what is on another machine."""
        if _URL.match(str(self.file)):
            text = f"Yaml takes a file, and URLs are not fetched ({self.file}): download it and name the file"
            raise ArgumentError.at(self._where, text)
        if not isinstance(self.file, str | Path):
            text = f"Yaml takes the path of a file or a folder, or a pattern, not {self.file!r}; a text is `Yaml.text`"
            raise ArgumentError.at(self._where, text)
        if not self.name:
            self.__dict__["name"] = Path(self.file).name or str(self.file)
        super().__kpy_init__()

    @classmethod
    def text(cls, text: str, **arguments: Unpack[IncludedArguments]) -> Self:
        """Return the objects of a text; it takes the keywords of `Yaml`.

        chart.add(Yaml.text(subprocess.check_output(["helm", "template", "shop"], text=True)))
        """
        if not isinstance(text, str):
            raise ArgumentError(f"Yaml.text takes a text, not a value of the type {type(text).__name__}")
        arguments.setdefault("name", "text")
        made = cls("<text>", **arguments)
        made.__dict__["_text"] = text
        return made

    @property
    def path_of_file(self) -> Path:
        """The file, from the folder of the Python file that names it."""
        where = self._where or caller()
        return Path(self.file) if where is None else Path(where.file).parent / self.file

    def _read(self) -> Reading:
        """Return the documents of all files."""
        from kpy.documents import Reading, is_kustomization, read_file

        text = self.__dict__.get("_text")
        if text is not None:
            from kpy.constructs.included.texts import read_text

            return read_text(text, self._where)
        path = self.path_of_file
        if path.is_dir():
            files = self._in_folder(path)
        elif _PATTERN.intersection(str(self.file)) and not path.exists():
            files = self._matching(path)
        else:
            files = [str(path)]
        documents: list[Document] = []
        errors: list[Diagnostic] = []
        for file in files:
            reading = read_file(file)
            documents += (each for each in reading.documents if not is_kustomization(each.tree))
            errors += (_kustomization(each) for each in reading.documents if is_kustomization(each.tree))
            errors += [self._at_its_line(error, file) for error in reading.errors]
        if not documents and not errors:
            errors.append(self._nothing())
        return Reading(documents, errors)

    def _text_of(self, document: Document) -> str:
        """Return the text of a document as it stands in its file."""
        from kpy.documents.excerpt import text_at

        text = self.__dict__.get("_text")
        if text is not None:
            from kpy.constructs.included.texts import line_of

            return text_at(text, line_of(document))
        with open(document.file, encoding="utf-8-sig", newline="") as file:
            return text_at(file.read(), document.where().line)

    def _in_folder(self, path: Path) -> list[str]:
        from kpy.documents import find_files

        return list(find_files(str(path)))

    def _matching(self, path: Path) -> list[str]:
        """Return the files that a pattern names, sorted; hidden ones are left out."""
        from glob import glob

        from kpy.watch import saw_folder

        found = sorted(each for each in glob(str(path), recursive=True) if Path(each).is_file())
        for each in (*found, str(path)):
            saw_folder(str(Path(each).parent))
        return found

    def _at_its_line(self, error: Diagnostic, file: str) -> Diagnostic:
        """Return what is wrong with a file, at the line of the program where it cannot be read at all."""
        if error.rule != "file-unreadable" or self._where is None:
            return error
        return error._replace(where=self._where, message=f"{file}: {error.message}")

    def _nothing(self) -> Diagnostic:
        where = self._where or Location(str(self.file), 1)
        if not _PATTERN.intersection(str(self.file)) or self.path_of_file.exists():
            return Diagnostic("no-documents", "schema", "warning", "", f"{self.file}: it has no objects", where=where)
        message = f"{self.file}: no file has such a name"
        return Diagnostic("file-unreadable", "schema", "error", "", message, where=where)


def _kustomization(document: Document) -> Diagnostic:
    message = "a kustomization is not an object of a cluster, and what it makes is not what stands beside it"
    folder = shown_file(os.path.dirname(document.file) or ".")
    fix = f'render it, `Kustomize("{folder}")`, or name the files that you want'
    return Diagnostic("kustomization", "schema", "error", "", message, fix, where=document.where())
