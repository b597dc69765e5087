"""Workspaces whose apps look at everything that apps look at, and what may change in them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["FEATURES", "FILES", "NEW", "app_of", "files_below", "settings_of", "write", "write_files"]

#: Ways to look at something: an expression, of which the text goes into a ConfigMap. They may use these names.
HEAD = """\
import glob
import importlib
import importlib.util
import json
import os
import pkgutil
import runpy
from concurrent.futures import ThreadPoolExecutor
from os import environ
from pathlib import Path

from kpy import App, Chart, ConfigMap, OtherApp, Yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def plain(path):
    with open(path) as file:
        return file.read()


def optional(name):
    try:
        return importlib.import_module(name).VALUE
    except ImportError:
        return "absent"


def in_thread(function):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result()


def loaded(path):
    spec = importlib.util.spec_from_file_location("loaded_beside", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.VALUE


def statement():
    try:
        import settings_of_one as found
    except ImportError:
        return "none"
    return found.VALUE


def from_lib():
    from lib.names import VALUE

    return VALUE


def from_beside():
    import helpers

    return helpers.VALUE


def through():
    from lib import through

    return through.VALUE


def of_other():
    from apps.a import helpers as others

    return others.VALUE


def remembered():
    import elsewhere

    return elsewhere.read(str(ROOT / "data" / "shared.txt")) + elsewhere.variable()
"""
FEATURES: Mapping[str, str] = {
    "beside": "from_beside()",
    "package": "from_lib()",
    "through": "through()",
    "namespace": 'optional("ns.inner")',
    "dynamic": 'optional(f"lib.{env}")',
    "optional": 'optional("settings_of_one")',
    "statement": "statement()",
    "listed modules": 'sorted(each.name for each in pkgutil.iter_modules([str(ROOT / "lib")]))',
    "loaded": 'loaded(str(ROOT / "data" / "code.py"))',
    "run": 'runpy.run_path(str(ROOT / "data" / "code.py"))["VALUE"]',
    "pathlib": '(ROOT / "data" / "text.txt").read_text()',
    "relative": 'plain("data/text.txt")',
    "json": 'json.loads(plain(ROOT / "data" / "data.json"))',
    "glob": 'sorted(each.name for each in (ROOT / "data").glob("*.txt"))',
    "old glob": 'sorted(glob.glob("data/**/*.txt", recursive=True))',
    "listdir": 'sorted(each for each in os.listdir(HERE / "conf") if each.endswith(".txt"))',
    "walk": 'sorted(str(len(files)) for _, _, files in os.walk(HERE / "conf"))',
    "content of all": '[each.read_text() for each in sorted((HERE / "conf").iterdir()) if each.is_file()]',
    "exists": 'os.path.exists("data/flag")',
    "path exists": '(HERE / "flag").exists()',
    "is folder": '(ROOT / "data" / "more").is_dir()',
    "size": 'os.path.getsize("data/text.txt")',
    "access": 'os.access("data/flag", os.R_OK)',
    "link": '(ROOT / "data" / "link").read_text()',
    "real path": 'os.path.basename(os.path.realpath("data/link"))',
    "link to a folder": '(ROOT / "linked" / "text.txt").read_text()',
    "variable": 'os.environ.get("KPY_TEST_ONE", "none")',
    "asked variable": '"KPY_TEST_ONE" in environ',
    "got variable": 'os.getenv("KPY_TEST_TWO")',
    "bytes of a variable": 'os.environb.get(b"KPY_TEST_ONE")',
    "all variables": 'sorted(name for name in os.environ if name.startswith("KPY_TEST"))',
    "expanded": 'os.path.expandvars("$KPY_TEST_TWO")',
    "in a thread": 'in_thread(lambda: Path("data/text.txt").read_text() + os.environ.get("KPY_TEST_ONE", ""))',
    "of another app": "of_other()",
    "remembered": "remembered()",
    "values": "[size, name]",
}
FILES: Mapping[str, str] = {
    "apps/a/helpers.py": 'VALUE = "a"\n',
    "apps/b/helpers.py": 'VALUE = "b"\n',
    "apps/a/conf/one.txt": "one",
    "apps/b/conf/one.txt": "one",
    "lib/__init__.py": "",
    "lib/names.py": 'VALUE = "names"\n',
    "lib/through.py": 'from lib.deep.inner import VALUE as INNER\n\nVALUE = f"through {INNER}"\n',
    "lib/deep/__init__.py": "",
    "lib/deep/inner.py": 'VALUE = "inner"\n',
    "lib/prod.py": 'VALUE = "prod"\n',
    "ns/inner.py": 'VALUE = "namespace"\n',
    "data/text.txt": "text",
    "data/shared.txt": "shared",
    "data/other.txt": "other",
    "data/code.py": 'VALUE = "code"\n',
    "data/data.json": '{"a": 1}',
    "data/folder/text.txt": "in a folder",
    "values/dev.yaml": "size: 1\n",
    "values/prod.yaml": "size: 2\nname: {env: KPY_TEST_TWO}\n",
    "vendor/one.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, namespace: a}\ndata: {a: b}\n",
}
#: Files that there are not at first, and that some app would take.
NEW: Sequence[str] = (
    "apps/a/settings_of_one.py",
    "settings_of_one.py",
    "apps/b/lib.py",
    "apps/a/helpers/__init__.py",
    "lib/dev.py",
    "lib/more.py",
    "ns/__init__.py",
    "data/flag",
    "apps/a/flag",
    "data/more/x",
    "data/more.txt",
    "data/folder/more.txt",
    "apps/a/conf/two.txt",
    "apps/b/conf/sub/three.txt",
    "vendor/two.yaml",
    "unrelated.txt",
    "docs/unrelated.py",
)
APP = """\
{head}

def app(env: str, size: int = 0, name: str = "none") -> App:
    app = App("{app}")
    chart = app.add(Chart("web", namespace="{app}"))
    data = {{{entries}}}
    chart.add(ConfigMap.from_literals("web", {{key: json.dumps(said, default=repr) for key, said in data.items()}}))
    {more}
    return app
"""
_OTHER = """\
other = OtherApp("b", from_="../b/app.py", env=env).find(ConfigMap, "web")
    chart.add(ConfigMap.from_literals("b", other.data))"""
#: A module that is of no app: it stays while all are made, and remembers what it has read.
ELSEWHERE = """\
import functools
import os


@functools.cache
def read(path):
    with open(path) as file:
        return file.read()


@functools.cache
def variable():
    return os.environ.get("KPY_TEST_TWO", "")
"""


def app_of(name: str, features: Sequence[str], *, yaml: bool = False, other: bool = False) -> str:
    """Return the code of an app that looks at some things."""
    entries = ", ".join(f'"{feature.replace(" ", "-")}": {FEATURES[feature]}' for feature in features)
    lines = ['chart.add(Yaml("../../vendor/*.yaml"))'] if yaml else []
    lines += [_OTHER] if other else []
    return APP.format(head=HEAD, app=name, entries=entries, more="\n    ".join(lines))


def settings_of(more: str = "") -> str:
    return f"""\
[tool.kpy]
apps = "apps/*/app.py"
output = "rendered/{{env}}/{{app}}"
{more}
[tool.kpy.environments.dev]
values = "values/{{env}}.yaml"
[tool.kpy.environments.prod]
values = "values/{{env}}.yaml"
set = {{ size = 3 }}
"""


def write(path: str, text: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    for above in [*Path(path).parents][::-1]:
        if above.is_file():
            above.unlink()
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def write_files() -> None:
    for path, text in FILES.items():
        write(path, text)
    os.symlink("text.txt", "data/link")
    os.symlink("data/folder", "linked")


def files_below(folder: str) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()}
