"""What modules that stay have looked at, and may remember, counts for the apps after."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from kpy.tracing import Tracer
from kpy.tracing.states import States
from kpy.watch import Watch

CODE = """\
import os
def asked(path): return os.path.realpath(path), os.path.exists(path)
def listed(path): return os.listdir(path)
def read(path):
    with open(path) as file: return file.read()
def variable(name): return os.environ.get(name)
"""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[ModuleType]:
    """Return a module of an installed package."""
    file = tmp_path / "site-packages" / "acme.py"
    module = ModuleType("acme")
    exec(compile(CODE, str(file), "exec"), module.__dict__)
    sys.modules["acme"] = module
    yield module
    del sys.modules["acme"]


@pytest.fixture
def tracer(tmp_path: Path) -> Iterator[Tracer]:
    for name in ("cart", "shop"):
        (tmp_path / "apps" / name).mkdir(parents=True)
        (tmp_path / "apps" / name / "data.txt").write_text(name)
    (tmp_path / "shared.txt").write_text("shared")
    states = States(lambda: dict(os.environ), lambda word: word)
    with Tracer(states, project=str(tmp_path)) as tracer:
        yield tracer


def seen(watch: Watch) -> str:
    return "\n".join([*watch.states, *watch.others, *watch.reasons])


def test_what_a_package_reads_for_one_app_counts_for_all_after(
    tracer: Tracer, library: ModuleType, tmp_path: Path
) -> None:
    with tracer.watching(str(tmp_path / "apps" / "cart")):
        library.read(tmp_path / "shared.txt")
        library.variable("KPY_TEST_ONE")
        library.read(tmp_path / "apps" / "cart" / "data.txt")
        library.asked(tmp_path / "apps" / "cart" / "data.txt")
        library.listed(tmp_path / "apps" / "cart")
    tracer.settle()
    with tracer.watching(str(tmp_path / "apps" / "shop")) as other:
        pass
    with tracer.watching(str(tmp_path / "apps" / "cart")) as same:
        pass

    assert "shared.txt" in seen(other)
    assert "variable KPY_TEST_ONE" in seen(other)
    assert str(tmp_path / "apps" / "cart" / "data.txt") not in seen(other)  # no other app has its answer
    assert str(tmp_path / "apps" / "cart" / "data.txt") in seen(same)


def test_nothing_is_seen_while_no_app_is_made(tracer: Tracer, library: ModuleType, tmp_path: Path) -> None:
    library.read(tmp_path / "shared.txt")
    library.asked(tmp_path)
    library.variable("KPY_TEST_ONE")
    library.listed(tmp_path)
    (tmp_path / "made").mkdir()
    os.system("true")
    with tracer.watching(str(tmp_path / "apps" / "shop")) as watch:
        pass

    assert "shared" not in seen(watch)
    assert not watch.reasons
