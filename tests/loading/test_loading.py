import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kpy.errors import LoadError
from kpy.loading import BrokenAppError, load_app
from kpy.source import Location

Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file below the test's folder and return its path."""

    def write(text: str, name: str = "shop.py") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"from kpy import App, Chart\n{text}")
        return str(path)

    return write


def error_of(target: str, **values: str | list[str]) -> str:
    texts = {name: [value] if isinstance(value, str) else value for name, value in values.items()}
    with pytest.raises(LoadError) as error:
        load_app(target, texts)
    return str(error.value)


def test_app_at_the_top_of_a_file_is_found(write: Write) -> None:
    assert load_app(write("app = App('shop')")).name == "shop"


def test_same_app_under_two_names_is_one(write: Write) -> None:
    assert load_app(write("app = main = App('shop')")).name == "shop"


@pytest.mark.parametrize("annotation", ["App", "'App'", "'kpy.App'"])
def test_function_that_returns_an_app_is_called(write: Write, annotation: str) -> None:
    assert load_app(write(f"import kpy\ndef make() -> {annotation}: return App('made')")).name == "made"


def test_function_called_app_needs_no_annotation(write: Write) -> None:
    assert load_app(write("def app(): return App('made')")).name == "made"


def test_app_goes_before_the_functions_that_make_it(write: Write) -> None:
    assert load_app(write("def make(name: str) -> App: return App(name)\napp = make('dev')")).name == "dev"


def test_private_functions_do_not_count(write: Write) -> None:
    assert load_app(write("def _base() -> App: return App('base')\ndef app() -> App: return _base()")).name == "base"


def test_function_of_the_file_goes_before_imported_ones(write: Write) -> None:
    write("def app() -> App: return App('other')", "other_app.py")

    assert load_app(write("from other_app import app as base\ndef make() -> App: return App('own')")).name == "own"


def test_name_picks_one_of_several(write: Write) -> None:
    path = write("dev = App('dev')\ndef prod() -> App: return App('prod')")

    assert load_app(f"{path}:dev").name == "dev"
    assert load_app(f"{path}:prod").name == "prod"


def test_module_is_imported_from_the_folder(write: Write, tmp_path: Path) -> None:
    write("", "infra_of_test/__init__.py")
    write("app = App('shop')", "infra_of_test/main.py")

    assert load_app("infra_of_test.main", folder=str(tmp_path)).name == "shop"
    assert load_app("infra_of_test.main:app", folder=str(tmp_path)).name == "shop"


def test_folder_of_the_file_is_on_the_path_while_its_code_runs(write: Write, tmp_path: Path) -> None:
    write("NAME = 'from parts'", "parts.py")
    before = list(sys.path)

    assert load_app(write("def app() -> App:\n    import parts\n    return App(parts.NAME)")).name == "from parts"
    assert sys.path == before


def test_apps_of_two_folders_may_have_modules_of_one_name(write: Write) -> None:
    for folder in ("one", "two"):
        write(f"NAME = '{folder}'", f"{folder}/parts.py")
        write("import parts\napp = App(parts.NAME)", f"{folder}/shop.py")

    one = write("import parts\napp = App(parts.NAME)", "one/shop.py")
    two = write("import parts\napp = App(parts.NAME)", "two/shop.py")

    assert [load_app(path).name for path in (one, two, one)] == ["one", "two", "one"]


def test_file_may_have_the_name_of_a_module(write: Write) -> None:
    import json

    assert load_app(write("app = App('shop')", "json.py")).name == "shop"
    assert load_app(write("app = App('shop')", "kpy.py")).name == "shop"
    assert sys.modules["json"] is json


def test_file_is_not_run_as_a_script(write: Write) -> None:
    assert load_app(write("app = App('shop')\nif __name__ == '__main__': raise SystemExit")).name == "shop"


def test_file_that_is_not_there_is_named_with_a_near_one(write: Write, tmp_path: Path) -> None:
    write("", "shop.py")

    assert error_of(f"{tmp_path}/shpo.py") == (
        f"{tmp_path}/shpo.py: there is no such file; did you mean {tmp_path}/shop.py?"
    )


@pytest.mark.parametrize("target", ["no_such_module_1", "no_such_module_1.app", "json.no_such"])
def test_module_that_is_not_there_is_named(target: str) -> None:
    assert error_of(target) == f"{target}: there is no such file, and no such module"


def test_target_that_is_neither_file_nor_module_is_named() -> None:
    assert error_of("not-a-module") == "not-a-module: there is no such file, and no module has such a name"


def test_folder_is_no_app(tmp_path: Path) -> None:
    assert error_of(f"{tmp_path}/") == f"{tmp_path}/: this is a folder: name the file in it that has the app"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "x = 1",
            "there is no app in it: write `app = App(...)` at its top level, or a function `def app() -> App` that "
            "returns one",
        ),
        (
            "shop = Chart('shop')",
            "there is no app in it: write `app = App(...)` at its top level, or a function `def app() -> App` that "
            "returns one; `shop` is a Chart: add it to an app",
        ),
        ("a = App('a')\nb = App('b')", "there are 2 apps in it, `a`, `b`: name one, `{path}:a`"),
        (
            "def a() -> App: ...\ndef b() -> App: ...",
            "there are 2 apps in it, `a`, `b`: name one, `{path}:a`",
        ),
        ("def app(): return Chart('a')", "app() returned a Chart, not an App: end it with `return app`"),
        ("def app() -> App: pass", "app() returned None, not an App: end it with `return app`"),
    ],
)
def test_file_without_one_app_is_refused(write: Write, text: str, message: str) -> None:
    path = write(text)

    assert error_of(path) == f"{path}: {message.format(path=path)}"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("prd", "there is no `prd` in it; did you mean `prod`?"),
        ("zzz", "there is no `zzz` in it; there is `dev`, `prod`"),
        ("text", "`text` is a str, not an App or a function that returns one"),
    ],
)
def test_name_that_is_no_app_is_refused(write: Write, name: str, message: str) -> None:
    path = write("dev = App('dev')\nprod = App('prod')\ntext = 'x'")

    assert error_of(f"{path}:{name}") == f"{path}: {message}"


PARAMETERS = """
from __future__ import annotations
"""


def value_of(write: Write, annotation: str, *texts: str, head: str = "") -> object:
    """Return what texts become for a parameter of that annotation."""
    path = write(f"{head}\nGOT = []\ndef app(it{annotation}) -> App:\n    GOT.append(it)\n    return App('shop')\n")
    app = load_app(path, {"it": list(texts)})
    assert app.name == "shop"
    (module,) = [each for each in sys.modules.values() if getattr(each, "__file__", None) == path]
    value: object = module.GOT[0]
    return value


@pytest.mark.parametrize(
    ("annotation", "texts", "value"),
    [
        (": str", ["6"], "6"),
        ("", ["6"], "6"),
        ("=2", ["6"], 6),
        ("=False", ["true"], True),
        ("='x'", ["6"], "6"),
        ("=None", ["6"], "6"),
        (": int", ["6"], 6),
        (": 'int'", ["-6"], -6),
        (": float", ["0.5"], 0.5),
        (": bool", ["true"], True),
        (": bool", ["No"], False),
        (": bool", ["0"], False),
        (": int | None", ["6"], 6),
        (": int | None", ["none"], None),
        (": Optional[bool]", ["off"], False),
        (": str | None", ["none"], "none"),
        (": int | str", ["6"], 6),
        (": int | str", ["50%"], "50%"),
        (": bool | int", ["1"], 1),
        (": Literal['dev', 'prod']", ["prod"], "prod"),
        (": Literal[1, 2, 'many']", ["2"], 2),
        (": list[int]", ["1,2"], [1, 2]),
        (": list[int]", ["1", "2,3"], [1, 2, 3]),
        (": list[str]", [""], []),
        (": list", ["a,b"], ["a", "b"]),
        (": Sequence[str]", ["a, b"], ["a", "b"]),
        (": tuple[float, ...]", ["1,2"], (1.0, 2.0)),
        (": set[str] | None", ["a"], {"a"}),
        (": Path", ["a/b"], Path("a/b")),
        (": Annotated[int, 'doc']", ["6"], 6),
        (": Port", ["80"], 80),
        (": object", ["6"], "6"),
    ],
)
def test_text_becomes_what_the_annotation_says(write: Write, annotation: str, texts: list[str], value: object) -> None:
    head = (
        "from collections.abc import Sequence\nfrom pathlib import Path\n"
        "from typing import Annotated, Literal, NewType, Optional\nPort = NewType('Port', int)"
    )

    got = value_of(write, annotation, *texts, head=head)

    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize("text", ["PROD", "production", "3"])
def test_enum_is_chosen_by_name_or_value(write: Write, text: str) -> None:
    head = "import enum\nclass Env(enum.Enum):\n    PROD = 'production'\n    DEV = 3"

    assert getattr(value_of(write, ": Env", text, head=head), "name", None) == ("DEV" if text == "3" else "PROD")


def test_annotations_may_be_postponed(write: Write, tmp_path: Path) -> None:
    path = tmp_path / "late.py"
    path.write_text(
        "from __future__ import annotations\nfrom kpy import App\n"
        "def app(count: int, *, live: bool = False) -> App: return App(f'{count!r}-{live!r}')"
    )

    assert load_app(str(path), {"count": ["6"], "live": ["yes"]}).name == "6-True"


def test_any_callable_can_be_named(write: Write) -> None:
    path = write(
        "from functools import partial\ndef _make(name, /, env: str, **rest: int) -> App: return App(f'{name}{rest}')\n"
        "app = partial(_make, 'shop')"
    )

    assert load_app(f"{path}:app", {"env": ["dev"], "other": ["3"]}).name == "shop{'other': 3}"


@pytest.mark.parametrize(
    ("signature", "values", "message"),
    [
        ("replicas: int", {"replicas": "many"}, "app(): replicas=many: expected a whole number"),
        ("share: float", {"share": "x"}, "app(): share=x: expected a number"),
        ("live: bool", {"live": "maybe"}, "app(): live=maybe: it is not true or false"),
        ("env: Literal['a', 'b']", {"env": "c"}, "app(): env=c: it is not one of a, b"),
        (
            "env: dict[str, str]",
            {"env": "c"},
            "app(): env=c: a text cannot become `dict[str, str]`: give the parameter a default, or a simpler type",
        ),
        ("env: str", {"env": ["a", "b"]}, "app(): env: set 2 times: a, b; say it once"),
        ("env: str", {"evn": "a"}, "app() has no parameter `evn`; did you mean `env`?"),
        ("env: str, zone: str", {"x": "a"}, "app() has no parameter `x`; it has `env`, `zone`"),
        ("", {"x": "a"}, "app() has no parameter `x`; it has none"),
        (
            "env: str, zone: str, count: int = 2",
            {},
            "app() needs a value for `env`, `zone`: add --set env=... --set zone=...",
        ),
        (
            "env: 'Nope'",
            {"env": "a"},
            "app(): the annotation of `env`, Nope, cannot be resolved: name 'Nope' is not defined",
        ),
    ],
)
def test_values_that_do_not_fit_are_refused(
    write: Write, signature: str, values: dict[str, str | list[str]], message: str
) -> None:
    path = write(f"from typing import Literal\ndef app({signature}) -> App: return App('shop')")

    assert error_of(path, **values) == f"{path}: {message}"


def test_values_for_an_app_that_is_made_already_are_refused(write: Write) -> None:
    path = write("app = App('shop')")

    assert error_of(path, env="dev") == (
        f"{path}: `app` is an App, not a function, so there is no parameter to set (`env`): "
        "make the app in a function that takes it, `def app(env: str) -> App`"
    )


def broken(target: str) -> str:
    """Return what is shown of an error, without the lines of markers that some versions of Python put below code."""
    with pytest.raises(BrokenAppError) as error:
        load_app(target)
    return re.sub(r"^ +[~^]+\n", "", error.value.traceback, flags=re.MULTILINE)


def test_error_in_the_file_shows_its_own_lines_only(write: Write) -> None:
    path = write("def helper():\n    return 1 / 0\nhelper()")

    assert broken(path) == (
        "Traceback (most recent call last):\n"
        f'  File "{path}", line 4, in <module>\n    helper()\n'
        f'  File "{path}", line 3, in helper\n    return 1 / 0\n'
        "ZeroDivisionError: division by zero"
    )


def test_error_of_kpy_is_told_at_the_line_that_called_it(write: Write) -> None:
    path = write("app = App('shop')\nchart = app.add(Chart('shop'))\n\ndef twice():\n    app.add(chart)\n\ntwice()")

    with pytest.raises(BrokenAppError) as error:
        load_app(path)

    assert error.value.where == Location(path, 6)
    assert error.value.callers == (Location(path, 8),)
    assert str(error.value).startswith(f'{path}:6: cannot add Chart "shop"')
    assert "Traceback" not in str(error.value)


def test_what_a_library_met_inside_is_not_shown(write: Write) -> None:
    write(
        "def met():\n    try:\n        open('none')\n    except OSError as e:\n        return e\n",
        "site-packages/met_a.py",
    )
    path = write(
        "import sys\nsys.path[:0] = [f'{sys.path[0]}/site-packages']\nimport met_a\nraise LookupError from met_a.met()"
    )

    assert broken(path).splitlines()[1:] == [
        f'  File "{path}", line 5, in <module>',
        "    raise LookupError from met_a.met()",
        "LookupError",
    ]


def test_error_in_a_function_that_makes_the_app_shows_its_lines(write: Write) -> None:
    assert "in app\n" in broken(write("def app() -> App:\n    raise ValueError('no')"))


def test_syntax_error_is_shown_with_its_place(write: Write) -> None:
    path = write("def app(:\n")

    assert broken(path).startswith(f'  File "{path}", line 2\n    def app(:\n')


def test_missing_module_is_shown_with_the_import(write: Write) -> None:
    path = write("import no_such_module_2")

    assert broken(path) == (
        f'Traceback (most recent call last):\n  File "{path}", line 2, in <module>\n    import no_such_module_2\n'
        "ModuleNotFoundError: No module named 'no_such_module_2'"
    )


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        (
            "import no_such_module_2",
            f"fix: install it for this Python ({sys.executable}), or put `no_such_module_2.py`",
        ),
        ("import ymal", "fix: did you mean `yaml`?"),
        ("import kpy.testng", "fix: did you mean `kpy.testing`?"),
        ("import kpy.nowhere_near", "ModuleNotFoundError: No module named 'kpy.nowhere_near'"),
        ("from json import laods", "did you mean"),
        ("from json import nowhere_near", "ImportError: cannot import name 'nowhere_near' from 'json'"),
    ],
)
def test_failed_import_comes_with_what_to_do(write: Write, line: str, hint: str) -> None:
    last = error_of(write(line)).splitlines()[-1]

    assert hint.lower() in last.lower()


def test_library_lines_are_left_out_where_a_line_of_the_user_remains(write: Write) -> None:
    shown = broken(write("import json\njson.loads('{')"))

    assert shown.count("File ") == 1


def test_exit_in_the_file_is_an_error(write: Write) -> None:
    assert broken(write("raise SystemExit(3)")).endswith("SystemExit: 3")


def test_cause_of_an_error_is_shown_when_it_is_the_users(write: Write) -> None:
    shown = broken(write("try:\n    {}['a']\nexcept KeyError as error:\n    raise ValueError('no a') from error"))

    assert "KeyError: 'a'\n\nThe above exception was the direct cause" in shown


def test_file_imports_from_the_folder_of_its_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it does the types of custom resources, wherever in the project the app is."""
    from kpy.cli.main import run

    for name, image in (("one", "a:1"), ("two", "b:2")):
        (tmp_path / name / "infra").mkdir(parents=True)
        (tmp_path / name / "apps").mkdir()
        (tmp_path / name / "pyproject.toml").write_text("[tool.kpy]\n")
        (tmp_path / name / "infra" / "images.py").write_text(f"WEB = {image!r}\n")
        (tmp_path / name / "apps" / "shop.py").write_text(
            "from infra.images import WEB\nfrom kpy import App, Chart, ConfigMap\n"
            "app = App('shop')\napp.add(Chart('shop')).add(ConfigMap('a', data={'web': WEB}))\n"
        )
    before = list(sys.path)
    monkeypatch.chdir(tmp_path / "one" / "apps")

    assert run(["synth", "shop.py"]) == 0
    assert "web: a:1" in capsys.readouterr().out
    assert run(["synth", "../../two/apps/shop.py"]) == 0
    assert "web: b:2" in capsys.readouterr().out
    assert sys.path == before
