"""One look at the code of apps while it runs, app by app, and what of it lasts from one to the next."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from threading import get_ident
from types import FrameType
from typing import Final, NamedTuple

from kpy.source import shown_file
from kpy.tracing.callers import Caller, asking_frame, caller_of, owner_of
from kpy.tracing.environment import observed_environment
from kpy.tracing.events import listen, stop
from kpy.tracing.imports import BESIDE, MODULE, Finder, source_of
from kpy.tracing.questions import asked_link, asked_times, observed_questions
from kpy.tracing.states import FILE, FOLDER, LINK, PLACE, States
from kpy.watch import VARIABLE, Watch, saw_other, saw_reason, saw_state, watching

__all__ = ["INSTALLED", "Tracer"]

#: What the name of a file begins with that is the module of an installed package.
INSTALLED: Final = "installed "
_CODE: Final = (".py", ".pyc", ".so", ".pyd")
_CACHE: Final = f"{os.sep}__pycache__{os.sep}"
#: What is asked of the system each time, and has no content of its own.
_SYSTEM: Final = ("/proc/", "/sys/", "/dev/")
_ZIPS: Final = (f"python{sys.version_info[0]}{sys.version_info[1]}.zip",)
#: On the way to modules, and never of an app: where the program is, and where Python would have its own in one file.
_OF_PYTHON: Final = frozenset(
    (os.path.dirname(sys.executable), *(path for path in sys.path if os.path.basename(path) in _ZIPS))
)


class _Lasting(NamedTuple):
    """What was looked at by code that stays, whose answer others may get without looking."""

    kind: str
    name: str
    state: str
    #: The folder of the app that alone can have it; empty for all apps.
    folder: str


class Tracer:
    """Sees what apps look at while they are made, for `kpy.watch`.

    with Tracer(States(...), project="/work/shop") as tracer:
        with tracer.watching("/work/shop/apps/cart") as watch:
            ...  # the app is made
        tracer.settle()
    """

    def __init__(self, states: States, *, project: str, ignored: Sequence[str] = ()) -> None:
        self._states = states
        self._project = project
        #: Folders in which kpy keeps what it has made.
        self._ignored = tuple(os.path.join(os.path.abspath(each), "") for each in ignored)
        self._homes: tuple[str, ...] = ()
        self._folder = ""
        self._lasting: dict[_Lasting, None] = {}
        #: The modules that the app has looked for, each with what was seen of it.
        self._modules: dict[str, list[tuple[str, str, str]]] = {}
        #: The paths that kpy itself has asked about for the app.
        self._asked: set[str] = set()
        self._is_on = False
        #: The thread that kpy itself is at work in.
        self._busy = 0
        self._stack = ExitStack()

    def __enter__(self) -> Tracer:
        self._stack.enter_context(observed_environment(self.asked_variable))
        self._stack.enter_context(Finder(self.looked_for))
        self._stack.enter_context(observed_questions(self.asked))
        self._stack.callback(stop)
        listen(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @contextmanager
    def watching(self, folder: str) -> Iterator[Watch]:
        """Keep what is looked at while an app is made, whose file is in a folder."""
        self._folder = os.path.join(folder, "")
        self._homes = (self._folder, os.path.join(self._project, ""))
        self._modules.clear()
        self._asked.clear()
        with watching() as watch:
            beside = f"{BESIDE}{os.path.abspath(folder)}"
            saw_other(beside, self._states.of_other(beside))
            for each in self._lasting:
                if each.folder in ("", self._folder):
                    self._say(each.kind, each.name, each.state)
            self._is_on = True
            try:
                yield watch
            finally:
                self._is_on = False

    def settle(self) -> None:
        """Remember what stays of the app: modules that were not forgotten, which others get without looking for them.

        Those of installed packages are for the caller to remember, since they are the same for all.
        """
        for name, seen in self._modules.items():
            if name in sys.modules:
                stays = (each for each in seen if not each[1].startswith(INSTALLED))
                self._lasting |= dict.fromkeys(_Lasting(*each, self._owner_of(each[1])) for each in stays)
        self._modules.clear()

    def opened(self, path: str, frame: FrameType, *, is_written: bool) -> None:
        """Take note of a file that is opened."""
        if not self._listens:
            return
        with self._aside():
            full, caller = os.path.abspath(path), caller_of(frame)
            if is_written:
                self._changed(full, caller)
            full = source_of(full) if full.endswith(".pyc") else full
            if self._is_passed_over(full, caller):
                return
            if full.endswith(".py"):
                self._look_for_chance(full)
            if full.startswith(_SYSTEM) and full != os.devnull:
                self._lost(f"it reads {full}", caller)
            self._saw(full, FILE, caller)

    def listed(self, path: str | None, frame: FrameType) -> None:
        """Take note of a folder that is listed; where Python looks for a module is told apart."""
        if not self._listens or frame.f_code.co_name == "_fill_cache":
            return
        with self._aside():
            caller = caller_of(frame)
            if path is None:
                self._lost("it lists a folder by its number", caller)
            elif not self._is_passed_over(full := os.path.abspath(path), caller):
                self._saw(full, FOLDER, caller)

    def changed(self, path: str, frame: FrameType) -> None:
        """Take note of what is made, moved or removed."""
        if self._listens:
            with self._aside():
                self._changed(os.path.abspath(path), caller_of(frame))

    def lost(self, why: str, frame: FrameType) -> None:
        """Take note that nobody can follow what is done."""
        if self._listens:
            with self._aside():
                self._lost(why, caller_of(frame))

    def asked(self, path: str, frame: FrameType, function: str) -> None:
        """Take note of a question what there is at a path: does it exist, is it a folder, how large is it."""
        if not self._listens or self._was_asked_by_kpy(path, frame):
            return
        with self._aside():
            full, caller = os.path.abspath(path), caller_of(frame)
            if self._is_passed_over(full, caller):
                return
            is_content = caller.asks_by == "getsize"
            if asked_times(caller, function) and caller.owner != "kpy":
                is_content = True
                if caller.owner == "user":
                    self._lost(f"it asks for the state of {shown_file(full)}, which has times", caller)
            self._saw(full, FILE if is_content and os.path.isfile(full) else PLACE, caller)
            if asked_link(function):
                self._keep("other", f"{LINK}{full}", self._states.of_other(f"{LINK}{full}"), caller)

    def asked_variable(self, name: str) -> None:
        """Take note of a variable of the environment; what kpy asks for itself changes no object."""
        if not self._listens:
            return
        with self._aside():
            caller = caller_of(asking_frame())
            if caller.owner != "kpy":
                key = f"{VARIABLE}{name}"
                self._keep("other", key, self._states.of_other(key), caller)

    def looked_for(self, name: str, folders: Sequence[str], file: str | None) -> None:
        """Take note of where a module was looked for, and of its file."""
        if not self._listens or name.partition(".")[0] == "kpy":
            return
        with self._aside():
            last = name.rpartition(".")[2]
            seen = []
            for folder in folders:
                if owner_of(os.path.join(folder, "")) == "user" and folder not in _OF_PYTHON:
                    key = f"{MODULE}{os.path.join(folder, last)}"
                    seen.append(("other", key, self._states.of_other(key)))
            if file is not None and (owner := owner_of(file)) in ("user", "installed"):
                full = os.path.abspath(file)
                self._look_for_chance(full)
                key = f"{INSTALLED}{full}" if owner == "installed" else full
                seen.append(("path" if owner == "user" else "other", key, self._states.of_path(full, FILE)))
            self._modules[name] = seen
            for each in seen:
                self._say(*each)

    def _look_for_chance(self, file: str) -> None:
        """Take note of code of the user that asks for the time or for chance; packages do that for themselves."""
        if owner_of(file) == "user" and (line := self._states.line_of_chance(file)) is not None:
            saw_reason(f"{shown_file(file)}:{line}: it asks for the time, or for chance")

    def _was_asked_by_kpy(self, path: str, frame: FrameType) -> bool:
        """Return whether kpy asks what it has asked for the same app before, as it does for each object."""
        above = frame.f_back
        if above is None or owner_of(above.f_code.co_filename) != "kpy":
            return False
        is_known = path in self._asked
        self._asked.add(path)
        return is_known

    @property
    def _listens(self) -> bool:
        return self._is_on and self._busy != get_ident()

    @contextmanager
    def _aside(self) -> Iterator[None]:
        """Do what is not to be noted itself."""
        self._busy = get_ident()
        try:
            yield
        finally:
            self._busy = 0

    def _is_passed_over(self, path: str, caller: Caller) -> bool:
        """Return whether a path says nothing about the app: it is of Python, or kpy's own."""
        owner = owner_of(path)
        if owner in ("python", "kpy") or (owner == "installed" and path.endswith(_CODE)):
            return True
        # of a pyproject.toml kpy takes the settings, which are known
        is_kept = path.startswith(self._ignored) or os.path.basename(path) == "pyproject.toml"
        return caller.owner == "kpy" and is_kept

    def _changed(self, path: str, caller: Caller) -> None:
        if caller.owner != "kpy" and _CACHE not in path and path != os.devnull:
            self._lost(f"it writes {shown_file(path)}", caller)

    def _lost(self, why: str, caller: Caller) -> None:
        if caller.owner != "kpy":
            frame = caller.frame
            where = f"{shown_file(frame.f_code.co_filename)}:{frame.f_lineno}: " if frame is not None else ""
            self._keep("reason", f"{where}{why}", "", caller)

    def _saw(self, path: str, what: str, caller: Caller) -> None:
        self._keep("path", path, self._states.of_path(path, what), caller)
        if (real := self._states.real(path)) != path:
            self._keep("path", real, self._states.of_path(real, what), caller)

    def _keep(self, kind: str, name: str, state: str, caller: Caller) -> None:
        self._say(kind, name, state)
        if self._lasts(caller):
            self._lasting[_Lasting(kind, name, state, self._owner_of(name))] = None

    def _owner_of(self, name: str) -> str:
        """Return the folder of the app if something is in it: what stands beside one app is no answer for another."""
        is_own = (
            name.removeprefix(MODULE).removeprefix(LINK).startswith(self._folder) and self._folder != self._homes[1]
        )
        return self._folder if is_own else ""

    def _say(self, kind: str, name: str, state: str) -> None:
        if kind == "path":
            saw_state(name, state)
        elif kind == "other":
            saw_other(name, state)
        else:
            saw_reason(name)

    def _lasts(self, caller: Caller) -> bool:
        """Return whether the code that asks stays for the apps after this one, and may remember the answer."""
        frame = caller.frame
        if caller.owner != "user" or frame is None:
            return caller.owner != "kpy"
        module = sys.modules.get(frame.f_globals.get("__name__", ""))
        is_there = module is not None and module.__dict__ is frame.f_globals
        return not (is_there and frame.f_code.co_filename.startswith(self._homes))
