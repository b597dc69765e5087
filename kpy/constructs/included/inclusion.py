"""The base of all that brings objects of others into an app: files, charts, overlays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, overload

from kpy.constructs.included.given import Given
from kpy.constructs.included.items import Item, Loaded, copied, load
from kpy.constructs.included.typed import construct_of, typed
from kpy.constructs.object import Object
from kpy.constructs.raw import Raw
from kpy.errors import KpyError, LoadError, UsageError
from kpy.model.model import ApiObject
from kpy.redaction.encrypted import is_signed
from kpy.tree.part import Part, describe
from kpy.tree.walk import find_one

if TYPE_CHECKING:
    from kpy.constructs.access import ServiceAccount
    from kpy.constructs.claims import PersistentVolumeClaim
    from kpy.constructs.config import ConfigMap
    from kpy.constructs.jobs import CronJob, Job
    from kpy.constructs.namespaces import Namespace
    from kpy.constructs.secrets import Secret
    from kpy.constructs.services import Service
    from kpy.constructs.workloads import DaemonSet, Deployment, StatefulSet
    from kpy.documents import Document, Reading

__all__ = ["Included"]

T = TypeVar("T")


class Included(Given):
    """Objects that somebody else has written; the base of `Yaml` and of what renders charts and overlays.

    They are found and referred to like one's own: `vendor.find("Service", "metrics")` is a `Service`. What is changed
    of an object that was found is changed in the output, and everything else stays as it was read. A subclass says
    where the documents come from: `_read`.
    """

    _is_included: ClassVar[bool] = True

    def _read(self) -> Reading:
        """Return the documents, and what is wrong with them; it is not raised."""
        raise NotImplementedError

    def _text_of(self, document: Document) -> str:
        """Return the text of a document as it stands in its file; empty where there is none."""
        return ""

    def load(self) -> Loaded:
        """Return the objects that are not left out; read anew unless parts of it are in somebody's hands.

        Raises `UsageError` for words in `without`, `images` and `patch` that mean nothing there.
        """
        kept: Loaded | None = self.__dict__.get("_loaded")
        if kept is None:
            return self._load()
        there = {id(part) for part in self.__dict__["_parts"]}
        return Loaded([item for item in kept.items if id(item.part) in there], kept.errors)

    @property
    def is_open(self) -> bool:
        """Whether parts of it are in somebody's hands, so that they may be changed."""
        return "_loaded" in self.__dict__

    @property
    def is_changing(self) -> bool:
        """Whether it changes objects, so that what was read has to be kept beside what is written."""
        return bool(self.namespace is not None or self.patch or self.images)

    def add(self, *parts: Any) -> Any:
        """Refuse what is added: the objects are those that were read."""
        raise UsageError(f"{describe(self)} takes no parts: add them to the chart beside it")

    if TYPE_CHECKING:

        @overload
        def find(self, kind: type[T], name: str | None = None, *, namespace: str | None = None) -> T: ...
        @overload
        def find(
            self, kind: Literal["Service"], name: str | None = None, *, namespace: str | None = None
        ) -> Service: ...
        @overload
        def find(
            self, kind: Literal["ConfigMap"], name: str | None = None, *, namespace: str | None = None
        ) -> ConfigMap: ...
        @overload
        def find(self, kind: Literal["Secret"], name: str | None = None, *, namespace: str | None = None) -> Secret: ...
        @overload
        def find(
            self, kind: Literal["PersistentVolumeClaim"], name: str | None = None, *, namespace: str | None = None
        ) -> PersistentVolumeClaim: ...
        @overload
        def find(
            self, kind: Literal["ServiceAccount"], name: str | None = None, *, namespace: str | None = None
        ) -> ServiceAccount: ...
        @overload
        def find(
            self, kind: Literal["Namespace"], name: str | None = None, *, namespace: str | None = None
        ) -> Namespace: ...
        @overload
        def find(
            self, kind: Literal["Deployment"], name: str | None = None, *, namespace: str | None = None
        ) -> Deployment: ...
        @overload
        def find(
            self, kind: Literal["StatefulSet"], name: str | None = None, *, namespace: str | None = None
        ) -> StatefulSet: ...
        @overload
        def find(
            self, kind: Literal["DaemonSet"], name: str | None = None, *, namespace: str | None = None
        ) -> DaemonSet: ...
        @overload
        def find(self, kind: Literal["Job"], name: str | None = None, *, namespace: str | None = None) -> Job: ...
        @overload
        def find(
            self, kind: Literal["CronJob"], name: str | None = None, *, namespace: str | None = None
        ) -> CronJob: ...
        @overload
        def find(
            self, kind: str, name: str | None = None, *, namespace: str | None = None
        ) -> Raw | Object | ApiObject: ...

    def find(self, kind: Any, name: str | None = None, *, namespace: str | None = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]  # a namespace, too
        """Return the one object of a kind, as text or as a class, and of a name and a namespace if they are given.

            vendor = chart.add(Yaml("vendor/metrics-server.yaml"))
            Ingress("metrics", routes={"/": vendor.find("Service", "metrics-server")})

        It stands wherever an object of the app does. Raises `UsageError`, which lists what there is, when there is
        none or more than one.
        """
        self.open()
        self._retype(kind)
        try:
            return find_one(self, kind, name, describe(self), namespace)
        except UsageError as error:
            broken = next((each for each in self.__dict__["_loaded"].errors if each.severity == "error"), None)
            if broken is None:
                raise
            raise LoadError(f"{error}; not all of it can be read: {broken.where}: {broken.message}") from error

    def make(self, item: Item, like: object = None) -> Raw | Object | ApiObject:
        """Return a new part that says what an object says: a construct, a model, or a `Raw` where it is neither.

        Of an encrypted object it says kind and name alone. `like` another part, it is of the same class.
        """
        tree = item.tree if item.opened is None else item.opened
        tree = item.identity if is_signed(tree) else tree
        try:
            made = typed(tree) if not isinstance(like, Object) else construct_of(type(like), tree)
        except (KpyError, TypeError, AttributeError, ValueError):
            made = None  # the rules say what is wrong with it
        part = made if made is not None else Raw(copied(tree))
        return item.stand_in(part, self)

    def _children(self) -> tuple[Part | ApiObject, ...]:
        self.open()
        return tuple(self.__dict__["_parts"])

    def _load(self) -> Loaded:
        reading = self._read()
        loaded = load(self, reading)
        whole = {id(document) for document in reading.documents}
        for item in loaded.items:
            if id(item.document) in whole and is_signed(item.tree):
                item.text = self._text_of(item.document)
        return loaded

    def open(self) -> None:
        """Make parts of the objects, which people get into their hands."""
        if self.is_open:
            return
        loaded = self._load()
        for item in loaded.items:
            item.part = self.make(item)
        self.__dict__["_loaded"] = loaded
        self.__dict__["_parts"][:] = [item.part for item in loaded.items]

    def _retype(self, kind: object) -> None:
        """Make parts of a class of a custom kind, where somebody asks for one, of the objects of its kind."""
        if not isinstance(kind, type) or not issubclass(kind, Object) or not hasattr(kind, "_plural"):
            return
        for item in self.__dict__["_loaded"].items:
            old: Any = item.part
            if (old.api_version, old.kind) == (kind.api_version, kind.kind) and not isinstance(old, kind):
                item.part = item.stand_in(construct_of(kind, item.tree), self)
                parts = self.__dict__["_parts"]
                parts[:] = [item.part if each is old else each for each in parts]
