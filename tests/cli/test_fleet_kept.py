"""`kpy synth --all` makes again only what may come out otherwise."""

import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SETTINGS = """\
[tool.kpy]
apps = "apps/*/app.py"
output = "rendered/{env}/{app}"

[tool.kpy.environments.dev]
values = "values/{env}.yaml"
[tool.kpy.environments.prod]
values = "values/{env}.yaml"
"""
APP = """\
import helpers

from kpy import App, Chart, ConfigMap


def app(env: str, size: int, password: str = "") -> App:
    app = App(helpers.NAME)
    chart = app.add(Chart("web", namespace=env))
    chart.add(ConfigMap.from_literals("web", {"size": str(size), "said": str(helpers.said())}))
    return app
"""
ALL_KEPT = "4 outputs of 2 apps, 0 changed, 4 not made again\n"


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a workspace of two apps and two environments."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # two texts of one length at one time are one to Python
    write("pyproject.toml", SETTINGS)
    for env, size in (("dev", 1), ("prod", 2)):
        write(f"values/{env}.yaml", f"size: {size}\n")
    for name in ("cart", "shop"):
        write(f"apps/{name}/app.py", APP)
        looks(name, '"nothing"')


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def looks(app: str, expression: str, *, before: str = "") -> None:
    """Let an app look at something."""
    write(f"apps/{app}/helpers.py", f'{before}\nNAME = "{app}"\n\n\ndef said():\n    return {expression}\n')


def files() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(Path("rendered").rglob("*")) if path.is_file()}


def summary(kpy: Run, *words: str) -> str:
    return kpy("synth", "--all", *words)[2].splitlines()[-1]


def test_nothing_is_made_again_where_nothing_has_changed(kpy: Run) -> None:
    kpy("synth", "--all")
    before = files()

    assert kpy("synth", "--all") == (0, "", ALL_KEPT)
    assert kpy("synth", "--all", "-j", "2") == (0, "", ALL_KEPT)
    assert files() == before
    assert summary(kpy, "--no-cache") == "4 outputs of 2 apps, 0 changed"
    assert summary(kpy) == ALL_KEPT.strip()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_processes_tell_what_they_have_looked_at(kpy: Run) -> None:
    kpy("synth", "--all", "-j", "3")

    assert kpy("synth", "--all") == (0, "", ALL_KEPT)
    looks("cart", '"more"')
    assert summary(kpy, "-j", "3") == "4 outputs of 2 apps, 2 changed, 2 not made again"


def test_one_changed_module_makes_its_outputs_again(kpy: Run) -> None:
    kpy("synth", "--all")
    looks("cart", '"something"')

    assert summary(kpy) == "4 outputs of 2 apps, 2 changed, 2 not made again"
    assert summary(kpy) == ALL_KEPT.strip()


def test_one_changed_file_of_values_makes_its_outputs_again(kpy: Run) -> None:
    kpy("synth", "--all")
    write("values/prod.yaml", "size: 3\n")

    assert summary(kpy) == "4 outputs of 2 apps, 2 changed, 2 not made again"


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("[tool.kpy]\n", "[tool.kpy]\nkubernetes = '1.34'\n", 0),
        (
            "[tool.kpy]\n",
            "[tool.kpy]\n\n[tool.ruff]\nline-length = 100\n\n[tool.kpy]\n".replace("[tool.kpy]\n\n", ""),
            4,
        ),
        ("[tool.kpy.environments.prod]\n", "[tool.kpy.environments.prod]\nset = { size = 9 }\n", 2),
        ("[tool.kpy.environments.prod]\n", "[tool.kpy.environments.prod]\ncontexts = ['prod']\n", 4),
        ("[tool.kpy]\n", "[tool.kpy]\nselect = ['image-*']\n", 0),
        ("[tool.kpy]\n", "[tool.kpy]\ngitops = { waves = true }\n", 0),
    ],
)
def test_settings_count_as_far_as_they_hold_for_an_output(kpy: Run, old: str, new: str, kept: int) -> None:
    kpy("synth", "--all")
    write("pyproject.toml", SETTINGS.replace(old, new, 1))

    assert (f"{kept} not made again" in summary(kpy)) is bool(kept)


def test_words_of_the_command_line_count(kpy: Run) -> None:
    kpy("synth", "--all")

    assert summary(kpy, "--set", "size=7") == "4 outputs of 2 apps, 4 changed"
    assert summary(kpy, "--kubernetes", "1.34", "--set", "size=7") == "4 outputs of 2 apps, 0 changed"
    assert summary(kpy, "--format", "json") == "4 outputs of 2 apps, 4 changed"
    assert summary(kpy, "--layout", "resource") == "4 outputs of 2 apps, 4 changed"


def test_files_that_are_not_as_they_were_written_are_written_again(kpy: Run) -> None:
    kpy("synth", "--all")
    before = files()
    Path("rendered/dev/cart/web.yaml").unlink()
    write("rendered/dev/shop/web.yaml", "edited")
    Path("rendered/prod/cart/.kpy-files").unlink()

    assert "4 outputs of 2 apps, 2 not up to date, 1 not made again\n" in kpy("synth", "--all", "--check")[2]
    Path("rendered/prod/cart/web.yaml").unlink()
    assert summary(kpy) == "4 outputs of 2 apps, 3 changed, 1 not made again"
    assert files() == before


def test_mode_of_files_counts_where_it_is_said(kpy: Run) -> None:
    kpy("synth", "--all", "--mode", "600")
    Path("rendered/dev/cart/web.yaml").chmod(0o644)

    assert summary(kpy, "--mode", "600") == "4 outputs of 2 apps, 0 changed, 3 not made again"
    assert Path("rendered/dev/cart/web.yaml").stat().st_mode & 0o777 == 0o600


def test_check_takes_what_was_kept_and_keeps_itself(kpy: Run) -> None:
    kpy("synth", "--all")
    shutil.rmtree(".kpy")

    assert kpy("synth", "--all", "--check")[2] == "4 outputs of 2 apps, 0 not up to date\n"
    assert kpy("synth", "--all", "--check")[2] == "4 outputs of 2 apps, 0 not up to date, 4 not made again\n"
    looks("cart", '"something"')
    for _ in range(2):
        code, _, err = kpy("synth", "--all", "--check")
        assert (code, "different: rendered/dev/cart/web.yaml" in err) == (1, True)


def test_warnings_are_told_again(kpy: Run) -> None:
    write("apps/shop/app.py", APP.replace("    return app", '    ConfigMap.from_literals("lost", {})\n    return app'))
    code, _, err = kpy("synth", "--all")
    assert (code, "warning[never-added]" in err) == (0, True)

    for words in ((), ("--report", "json"), ("--report", "sarif")):
        fresh = kpy("synth", "--all", "--no-cache", *words)
        again = kpy("synth", "--all", *words)
        assert (again[0], again[2].replace(", 4 not made again", "")) == (fresh[0], fresh[2])
    code, _, err = kpy("synth", "--all", "--fail-on", "warning")
    assert (code, err.splitlines()[-1]) == (1, "4 outputs of 2 apps, 0 changed, 2 failed, 2 not made again")


def test_what_failed_is_made_again(kpy: Run) -> None:
    looks("cart", "1 / 0")
    for _ in range(2):
        code, _, err = kpy("synth", "--all")
        assert (code, "ZeroDivisionError" in err) == (1, True)
    assert summary(kpy) == "4 outputs of 2 apps, 0 changed, 2 failed, 2 not made again"


def test_secret_that_has_changed_counts_and_stands_nowhere(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPY_TEST_PASSWORD", "first-password")
    write("secret.txt", "first-file")
    write("values/prod.yaml", "size: 2\npassword: {env: KPY_TEST_PASSWORD}\n")
    write("values/dev.yaml", "size: 2\npassword: {file: ../secret.txt}\n")
    kpy("synth", "--all")
    assert summary(kpy) == ALL_KEPT.strip()

    monkeypatch.setenv("KPY_TEST_PASSWORD", "second-password")
    assert summary(kpy).endswith("2 not made again")
    write("secret.txt", "second-file")
    assert summary(kpy).endswith("2 not made again")
    kept = index()
    assert "KPY_TEST_PASSWORD" in kept
    assert not any(word in kept for word in ("first-", "second-"))


def index() -> str:
    """Return all that is kept, as text."""
    import zlib

    texts = []
    for path in Path(".kpy/cache").glob("*.entry"):
        first, _, rest = path.read_bytes().partition(b"\n")
        texts.append(zlib.decompress(rest[int(first.split()[1]) :]).decode())
    return "\n".join(texts)


def test_index_that_is_broken_or_of_others_is_made_anew(kpy: Run, tmp_path: Path) -> None:
    kpy("synth", "--all")
    (entry,) = Path(".kpy/cache").glob("*.entry")
    good = entry.read_bytes()
    for broken in (good[:-3], good[:40], b"", good[:-1] + bytes([good[-1] ^ 1])):
        entry.write_bytes(broken)
        assert summary(kpy) == "4 outputs of 2 apps, 0 changed"
        assert summary(kpy) == ALL_KEPT.strip()
    (tmp_path / "cache" / "kpy" / "project-cache.key").unlink()  # as on the machine of somebody else

    assert summary(kpy) == "4 outputs of 2 apps, 0 changed"


def test_index_with_another_form_is_made_anew(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import zlib

    from kpy.project_cache import ProjectCache

    kpy("synth", "--all")
    store = ProjectCache.store
    contents = [
        b"{}",
        b"[]",
        b"no json",
        b'{"inputs": [], "common": [], "outputs": {"cart dev": []}}',
    ]
    for content in (*map(zlib.compress, contents), b"not packed"):
        odd = partial(_stored, store, content)
        monkeypatch.setattr(ProjectCache, "store", lambda self, name, facts, _, odd=odd: odd(self, name, facts))
        kpy("synth", "--all", "--no-cache")
        monkeypatch.setattr(ProjectCache, "store", store)
        assert summary(kpy) == "4 outputs of 2 apps, 0 changed"


def _stored(store: Callable[..., bool], content: bytes, cache: object, name: str, facts: object) -> bool:
    return store(cache, name, facts, [content])


def test_finding_of_another_form_is_made_anew(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from kpy.delivery import keeping

    kpy("synth", "--all")
    monkeypatch.setattr(keeping.Index, "read", _with_odd_findings(keeping.Index.read))

    assert summary(kpy) == "4 outputs of 2 apps, 0 changed"


def _with_odd_findings(read):  # type: ignore[no-untyped-def]
    def odd(self):  # type: ignore[no-untyped-def]
        found = read(self)
        self.outputs = {name: each._replace(findings=[[1]]) for name, each in self.outputs.items()}
        return found

    return odd


def test_without_a_place_to_keep_anything_all_is_made(
    kpy: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

    for _ in range(2):
        assert "not made again" not in summary(kpy)
    assert not Path(".kpy").exists()


def test_outputs_that_are_left_out_stay_known(kpy: Run) -> None:
    kpy("synth", "--all", "--where", "app=cart")
    kpy("synth", "--all", "--where", "app=shop")

    assert summary(kpy) == ALL_KEPT.strip()
    shutil.rmtree("apps/shop")
    assert "1 app, 0 changed, 2 gone, 2 not made again" in summary(kpy)
    looks("cart", '"more"')
    kpy("synth", "--all")
    assert "shop" not in index()


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("__import__('subprocess').run(['true'])", "helpers.py:6: it starts a program"),
        ("__import__('os').system('true')", "helpers.py:6: it starts a program"),
        ("__import__('socket').gethostname() and 1", "helpers.py:6: it asks for the name of the machine"),
        ("__import__('socket').getaddrinfo('127.0.0.1', 1)", "helpers.py:6: it uses the network"),
        ("__import__('datetime').datetime.now() and 1", "helpers.py:6: it asks for the time, or for chance"),
        ("__import__('sqlite3').connect(':memory:') and 1", "helpers.py:6: it opens a database"),
        ("__import__('pathlib').Path('made.txt').write_text('x')", "helpers.py:6: it writes made.txt"),
        ("__import__('os').makedirs('made', exist_ok=True)", "helpers.py:6: it writes made"),
        ("__import__('os').stat('values').st_mode", "helpers.py:6: it asks for the state of values, which has times"),
        ("__import__('os.path').path.getmtime('values/dev.yaml') and 1", "it asks for the state of values/dev.yaml"),
        ("__import__('pathlib').Path('values').stat() and 1", "it asks for the state of values, which has times"),
        ("__import__('pathlib').Path('/proc/self/stat').read_text() and 1", "it reads /proc/self/stat"),
        ("len(__import__('os').listdir(__import__('os').open('values', 0)))", "it lists a folder by its number"),
        ("__import__('pathlib').Path('rendered/x.txt').read_text()", "it reads what kpy synth --all writes"),
        ("__import__('os').path.exists('rendered/prod/shop/web.yaml')", "it reads what kpy synth --all writes"),
    ],
)
def test_what_nobody_can_follow_is_made_each_time(kpy: Run, expression: str, reason: str) -> None:
    write("rendered/x.txt", "x")
    looks("cart", expression)
    assert kpy("synth", "--all")[0] == 0

    assert summary(kpy).endswith("2 not made again")
    assert reason in index()


def test_nothing_is_lost_where_a_name_is_no_path(kpy: Run) -> None:
    looks("cart", "[__import__('os').path.exists(each) for each in ('a\\0b', b'values', 'no/such')]")
    assert kpy("synth", "--all")[0] == 0

    assert summary(kpy) == ALL_KEPT.strip()


def test_functions_that_are_observed_stay_what_they_are(kpy: Run) -> None:
    before = os.stat, os.lstat, os.access, os.readlink, type(os.environ), list(sys.meta_path)
    looks("cart", "__import__('os').stat in __import__('os').supports_follow_symlinks")

    kpy("synth", "--all")

    assert 'said: "True"' in Path("rendered/dev/cart/web.yaml").read_text()
    assert before == (os.stat, os.lstat, os.access, os.readlink, type(os.environ), list(sys.meta_path))
    assert len([each for each in os.supports_follow_symlinks if getattr(each, "__name__", "") == "stat"]) == 1


def test_state_of_the_process_reaches_no_other_output(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPY_TEST_KEPT", "kept")
    expression = (
        "(os.environ.get('KPY_TEST_LEFT'), os.environ.pop('KPY_TEST_KEPT'), os.path.basename(os.getcwd()), "
        "os.environ.update(KPY_TEST_LEFT='1'), os.chdir('apps'), sys.path.append('left'))[:3]"
    )
    looks("cart", expression, before="import os, sys")

    kpy("synth", "--all", "--no-cache")

    for env in ("dev", "prod"):
        assert "(None, 'kept', 'work')" in Path(f"rendered/{env}/cart/web.yaml").read_text()
    assert os.environ["KPY_TEST_KEPT"] == "kept"
    assert "left" not in sys.path


def test_module_beside_an_app_comes_before_one_that_another_app_has_imported(
    kpy: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks("cart", "colorsys.__name__", before="import colorsys")
    looks("shop", "getattr(colorsys, 'OWN', 'of Python')", before="import colorsys")
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    kpy("synth", "--all")
    assert "of Python" in Path("rendered/dev/shop/web.yaml").read_text()

    write("apps/shop/colorsys.py", "OWN = 'its own'\n")
    for words in ((), ("--no-cache",)):
        shutil.rmtree("rendered/dev/shop")
        sys.modules.pop("colorsys", None)  # another command is another process
        kpy("synth", "--all", *words)
        assert "its own" in Path("rendered/dev/shop/web.yaml").read_text()
    assert "colorsys" in Path("rendered/prod/cart/web.yaml").read_text()
    assert summary(kpy) == ALL_KEPT.strip()
