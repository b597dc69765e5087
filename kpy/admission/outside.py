"""The admission policies of files that the settings name: those of a platform team, for all its clusters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kpy.checking.object_set import Member, Objects
from kpy.checking.walk import check_document
from kpy.custom.sources import objects_in
from kpy.errors import LoadError
from kpy.objects import title
from kpy.schema import Api

__all__ = ["Outside"]


class Outside(Member):
    """An object that is not checked itself, but by which others are: a policy, its binding, its parameters."""

    __slots__ = ("file",)

    #: Where it is.
    file: str

    @classmethod
    def read(cls, paths: Sequence[str], objects: Objects) -> Iterator[Outside]:
        """Yield the objects in files and folders that are not among the objects.

        Raises:
            LoadError: one cannot be read, or is wrong.
        """
        here = {(each.group, each.kind, each.namespace, each.name) for each in objects}
        for each in cls._read(paths, objects.api):
            if (each.group, each.kind, each.namespace, each.name) not in here:
                yield each

    @classmethod
    def _read(cls, paths: Iterable[str], known: Api) -> Iterator[Outside]:
        for file, tree in objects_in(paths, "admission"):
            check = check_document(tree, known)
            for found in check.diagnostics:
                if found.severity == "error":
                    where = f"{title(tree)}, {found.field}" if found.field else title(tree)
                    raise LoadError(f"{file}: {where}: {found.message}; `admission` of [tool.kpy] names the file")
            kind = known.kind(str(tree.get("apiVersion")), str(tree.get("kind")))
            member = cls(check.root, 0, known=kind)
            member.file = file
            yield member
