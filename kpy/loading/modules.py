"""Running a user's file as `python file.py` would, but as a module, and importing a module as `python -m` would."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection
from functools import lru_cache
from types import CodeType, ModuleType

from kpy.errors import LoadError
from kpy.loading.broken import run_user_code
from kpy.source import belong_to, belonging

__all__ = ["aside", "forget_all", "import_module", "is_file", "prefer_beside", "require_file", "run_file"]

Loaded = tuple[ModuleType, Callable[[], None]]

#: The folders from which the file that was run last imported.
_last_folders: frozenset[str] = frozenset()


def is_file(place: str, folder: str) -> bool:
    """Return whether a target means a file, which may be missing, and not a module."""
    return place.endswith(".py") or "/" in place or os.sep in place or os.path.isfile(os.path.join(folder, place))


def run_file(path: str, root: str = "") -> Loaded:
    """Run a file and return its module, and what to call when its code has run.

    Until then its folder is the first on `sys.path`, and `root`, the folder of the project, the last. Modules beside a
    file that was run before, in another folder, are forgotten, so that two apps may each have a `parts.py`.
    """
    source = _read(path)
    full = os.path.abspath(path)
    folder = os.path.dirname(full)
    root = os.path.abspath(root) if root else folder
    _forget_others(frozenset({folder, root}))
    belong_to(folder)
    module = ModuleType(_free_name(full))
    module.__file__ = full
    sys.modules[module.__name__] = module
    leave = _enter(folder, root)
    try:
        run_user_code(path, _execute, source, full, module)
    except BaseException:
        del sys.modules[module.__name__]
        leave()
        raise
    return module, leave


def import_module(name: str, folder: str) -> Loaded:
    """Import a module, those of the folder first, and return it, and what to call when its code has run."""
    if not all(part.isidentifier() for part in name.split(".")):
        raise LoadError(f"{name}: there is no such file, and no module has such a name")
    from importlib import import_module

    belong_to(folder or os.curdir)
    leave = _enter(folder)
    try:
        return run_user_code(name, import_module, name), leave
    except BaseException as error:
        leave()
        missing = error.__cause__
        if isinstance(missing, ModuleNotFoundError) and f"{name}.".startswith(f"{missing.name}."):
            raise LoadError(f"{name}: there is no such file, and no such module") from None
        raise


class aside:  # noqa: N801  # reads as `with aside():`
    """A block in which an app is loaded while another one is: afterwards all is as it was before.

    That is whose lines count as the user's own, and which modules beside an app are imported by their bare names.
    """

    def __enter__(self) -> None:
        self.folders, self.modules = _last_folders, dict(sys.modules)
        self.belonging = belonging()
        self.belonging.__enter__()

    def __exit__(self, *_: object) -> None:
        global _last_folders
        others, _last_folders = _last_folders - self.folders, self.folders
        for name in [name for name in sys.modules if _folder_of(name.partition(".")[0]) in others]:
            del sys.modules[name]
        for name, module in self.modules.items():
            sys.modules.setdefault(name, module)
        self.belonging.__exit__()


def _execute(source: bytes, file: str, module: ModuleType) -> None:
    exec(_compiled(source, file), module.__dict__)


@lru_cache(maxsize=512)
def _compiled(source: bytes, file: str) -> CodeType:
    """Return the code of a file, which is run once for each output of its app."""
    return compile(source, file, "exec", dont_inherit=True)


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except IsADirectoryError:
        raise LoadError(f"{path}: this is a folder: name the file in it that has the app") from None
    except FileNotFoundError:
        raise LoadError(f"{path}: there is no such file{_near(path)}") from None
    except OSError as error:
        raise LoadError(f"{path}: the file cannot be read: {error.strerror}") from None


def require_file(path: str) -> None:
    """Raise `LoadError` where there is no such file, or it cannot be read."""
    _read(path)


def _near(path: str) -> str:
    from difflib import get_close_matches

    folder, name = os.path.split(path)
    try:
        files = [file for file in os.listdir(folder or ".") if file.endswith(".py")]
    except OSError:
        return ""
    near = get_close_matches(name, files, n=1)
    return f"; did you mean {os.path.join(folder, near[0])}?" if near else ""


def _free_name(full: str) -> str:
    """Return a name for the module of a file that no other module has, so that it hides none."""
    stem = os.path.splitext(os.path.basename(full))[0]
    name = base = f"kpy_app_{stem}"
    number = 2
    while name in sys.modules and getattr(sys.modules[name], "__file__", None) != full:
        name = f"{base}_{number}"
        number += 1
    return name


def _enter(folder: str, root: str = "") -> Callable[[], None]:
    """Put a folder first on `sys.path`, and another one last; return what takes them off again."""
    sys.path.insert(0, folder)
    is_added = bool(root) and root not in sys.path
    if is_added:
        sys.path.append(root)

    def leave() -> None:
        for each in (folder, root) if is_added else (folder,):
            if each in sys.path:
                sys.path.remove(each)

    return leave


def _forget_others(folders: frozenset[str]) -> None:
    """Forget the modules that an earlier file brought with it from other folders."""
    global _last_folders
    if others := _last_folders - folders:
        for name in [name for name in sys.modules if _folder_of(name.partition(".")[0]) in others]:
            del sys.modules[name]
    _last_folders = folders


def forget_all(known: set[str], *, keep: Collection[str] = ()) -> None:
    """Forget all modules that the file which was run last brought with it, but for those in the folders `keep`.

    What follows then finds no state of an app before it. `known` are the names of modules that are of no app; those
    that are found to be of none are added.
    """
    new = [name for name in sys.modules if name not in known]
    own = [name for name in new if _folder_of(name.partition(".")[0]) in _last_folders]
    known |= set(new) - set(own)
    kept = [name for name in own if _is_below(getattr(sys.modules[name], "__file__", None) or "", keep)]
    with_parents = {name[:end] for name in kept for end, sign in enumerate(f"{name}.") if sign == "."}
    for name in own:
        if name not in with_parents:
            del sys.modules[name]


def prefer_beside(folder: str, known: set[str], *, but: Collection[str]) -> None:
    """Forget modules of others that stand in the way of those in a folder, as when an app is the first to be made.

    `known` are the names of modules that are of no app, of which they are taken; those of `but` were there before any.
    """
    try:
        beside = {name.partition(".")[0] for name in os.listdir(folder)}
    except OSError:
        return
    for name in beside & sys.modules.keys() - {*but}:
        for each in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
            del sys.modules[each]
            known.discard(each)


def _is_below(file: str, folders: Collection[str]) -> bool:
    return any(file.startswith(f"{folder}{os.sep}") for folder in folders)


def _folder_of(name: str) -> str | None:
    """Return the folder from which a top-level module was imported; nothing for kpy and for what has no file."""
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    paths = list(getattr(module, "__path__", ()))
    if name == "kpy" or not (file or paths):
        return None
    return os.path.dirname(os.path.abspath(paths[0] if paths else str(file)))
