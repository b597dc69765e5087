"""`kpy synth` from the command line to the exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kpy.cli.main import run
from kpy.schema import NEWEST

APP = """\
from kpy import App, Chart, ConfigMap


def app(env: str = "dev", count: int = 1) -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace=f"shop-{env}"))
    for number in range(count):
        chart.add(ConfigMap(f"config-{number}"))
    return app
"""
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-{}\n  namespace: shop-{}\n"

BROKEN = """\
from kpy import App, Chart, ConfigMap, Raw

app = App("shop")
chart = app.add(Chart("shop"))
chart.add(ConfigMap("Shop"))
chart.add(Raw({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"prots": []}}))
"""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty folder with an app."""
    monkeypatch.chdir(tmp_path)
    Path("shop.py").write_text(APP)
    Path("broken.py").write_text(BROKEN)


@pytest.fixture
def kpy(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line and return the exit code and both streams."""

    def kpy(*words: str) -> tuple[int, str, str]:
        code = run(words)
        out, err = capsys.readouterr()
        return code, out, err

    return kpy


def test_yaml_of_the_app_is_the_only_output(kpy: Run) -> None:
    assert kpy("synth", "shop.py") == (0, CONFIG.format(0, "dev"), "")


def test_parameters_are_set(kpy: Run) -> None:
    code, out, _ = kpy("synth", "shop.py:app", "--set", "env=prod", "--set", "count=2")

    assert (code, out) == (0, CONFIG.format(0, "prod") + "---\n" + CONFIG.format(1, "prod"))


def test_module_is_found_from_the_current_folder(kpy: Run) -> None:
    Path("infra_for_synth").mkdir()
    Path("infra_for_synth/main.py").write_text(APP)

    assert kpy("synth", "infra_for_synth.main:app")[:2] == (0, CONFIG.format(0, "dev"))


def test_app_of_the_settings_is_found_from_any_folder(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("pyproject.toml").write_text('[tool.kpy]\napp = "shop.py"\n')
    Path("deep/er").mkdir(parents=True)
    monkeypatch.chdir("deep/er")

    assert kpy("synth", "--set", "env=test")[:2] == (0, CONFIG.format(0, "test"))


def test_release_is_said_on_the_command_line_then_in_the_app_then_in_the_settings(kpy: Run) -> None:
    """Image volumes are a field of a pod from 1.31 on."""
    Path("new.py").write_text(
        "from kpy import App, Chart, Raw\nimport os\napp = App('shop', kubernetes=os.environ.get('RELEASE'))\n"
        "app.add(Chart('shop')).add(Raw({'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'a'}, 'spec': {"
        "'containers': [{'name': 'a', 'image': 'a'}], 'volumes': [{'name': 'v', 'image': {'reference': 'x'}}]}}))\n"
    )
    assert kpy("synth", "new.py")[0] == 0
    Path("pyproject.toml").write_text("[tool.kpy]\nkubernetes = '1.25'\n")
    assert kpy("synth", "new.py")[0] == 1
    os.environ["RELEASE"] = "1.35"
    try:
        assert kpy("synth", "new.py")[0] == 0
        assert kpy("synth", "new.py", "--kubernetes", "v1.26.3")[0] == 1
    finally:
        del os.environ["RELEASE"]


def test_errors_are_shown_with_their_lines_and_nothing_is_written(kpy: Run) -> None:
    code, out, err = kpy("synth", "broken.py", "-o", "out")

    assert (code, out) == (1, "")
    assert "broken.py:5: error[name-format]: " in err
    assert '    5 | chart.add(ConfigMap("Shop"))\n      |                     ^^^^^^\n   made in  ' in err
    assert "broken.py:6: error[unknown-field]: ServiceSpec has no field `prots`\n" in err
    assert err.endswith(
        "\n2 errors; nothing was written\nto learn more: kpy explain name-format, kpy explain unknown-field\n"
    )
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["zz.py"], "zz.py: there is no such file"),
        (["zz.yaml"], "zz.yaml: that is YAML, not an app; did you mean `kpy validate zz.yaml`?"),
        (["."], ".: this is a folder: name the file in it that has the app"),
        (["https://x.io/a.py"], "https://x.io/a.py: URLs are not fetched: download it and name the file"),
        (["shop.py", "--set", "evn=x"], "shop.py: app() has no parameter `evn`; did you mean `env`?"),
        (["shop.py", "--set", "env"], "--set env: write it as KEY=VALUE, KEY being the name of a parameter"),
        (["shop.py", "--set", "count=x"], "shop.py: app(): count=x: expected a whole number"),
        (["shop.py", "--kubernetes", "1.12"], f"--kubernetes 1.12: kpy knows 1.25 to {NEWEST}"),
        (["shop.py", "--check"], "--check needs a folder to work on: add -o DIR"),
        (["shop.py", "--mode", "640"], "--mode needs a folder to work on: add -o DIR"),
        (["shop.py", "-o", "out", "--mode", "8"], "--mode 8: write it as chmod takes it, such as 640"),
        (["shop.py", "-o", "out", "--mode", "1777"], "--mode 1777: write it as chmod takes it, such as 640"),
        (
            ["shop.py", "-o", "out", "--mode", "640", "--check"],
            "--check writes nothing and does not look at modes: leave --mode out",
        ),
        (["shop.py", "--layout", "chart"], "--layout needs a folder to work on: add -o DIR"),
        (
            ["shop.py", "-o", "out", "--check", "--prune-files"],
            "--check writes nothing, so there is nothing for --prune-files to remove: choose one",
        ),
        (["shop.py", "--frmat"], "there is no option --frmat; did you mean --format?"),
        (
            [],
            "no app is given: name it on the command line, `kpy synth shop.py`, or in pyproject.toml, "
            '`app = "shop.py"` under [tool.kpy]',
        ),
        (["shop.py", "-o", "shop.py"], "shop.py cannot be written: Not a directory; nothing was changed"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(kpy: Run, words: list[str], message: str) -> None:
    assert kpy("synth", *words) == (2, "", f"error: {message}\n")


def test_error_of_kpy_in_the_app_is_told_like_a_finding(kpy: Run) -> None:
    Path("raising.py").write_text(
        "from kpy import App\n\ndef make():\n    return App('shop', kubernets='1.33')\n\napp = make()\n"
    )

    assert kpy("synth", "raising.py") == (
        1,
        "",
        "raising.py:4: error: App has no argument `kubernets`; did you mean `kubernetes`?\n"
        "    4 | return App('shop', kubernets='1.33')\n"
        "      |                    ^^^^^^^^^\n"
        "   called from raising.py:6\n",
    )


def test_synthesis_in_the_app_that_finds_errors_shows_them(kpy: Run) -> None:
    Path("early.py").write_text(BROKEN + "app.synth()\n")

    code, _, err = kpy("synth", "early.py")

    assert code == 1
    assert err.startswith("early.py:5: error[name-format]: ")
    assert "\n2 errors\n   synthesised at early.py:7\n" in err


def test_document_on_another_machine_is_refused(kpy: Run) -> None:
    Path("far.py").write_text("from kpy import Yaml\nYaml('https://x.io/a.yaml')\n")

    assert kpy("synth", "far.py")[2].startswith(
        "far.py:2: error: Yaml takes a file, and URLs are not fetched (https://x.io/a.yaml): download it and name the"
    )


def test_other_errors_in_the_app_keep_their_own_lines(kpy: Run, tmp_path: Path) -> None:
    Path("raising.py").write_text("from pathlib import Path\nPath('none').read_text()\n")

    code, out, err = kpy("synth", "raising.py")

    assert (code, out) == (1, "")
    assert f'  File "{tmp_path}/raising.py", line 2, in <module>\n' in err
    assert err.count("  File ") == 1


def test_files_are_written_checked_and_pruned(kpy: Run) -> None:
    assert kpy("synth", "shop.py", "-o", "out", "--check") == (
        1,
        "",
        "missing: out/shop.yaml\nto bring the files up to date: kpy synth shop.py -o out\n",
    )
    assert kpy("synth", "shop.py", "-o", "out") == (0, "", "out: 1 file, 1 changed\n")
    assert kpy("synth", "shop.py", "-o", "out", "--check") == (0, "", "")
    code, _, err = kpy("synth", "shop.py", "-o", "out", "--check", "--set", "env=prod")
    assert code == 1
    assert err.startswith("different: out/shop.yaml\n")
    assert kpy("synth", "shop.py", "-o", "out", "--layout", "resource") == (
        0,
        "",
        "stale: out/shop.yaml is no longer part of the app; --prune-files removes it\nout: 1 file, 1 changed\n",
    )
    assert kpy("synth", "shop.py", "-o", "out", "--layout", "resource", "--check")[0] == 1
    assert kpy("synth", "shop.py", "-o", "out", "--layout", "resource", "--prune-files") == (
        0,
        "",
        "removed: out/shop.yaml\nout: 1 file, 0 changed\n",
    )
    assert Path("out/shop/configmap-shop-dev-config-0.yaml").read_text() == CONFIG.format(0, "dev")


def test_stale_file_that_was_edited_is_kept_and_named(kpy: Run) -> None:
    kpy("synth", "shop.py", "-o", "out")
    Path("out/shop.yaml").write_text("mine")

    _, _, err = kpy("synth", "shop.py", "-o", "out", "--layout", "resource", "--prune-files")

    assert "stale: out/shop.yaml is no longer part of the app; it was edited since kpy wrote it\n" in err
    assert Path("out/shop.yaml").read_text() == "mine"


def test_file_that_kpy_did_not_write_stops_it(kpy: Run) -> None:
    Path("out").mkdir()
    Path("out/shop.yaml").write_text("mine")

    assert kpy("synth", "shop.py", "-o", "out") == (
        2,
        "",
        "error: out/shop.yaml is there and kpy did not write it: "
        "choose another folder, or move it away; nothing was changed\n",
    )
    assert Path("out/shop.yaml").read_text() == "mine"


def test_file_that_was_edited_by_hand_is_written_again_and_counted(kpy: Run) -> None:
    kpy("synth", "shop.py", "-o", "out")
    Path("out/shop.yaml").write_text("edited")

    _, _, err = kpy("synth", "shop.py", "-o", "out")

    assert err == "out: 1 file, 1 changed (1 file had been edited by hand)\n"


def test_nothing_is_removed_for_an_app_without_objects(kpy: Run) -> None:
    Path("pyproject.toml").write_text('[tool.kpy]\nignore = ["empty-app"]\n')
    kpy("synth", "shop.py", "-o", "out")

    code, _, err = kpy("synth", "shop.py", "-o", "out", "--set", "count=0", "--prune-files")

    assert code == 0
    assert err.endswith(
        "stale: out/shop.yaml is no longer part of the app; nothing is removed for an app without objects\n"
        "out: 0 files, 0 changed\n"
    )
    assert Path("out/shop.yaml").exists()


def test_apps_share_a_folder(kpy: Run) -> None:
    Path("tools.py").write_text(APP.replace('"shop"', '"tools"'))
    kpy("synth", "shop.py", "-o", "out")

    assert kpy("synth", "tools.py", "-o", "out", "--prune-files") == (0, "", "out: 1 file, 1 changed\n")

    assert kpy("synth", "shop.py", "-o", "out", "--check") == (0, "", "")
    assert kpy("synth", "tools.py", "-o", "out", "--check") == (0, "", "")


def test_file_of_another_app_stops_it(kpy: Run) -> None:
    Path("store.py").write_text(APP.replace('App("shop")', 'App("store")'))
    kpy("synth", "shop.py", "-o", "out")

    code, _, err = kpy("synth", "store.py", "-o", "out", "--set", "env=prod")

    assert code == 2
    assert err.startswith("error: out/shop.yaml is written by the app 'shop' as well as by 'store': choose another")


@pytest.mark.skipif(os.name != "posix", reason="modes as POSIX has them")
def test_files_with_secrets_are_private_unless_told_otherwise(kpy: Run) -> None:
    Path("secret.py").write_text(
        "from kpy import App, Chart, Secret\napp = App('shop')\n"
        "app.add(Chart('shop')).add(Secret.from_literals('creds', {'a': 'hunter22'}))\n"
    )

    kpy("synth", "secret.py", "-o", "out")
    assert Path("out/shop.yaml").stat().st_mode & 0o777 == 0o600

    assert kpy("synth", "secret.py", "-o", "out", "--mode", "644")[0] == 0
    assert Path("out/shop.yaml").stat().st_mode & 0o777 == 0o644
    assert kpy("synth", "secret.py", "-o", "out", "--check")[0] == 0


def test_what_an_earlier_run_left_half_done_is_said(kpy: Run) -> None:
    kpy("synth", "shop.py", "-o", "out")
    staging = Path("out/.kpy-staging")
    staging.mkdir()
    (staging / "journal").write_text("[]")

    assert kpy("synth", "shop.py", "-o", "out", "--check") == (
        1,
        "",
        "unfinished: an earlier kpy was stopped while it wrote to out: the next `kpy synth -o` finishes that\n"
        "to bring the files up to date: kpy synth shop.py -o out\n",
    )
    assert kpy("synth", "shop.py", "-o", "out") == (
        0,
        "",
        "out: an earlier kpy was stopped while it wrote here: what it had begun was finished first\n"
        "out: 1 file, 0 changed\n",
    )
    assert not staging.exists()


def test_long_lists_of_files_are_cut_after_ten(kpy: Run) -> None:
    kpy("synth", "shop.py", "-o", "out", "--layout", "resource", "--set", "count=57")

    _, _, stale = kpy("synth", "shop.py", "-o", "out")
    _, _, pruned = kpy("synth", "shop.py", "-o", "out", "--prune-files")

    assert stale.splitlines()[9:] == [
        "stale: out/shop/configmap-shop-dev-config-17.yaml is no longer part of the app; --prune-files removes it",
        "stale: and 47 more",
        "out: 1 file, 1 changed",
    ]
    assert pruned.splitlines()[9:] == [
        "removed: out/shop/configmap-shop-dev-config-17.yaml",
        "removed: and 47 more",
        "out: 1 file, 0 changed",
    ]


def test_json_is_one_list(kpy: Run) -> None:
    _, out, _ = kpy("synth", "shop.py", "--format", "json", "--set", "count=2")

    assert [item["metadata"]["name"] for item in json.loads(out)["items"]] == ["config-0", "config-1"]


def test_files_of_json_are_named_so(kpy: Run) -> None:
    kpy("synth", "shop.py", "--format", "json", "-o", "out")

    assert json.loads(Path("out/shop.json").read_text())["kind"] == "List"


def test_kyaml_is_written(kpy: Run) -> None:
    assert '  name: "config-0",\n' in kpy("synth", "shop.py", "--format", "kyaml")[1]


def test_passes_are_timed_and_shown_beside_the_product(kpy: Run) -> None:
    code, out, err = kpy("synth", "shop.py", "--time-passes", "--print-after", "lower", "--print-after", "wire")

    assert (code, out) == (0, CONFIG.format(0, "dev"))
    assert "# after lower\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-0\n\n# after wire\n" in err
    names = [line.split()[0] for line in err.splitlines() if line.endswith("%")]
    assert names == ["load", "transform", "lower", "wire", "validate", "order", "emit", "total"]


def test_warnings_are_shown_beside_the_product(kpy: Run) -> None:
    Path("warned.py").write_text(
        "from kpy import App, Chart, Raw\napp = App('shop')\n"
        "app.add(Chart('shop')).add(Raw({'apiVersion': 'v1', 'kind': 'Secret', 'metadata': {'name': 'tls'}, "
        "'type': 'kubernetes.io/tls', 'data': {'tls.crt': 'aGk=', 'tls.key': 'aGk='}}))\n"
    )

    code, out, err = kpy("synth", "warned.py")

    assert code == 0
    assert out.startswith("apiVersion: v1\nkind: Secret\n")
    assert "warned.py:3: warning[secret-tls-not-pem]" in err


def process(*words: str, **arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "kpy", *words]
    return subprocess.run(  # type: ignore[call-overload, no-any-return]  # arguments pass through
        command, env=environment, text=True, check=False, **{"capture_output": True, **arguments}
    )


def test_what_the_app_prints_goes_to_standard_error() -> None:
    """What a process that it starts prints, too."""
    Path("loud.py").write_text(f"import os\nprint('hello')\nos.system('echo from a process')\n{APP}")

    done = process("synth", "loud.py")

    assert (done.returncode, done.stdout) == (0, CONFIG.format(0, "dev"))
    assert sorted(done.stderr.splitlines()) == ["from a process", "hello"]


def test_typer_is_not_imported_on_the_plain_path() -> None:
    Path("seen.py").write_text(f"{APP}\nimport atexit, sys\natexit.register(lambda: print(*sys.modules))")

    done = process("synth", "seen.py")

    loaded = done.stdout[len(CONFIG.format(0, "dev")) :].split()
    assert "kpy.pipeline" in loaded
    assert not {"typer", "rich", "click", "pydantic", "jsonschema", "yaml", "difflib", "traceback"} & set(loaded)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_full_disk_behind_standard_output_is_an_error() -> None:
    with open("/dev/full", "w") as full:
        done = process("synth", "shop.py", capture_output=False, stdout=full, stderr=subprocess.PIPE)

    assert (done.returncode, done.stderr) == (2, "error: standard output cannot be written: No space left on device\n")


def test_reader_that_has_enough_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)

    done = process("synth", "shop.py", capture_output=False, stdout=write, stderr=subprocess.PIPE)

    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_lists_the_commands_and_options() -> None:
    assert "validate" in process("--help").stdout
    assert "--prune-files" in process("synth", "--help").stdout
    assert process("--version").stdout.startswith("kpy")
    assert process().returncode == 2
    assert process("sinth").returncode == 2


def test_objects_of_one_line_are_told_apart_by_their_constructs(kpy: Run) -> None:
    Path("twins.py").write_text(
        "from kpy import App, Chart, ConfigMap, Construct\n\n"
        "class Web(Construct):\n    def build(self):\n        self.add(ConfigMap('web'))\n\n"
        "app = App('shop')\nchart = app.add(Chart('shop'))\nchart.add(Web('a'))\nchart.add(Web('b'))\n"
    )

    assert kpy("synth", "twins.py")[2].splitlines()[:5] == [
        'twins.py:10: error[duplicate-object]: ConfigMap "web" is declared twice; '
        "a cluster keeps one object of a kind, namespace and name",
        "   10 | chart.add(Web('b'))",
        '   made in  Chart "shop" (twins.py:8) > Web "b" (twins.py:10) > ConfigMap "web" (twins.py:5)',
        "   field    metadata.name",
        '   see also first declared as ConfigMap "web", made in Chart "shop" (twins.py:8) > Web "a" (twins.py:9) > '
        'ConfigMap "web" (twins.py:5) (twins.py:9)',
    ]
