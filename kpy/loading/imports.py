"""What to do about an import of the user's that failed, or a method that is not there."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

__all__ = ["import_hint"]


def import_hint(error: BaseException) -> str | None:
    """Return what was probably meant, or what to install; nothing for other errors and where Python says it itself."""
    if isinstance(error, AttributeError) and isinstance(error.obj, type) and error.name:
        return _of_class(error.obj, error.name)
    if isinstance(error, ModuleNotFoundError) and error.name:
        return _of_module(error.name)
    if isinstance(error, ImportError) and (error.name or "").startswith("kpy.api"):
        return _of_the_api(str(error))
    if isinstance(error, ImportError) and error.name and sys.version_info < (3, 12):
        match = re.match(r"cannot import name '(\w+)'", str(error))
        return _did_you_mean(match[1], dir(sys.modules[error.name])) if match and error.name in sys.modules else None
    return None


def _of_class(cls: type, name: str) -> str | None:
    """Return what is meant by a method that a class of kpy does not have, such as `Probe.from_http_get`."""
    from kpy.model.fields import FieldOwner
    from kpy.model.suggestions import hint_for

    if not issubclass(cls, FieldOwner):
        return None
    return hint_for(name, [each for each in dir(cls) if not each.startswith("_")], cls).text or None


def _of_the_api(message: str) -> str | None:
    from kpy.model.homes import home_of_type

    match = re.match(r"cannot import name '(\w+)'", message)
    home = home_of_type(match[1]) if match else ""
    return f"it is in another module: `from {home} import {match[1]}`" if match and home else None


def _of_module(name: str) -> str | None:
    package, _, _ = name.rpartition(".")
    if package:
        return _did_you_mean(name, (f"{package}.{each}" for each in _modules_of(package)))
    where = f"install it for this Python ({sys.executable}), or put `{name}.py` beside the app"
    return _did_you_mean(name, _modules_of(None)) or where


def _modules_of(package: str | None) -> set[str]:
    """Return the names of the modules of a package, or of all that can be imported."""
    from pkgutil import iter_modules

    if package is None:
        return {*sys.stdlib_module_names, *(module.name for module in iter_modules())}
    return {module.name for module in iter_modules(getattr(sys.modules.get(package), "__path__", ()))}


def _did_you_mean(name: str, names: Iterable[str]) -> str | None:
    from difflib import get_close_matches

    near = get_close_matches(name, [each for each in names if not each.startswith("_")], n=1, cutoff=0.7)
    return f"did you mean `{near[0]}`?" if near else None
