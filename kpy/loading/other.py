"""Apps of other teams, whose objects an app uses and never writes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, overload

from kpy.errors import ArgumentError, LoadError, UsageError
from kpy.model.calls import checked
from kpy.source import caller, root_of
from kpy.tree.shared import OutsideApp
from kpy.watch import Watch, saw_again, watching

if TYPE_CHECKING:
    from kpy.model.model import ApiObject
    from kpy.source import Location
    from kpy.tree.app import App
    from kpy.tree.part import Part

__all__ = ["Need", "OtherApp", "needs_of"]

T = TypeVar("T")


class _Made(NamedTuple):
    """An app of another team, as it was made."""

    #: The target, with the whole path of a file.
    key: str
    #: The state of its file then.
    stamp: tuple[int, int]
    parameters: Mapping[str, object]
    app: App
    #: What was looked at when it was made.
    seen: Watch


#: The apps of other teams that were made in this process.
_MADE: list[_Made] = []


class Need(NamedTuple):
    """Another app that comes before an app."""

    #: The name of the other app.
    name: str
    #: Its file; empty where it is in a module.
    file: str
    #: Its module; empty where it is in a file.
    module: str
    #: What its function is given.
    parameters: Mapping[str, object]
    #: The user's line that says `after`.
    where: Location | None


def needs_of(app: App) -> list[Need]:
    """Return the other apps that come before an app, as `after` of it and of its parts says.

    There it names an `OtherApp`, or what one has found. What is rendered is not rendered for that.
    """
    from kpy.tree.part import app_of, is_other_app
    from kpy.tree.shared import Known, after_of
    from kpy.tree.walk import below

    known: Known = {}
    found: dict[int, Need] = {}
    for part in (app, *below(app, made=True)):
        for target in after_of(part, known):
            owner = None if isinstance(target, OutsideApp) else app_of(target)
            other = owner.__dict__["_is_other"] if owner is not None and is_other_app(owner) else target
            if isinstance(other, OtherApp):
                found.setdefault(id(other), other._as_need(part._where))
    return list(found.values())


class OtherApp(OutsideApp):
    """The app of another team, whose objects can stand wherever objects of one's own can.

        shop = OtherApp("shop", from_="acme_shop.app:app", env="prod")

    Then `shop.find(Service, "api")["http"]` is where an Ingress may lead. `from_` names the app as the command line
    does: `package.module:NAME`, or `FILE:NAME`, where a relative file starts at the file that makes the call. Other
    keywords are parameters of the function that makes the app; a text becomes what the parameter is annotated with.
    The app is made once a process, when it is first asked.

    What is found is looked at like an object of one's own, its ports, keys and namespace too, and is never written.

    `App("cart", after=[shop])` says that the app comes after the other one, and `after=[shop.find(...)]` says it, too.
    """

    @checked
    def __init__(self, name: str, /, *, from_: str, **parameters: object) -> None:
        self._where = caller()
        for what, said in (("name", name), ("from_", from_)):
            if not isinstance(said, str) or not said:
                hint = "the name of the other app" if what == "name" else '"package.module:app" or "../shop/app.py"'
                raise ArgumentError.at(self._where, f"`{what}` of OtherApp must be text, {hint}, not {said!r}")
        self._name = name
        self._from = from_
        self._parameters = parameters

    def __repr__(self) -> str:
        """Return the call that made it."""
        given = [f"{name}={value!r}" for name, value in self._parameters.items()]
        return f"OtherApp({', '.join([repr(self._name), f'from_={self._from!r}', *given])})"

    @overload
    def find(self, kind: type[T], name: str | None = None) -> T: ...
    @overload
    def find(self, kind: str, name: str | None = None) -> Part | ApiObject: ...
    @checked
    def find(self, kind: Any, name: str | None = None) -> Any:
        """Return the one object, or construct, of the other app that is of a class, or of a kind as text.

            settings = shop.find(ConfigMap, "settings")
            api = shop.find(WebService, "api").service
            issuer = shop.find("Issuer")

        It cannot be changed. Raises `UsageError`, which lists what there is, when there is none or more than one, and
        `LoadError` for an app that cannot be made.
        """
        from kpy.tree.part import describe
        from kpy.tree.walk import find_one, is_value_type

        if is_value_type(kind):
            raise ArgumentError(
                f"`find` of OtherApp takes kinds and constructs, not {kind.__name__}, which stands in others"
            )
        app = self._made()
        return find_one(app, kind, name, describe(app))

    def require(self) -> None:
        """Raise `LoadError` where there is no such file; nothing is run, and so nothing is said of modules."""
        from kpy.loading.modules import require_file

        if file := self._file():
            try:
                require_file(file)
            except LoadError as error:
                error.locate(self._where)
                raise

    def _as_need(self, where: Location | None) -> Need:
        from kpy.loading.app import split

        file = self._file()
        module = "" if file else split(self._from)[0]
        return Need(self._name, os.path.abspath(file) if file else "", module, self._parameters, where)

    def _file(self) -> str:
        """Return the file of the app; empty where it is in a module."""
        from kpy.loading.app import split
        from kpy.loading.modules import is_file

        folder = os.path.dirname(self._where.file) if self._where is not None else ""
        place = split(self._from)[0]
        if not is_file(place, folder):
            return ""
        return os.path.normpath(os.path.join(folder, place)).removeprefix(os.getcwd() + os.sep)

    def _made(self) -> App:
        """Return the app; it is made when nobody has asked for it before."""
        from kpy.loading.app import split

        name = split(self._from)[1]
        target, stamp, root, key = self._from, (0, 0), "", self._from
        if place := self._file():
            target, key = f"{place}:{name}" if name else place, f"{os.path.abspath(place)}:{name}"
            stamp, root = _stamp(place), root_of(os.path.abspath(os.path.dirname(place)))
        for made in _MADE:
            if (made.key, made.stamp) == (key, stamp) and _are_equal(made.parameters, self._parameters):
                saw_again(made.seen)
                return self._checked(made.app)
        with watching() as seen:
            app = self._checked(self._load(target, root))
        _MADE.append(_Made(key, stamp, self._parameters, app, seen))
        return app

    def _load(self, target: str, root: str) -> App:
        from kpy.loading.app import load
        from kpy.loading.broken import BrokenAppError
        from kpy.loading.modules import aside
        from kpy.loading.parameters import fill_values
        from kpy.tree.part import lock

        given = self._parameters
        try:
            with aside():
                app = load(target, given, lambda function, at: ((), fill_values(function, given, where=at)), "", root)
        except BrokenAppError:
            raise
        except LoadError as error:
            error.locate(self._where)
            raise
        app.__dict__["_is_other"] = self
        lock(app, True)
        return app

    def _checked(self, app: App) -> App:
        from kpy.tree.part import describe

        if app.name != self._name:
            raise UsageError.at(
                self._where,
                f"{self._from} makes {describe(app)}, not one of the name {self._name!r}: "
                f'write `OtherApp("{app.name}", ...)` if that one is meant',
            )
        return app


def _stamp(file: str) -> tuple[int, int]:
    """Return what tells a file from what it was; nothing for one that is not there."""
    try:
        state = os.stat(file)
    except OSError:
        return 0, 0
    return state.st_mtime_ns, state.st_size


def _are_equal(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    try:
        return bool(one == other)
    except Exception:  # values of users may compare as they like
        return False
