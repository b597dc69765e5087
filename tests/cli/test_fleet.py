"""`kpy synth --all`: every app in every environment and cluster, in one run."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SETTINGS = """\
[tool.kpy]
apps = "apps/{team}/*/app.py"
output = "rendered/{env}/{app}"

[tool.kpy.environments.dev]
set = { replicas = 1 }

[tool.kpy.environments.prod]
set = { replicas = 3 }
kubernetes = "1.34"
"""
APP = """\
from helpers import NAME
from lib.names import counted

from kpy import App, Chart, ConfigMap


def app(env: str, replicas: int = 0, cluster: str = "none") -> App:
    app = App(NAME)
    chart = app.add(Chart("web", namespace=f"{NAME}-{env}"))
    chart.add(ConfigMap.from_literals("web", {"replicas": str(replicas), "cluster": cluster, "calls": str(counted())}))
    return app
"""
#: Counts how often it is called, as code with a state does.
LIB = "CALLS = []\n\n\ndef counted() -> int:\n    CALLS.append(1)\n    return len(CALLS)\n"


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a workspace of two apps, each with its own helpers, and two environments."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "lib", raising=False)  # of another test
    write("pyproject.toml", SETTINGS)
    write("lib/names.py", LIB)
    for team, name in (("checkout", "cart"), ("web", "shop")):
        write(f"apps/{team}/{name}/app.py", APP)
        write(f"apps/{team}/{name}/helpers.py", f'NAME = "{name}"\n')


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def edit(path: str, old: str, new: str) -> None:
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


def files(folder: str = "rendered") -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()}


def manifests(folder: str = "rendered") -> list[str]:
    return [path for path in files(folder) if path.endswith(".yaml")]


def test_every_app_is_written_in_every_environment(kpy: Run) -> None:
    assert kpy("synth", "--all") == (0, "", "4 outputs of 2 apps, 4 changed\n")

    names = [f"rendered/{env}/{app}/web.yaml" for env in ("dev", "prod") for app in ("cart", "shop")]
    assert manifests() == names
    assert json.loads(Path("rendered/.kpy-outputs").read_text())["outputs"]["cart prod"] == {
        "app": "cart",
        "folder": "prod/cart",
    }
    assert kpy("synth", "--all") == (0, "", "4 outputs of 2 apps, 0 changed, 4 not made again\n")
    assert kpy("synth", "--all", "--check") == (0, "", "4 outputs of 2 apps, 0 not up to date, 4 not made again\n")


def test_bytes_are_those_of_single_calls(kpy: Run) -> None:
    kpy("synth", "--all")
    together = files()
    shutil.rmtree("rendered")
    for app in ("cart", "shop"):
        for env in ("dev", "prod"):
            subprocess.run([sys.executable, "-m", "kpy", "synth", app, "--env", env], check=True)

    del together["rendered/.kpy-outputs"]
    assert files() == together


def test_state_of_modules_reaches_no_other_output(kpy: Run) -> None:
    kpy("synth", "--all")

    assert all('calls: "1"' in Path(path).read_text() for path in manifests())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_processes_share_the_work_and_write_the_same(kpy: Run) -> None:
    kpy("synth", "--all")
    alone = files()
    shutil.rmtree("rendered")

    assert kpy("synth", "--all", "-j", "3") == (0, "", "4 outputs of 2 apps, 4 changed\n")
    assert files() == alone


def test_outputs_are_chosen(kpy: Run) -> None:
    assert kpy("synth", "--all", "--where", "env=prod", "--where", "team=checkout")[2].startswith("1 output of 1 app")
    assert manifests() == ["rendered/prod/cart/web.yaml"]
    assert kpy("synth", "--all", "--where", "app=c*,shop")[2].startswith("4 outputs")

    code, _, err = kpy("synth", "--all", "--where", "env=prd")
    assert (code, err) == (2, "error: --where env=prd: there is no such output; env is dev, prod\n")
    code, _, err = kpy("synth", "--all", "--where", "prod")
    assert (code, err) == (
        2,
        "error: --where prod: write it as KEY=VALUE; the keys are team, app, env, cluster\n",
    )


def test_shards_are_all_outputs_once(kpy: Run) -> None:
    for number in (1, 2, 3):
        assert kpy("synth", "--all", "--shard", f"{number}/3")[0] == 0
    assert len(manifests()) == 4

    for shard in ("4/3", "0/3", "1", "a/b", "1/0"):
        code, _, err = kpy("synth", "--all", "--shard", shard)
        assert (code, err) == (2, f"error: --shard {shard}: write it as NUMBER/COUNT, from 1/8 to 8/8\n")


def test_broken_app_does_not_stop_the_others(kpy: Run) -> None:
    write(
        "apps/web/shop/app.py", "from kpy import App\n\n\ndef app(env: str, replicas: int) -> App:\n    return 1 / 0\n"
    )
    write("apps/web/bad/app.py", APP.replace('ConfigMap.from_literals("web"', 'ConfigMap.from_literals("We b"'))
    write("apps/web/bad/helpers.py", 'NAME = "bad"\n')

    code, out, err = kpy("synth", "--all")

    assert (code, out) == (1, ""), err
    assert manifests() == ["rendered/dev/cart/web.yaml", "rendered/prod/cart/web.yaml"]
    assert "ZeroDivisionError" in err
    assert err.count("error[name-format]") == 1  # the same in both environments, told once
    assert "see also in the outputs bad dev, bad prod" in err
    assert err.endswith("6 outputs of 3 apps, 2 changed, 4 failed\n")


def test_output_that_could_not_be_made_is_not_gone(kpy: Run) -> None:
    kpy("synth", "--all")
    edit("apps/web/shop/helpers.py", 'NAME = "shop"', "NAME = ")

    code, _, err = kpy("synth", "--all")

    assert code == 1
    assert "removed" not in err
    assert "rendered/dev/shop/web.yaml" in manifests()


def test_outputs_that_are_gone_are_removed_and_only_those(kpy: Run) -> None:
    kpy("synth", "--all")
    write("rendered/dev/shop/notes.txt", "mine")
    write("rendered/other.yaml", "mine")
    edit("pyproject.toml", "[tool.kpy.environments.dev]\nset = { replicas = 1 }\n", "")

    code, _, err = kpy("synth", "--all", "--check")
    assert code == 1
    assert err == (
        "gone: the output cart dev\ngone: the output shop dev\n"
        "2 outputs of 2 apps, 0 not up to date, 2 gone, 2 not made again\n"
        "to bring the files up to date: run the same command without --check\n"
    )
    assert len(manifests()) == 5

    code, _, err = kpy("synth", "--all", "--where", "app=cart")
    assert code == 0
    assert "removed: the output cart dev\nremoved: the output shop dev\n" in err
    assert manifests() == ["rendered/other.yaml", "rendered/prod/cart/web.yaml", "rendered/prod/shop/web.yaml"]
    assert not Path("rendered/dev/cart").exists()
    assert Path("rendered/dev/shop/notes.txt").read_text() == "mine"
    assert kpy("synth", "--all") == (0, "", "2 outputs of 2 apps, 0 changed, 2 not made again\n")


def test_edited_file_of_an_output_that_is_gone_stays(kpy: Run) -> None:
    kpy("synth", "--all")
    edit("rendered/dev/cart/web.yaml", "kind", "# mine\nkind")
    edit("pyproject.toml", "[tool.kpy.environments.dev]\nset = { replicas = 1 }\n", "")

    _, _, err = kpy("synth", "--all")

    said = "is no longer written and was edited, so it stays: delete it yourself, or restore it\n"
    assert f"stale: rendered/dev/cart/web.yaml {said}" in err
    assert "removed: the output cart dev" not in err
    code, _, err = kpy("synth", "--all", "--check")
    assert (code, err.count(said)) == (1, 1)
    assert "without --check" not in err
    assert "gone" not in err
    assert Path("rendered/dev/cart/web.yaml").exists()
    Path("rendered/dev/cart/web.yaml").unlink()
    assert "removed: the output cart dev" in kpy("synth", "--all")[2]
    assert "gone" not in kpy("synth", "--all")[2]


def test_chart_that_is_gone_goes_with_its_file(kpy: Run) -> None:
    kpy("synth", "--all")
    edit("apps/web/shop/app.py", 'Chart("web"', 'Chart("front"')

    assert kpy("synth", "--all")[2] == "4 outputs of 2 apps, 2 changed, 2 not made again\n"
    assert "rendered/dev/shop/front.yaml" in manifests()
    assert "rendered/dev/shop/web.yaml" not in manifests()


def test_clusters_are_a_second_side_of_the_matrix(kpy: Run) -> None:
    write(
        "pyproject.toml",
        SETTINGS.replace('"rendered/{env}/{app}"', '"rendered/{cluster}/{env}/{app}"').replace(
            "[tool.kpy]\n", '[tool.kpy]\nskip = [{ app = "cart", cluster = "us" }]\n'
        )
        + "[tool.kpy.clusters.eu]\nset = { replicas = 9 }\n[tool.kpy.clusters.us]\nenvironments = ['prod']\n",
    )

    assert kpy("synth", "--all")[0] == 0

    assert manifests() == [
        "rendered/eu/dev/cart/web.yaml",
        "rendered/eu/dev/shop/web.yaml",
        "rendered/eu/prod/cart/web.yaml",
        "rendered/eu/prod/shop/web.yaml",
        "rendered/us/prod/shop/web.yaml",
    ]
    assert 'replicas: "9"\n  cluster: eu' in Path("rendered/eu/prod/shop/web.yaml").read_text()
    assert 'replicas: "3"\n  cluster: us' in Path("rendered/us/prod/shop/web.yaml").read_text()
    code, out, _ = kpy("synth", "shop", "--env", "prod", "--cluster", "us", "-o", "-")
    assert (code, out) == (0, Path("rendered/us/prod/shop/web.yaml").read_text())
    code, _, err = kpy("synth", "shop", "--env", "prod", "--cluster", "uss")
    assert (code, err) == (2, 'error: --cluster uss: there is no cluster "uss"; did you mean `us`?\n')


@pytest.mark.parametrize(
    ("old", "new", "words", "error"),
    [
        ('output = "rendered/{env}/{app}"\n', "", (), "nothing says where the output cart dev is written: add -o DIR"),
        ("{env}/{app}", "{app}", (), "the environments dev and prod both write to rendered/{app}: write {env}"),
        ("apps/{team}/*/app.py", "app/*.py", (), "`apps` has app/*.py, and there is no such file"),
        (
            "{env}/{app}",
            "{evn}/{app}",
            (),
            "`output` of [tool.kpy] has {evn}, which means nothing; did you mean `env`?",
        ),
        ("apps = ", 'skip = [{ ap = "a" }]\napps = ', (), "`skip` has `ap`, which no output has; there is team, app"),
        (
            "apps = ",
            'skip = [{ env = "deb" }]\napps = ',
            (),
            "`skip` has env = 'deb', which no output has; did you mean `dev`?",
        ),
        ("apps = ", "skip = ['a']\napps = ", (), "`skip` of [tool.kpy] is a list of tables"),
        ("apps = ", "apps = ", ("shop",), "--all means every app, so shop is one too many"),
        ("apps = ", "apps = ", ("--env", "prod"), "--env is about one output, and --all about all of them"),
        ("apps = ", "apps = ", ("-o", "-"), "--all writes files: name a folder with -o DIR"),
        ("apps = ", "apps = ", ("-j", "0"), "-j 0: say how many processes share the work, such as -j 4"),
    ],
)
def test_what_makes_no_matrix_is_refused(kpy: Run, old: str, new: str, words: tuple[str, ...], error: str) -> None:
    edit("pyproject.toml", old, new)

    code, _, err = kpy("synth", "--all", *words)

    assert code == 2
    assert error in err
    assert not Path("rendered").exists()


def test_two_apps_of_one_name_are_refused(kpy: Run) -> None:
    write("apps/web/cart/app.py", APP)

    code, _, err = kpy("synth", "--all")

    assert code == 2
    assert "the apps apps/checkout/cart/app.py and apps/web/cart/app.py are both called cart" in err


def test_folder_may_be_given_where_the_settings_name_none(kpy: Run) -> None:
    edit("pyproject.toml", 'output = "rendered/{env}/{app}"\n', "")

    assert kpy("synth", "--all", "-o", "out")[0] == 0
    assert manifests("out")[0] == "out/dev/cart/web.yaml"


def test_options_of_all_need_it(kpy: Run) -> None:
    code, _, err = kpy("synth", "cart", "--env", "dev", "--where", "env=dev")

    assert (code, err) == (2, "error: --where chooses among all outputs: add --all\n")


def test_app_of_a_workspace_has_a_name(kpy: Run) -> None:
    code, out, _ = kpy("synth", "cart", "--env", "dev", "-o", "-")
    assert code == 0
    assert "namespace: cart-dev" in out

    code, _, err = kpy("synth", "--env", "dev")
    assert (code, err) == (
        2,
        "error: no app is given: name one of this project, cart, shop, or all of them with --all\n",
    )
