"""`kpy init`: a project to start from, in a new folder or one that has other things in it, and what to type next."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable
from typing import NamedTuple

from kpy.cli import starters
from kpy.cli.options import Given
from kpy.cli.output import Product
from kpy.cli.surroundings import Surroundings, append, look_around, with_table
from kpy.errors import WriteError
from kpy.project.settings import PYPROJECT

__all__ = ["run"]

_CI = {
    "github": (("check.yaml", "kpy.yaml"), ".github/workflows/", starters.GITHUB),
    "gitlab": ((".gitlab-ci.yml",), "", starters.GITLAB),
}
_SERVICES = {"github": "GitHub", "gitlab": "GitLab"}


class _Plan(NamedTuple):
    """What is to be done in a folder."""

    #: Path to text of what is made.
    written: dict[str, str]
    #: Path to text of what is added to.
    added: dict[str, str]
    #: What somebody has to know or do.
    notes: list[str]


def run(given: Given) -> int:
    """Write the files of a project and say what to do next; what is there already stays as it is."""
    folder = given.text("folder") or "."
    if given.has("library"):
        return _run_library(folder, given.text("ci"))
    around = look_around(folder)
    with Product() as product:
        plan = _plan(around, given.text("ci"))
        _carry_out(plan, folder)
        product.write("\n".join([*_told(plan, folder), _next(around, plan)]))
    return 0


def _run_library(folder: str, service: str | None) -> int:
    from kpy.cli.init_library import library_files, next_for_library

    with Product() as product:
        plan = _Plan(library_files(folder, service), {}, [])
        _carry_out(plan, folder)
        product.write("\n".join([*_told(plan, folder), next_for_library(folder)]))
    return 0


def _plan(around: Surroundings, service: str | None) -> _Plan:
    plan = _Plan({}, {}, [])
    name = around.name
    if name != "app":
        plan.notes.append(f"The app is {name}.py, since the name `app` is taken.")
    plan.written[f"{name}.py"] = starters.APP.replace("NAME", _name_of(around.folder))
    plan.written[f"tests/test_{name}.py"] = starters.TEST.replace("FILE", name)
    settings = starters.SETTINGS.replace("FILE", name)
    if around.pyproject is not None:
        path = os.path.normpath(os.path.join(around.folder, PYPROJECT))
        plan.added[PYPROJECT] = with_table(path, around.pyproject, settings)
    else:
        plan.written[PYPROJECT] = settings + ("" if around.has_tests else starters.PYTEST)
    if around.has_tests and not around.has("conftest.py"):
        plan.written["conftest.py"] = starters.CONFTEST.replace("FILE", name)
    if not around.has_dependencies and not around.has("requirements.txt"):
        plan.written["requirements.txt"] = starters.REQUIREMENTS
    elif around.adds.startswith("pip"):
        place = "requirements.txt" if around.has("requirements.txt") else PYPROJECT
        plan.notes.append(f"Tests need {starters.PACKAGE}: add it to the dependencies in {place}.")
    if not around.has(".gitignore"):  # a repository made elsewhere brings one
        plan.written[".gitignore"] = starters.IGNORED
    _plan_ci(around, plan, service)
    return plan


def _plan_ci(around: Surroundings, plan: _Plan, service: str | None) -> None:
    """Plan the file for continuous integration where the service would read it and none is there."""
    service = service or ("gitlab" if around.has(".gitlab-ci.yml") else "github")
    if service == "none":
        return
    names, folder, text = _CI[service]
    if around.repository is not None:
        plan.notes.append(
            f"{_SERVICES[service]} reads files for continuous integration at the root of the repository, "
            f"{around.repository}, so none is written: run `kpy validate` and the tests from there."
        )
        return
    path = next((folder + name for name in names if not around.has(folder + name)), None)
    if path is None:
        plan.notes.append(f"{folder}{names[-1]} is there already: let it run `kpy validate` and the tests.")
        return
    text = text.replace("FILE", around.name).replace("INSTALL", _installed(plan, "pip install "))
    plan.written[path] = text.replace("TESTED", f"pytest{_only(around)}")


def _told(plan: _Plan, folder: str) -> Iterable[str]:
    yield f"Written to {folder}:\n"
    yield from (f"    {path}" for path in plan.written)
    yield ""
    if plan.added:
        yield "Added at the end, the rest is as it was:\n"
        yield from (f"    {path}: [tool.kpy]" for path in plan.added)
        yield ""
    if plan.notes:
        yield from (*plan.notes, "")


def _next(around: Surroundings, plan: _Plan) -> str:
    text = starters.NEXT.replace("INSTALL", _installed(plan, around.adds))
    text = text.replace("RUN", around.runs).replace("FILE", around.name).replace("ONLY", _only(around))
    enter = f"    cd {shlex.quote(around.folder)}\n" if around.folder != "." else ""
    return text.replace("\n\n", f"\n\n{enter}", 1)


def _installed(plan: _Plan, adds: str) -> str:
    if "requirements.txt" in plan.written:
        return "pip install -r requirements.txt"
    return f"{adds}{shlex.quote(starters.PACKAGE)}"


def _only(around: Surroundings) -> str:
    """Return what makes pytest run the new tests alone, where there are others, whose snapshots are not ours."""
    return f" tests/test_{around.name}.py" if around.has_tests else ""


def _name_of(folder: str) -> str:
    """Return the name of the app: that of the folder, as far as it can be the name of a namespace."""
    name = re.sub(r"[^a-z0-9]+", "-", os.path.basename(os.path.abspath(folder)).lower()).strip("-")
    return name[:50].rstrip("-") or "app"


def _carry_out(plan: _Plan, folder: str) -> None:
    """Write all of it; where something cannot be written, take back the files that were."""
    made: list[str] = []
    try:
        for path, text in plan.written.items():
            place = os.path.join(folder, path)
            os.makedirs(os.path.dirname(place) or ".", exist_ok=True)
            with open(place, "x", encoding="utf-8", newline="\n") as file:
                made.append(place)
                file.write(text)
        for path, text in plan.added.items():
            append(os.path.join(folder, path), text)
    except OSError as error:
        for place in made:
            os.unlink(place)
        raise WriteError(f"{error.filename}: it cannot be written: {error.strerror}") from None
