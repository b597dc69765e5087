"""`kpy crds` from the command line to the files of a project."""

import io
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from kpy.cli.main import run

Run = Callable[..., tuple[int, str, str]]


def definition(kind: str = "Lamp", group: str = "lamps.example.com", plural: str = "", spec: str = "") -> str:
    plural = plural or f"{kind.lower()}s"
    return f"""\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {plural}.{group}}}
spec:
  group: {group}
  scope: Namespaced
  names: {{kind: {kind}, plural: {plural}}}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {spec or "{type: object, properties: {watts: {type: integer}}}"}
"""


LAMP = definition()
LAMPS = "crds/lamps.example.com/lamps.yaml"
MODULE = "infra/crds/lamps_example_com/v1.py"


@pytest.fixture
def kpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in a project and return the exit code and both streams."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text('[tool.kpy]\ncrds = ["crds/"]\n')

    def kpy(*words: str) -> tuple[int, str, str]:
        code = run(words)
        out, err = capsys.readouterr()
        return code, out, err

    return kpy


def files() -> list[str]:
    return sorted(path.as_posix() for path in Path().rglob("*") if path.is_file() and path.name != "pyproject.toml")


def test_added_definition_stands_as_published_with_digest_and_types(kpy: Run) -> None:
    text = f"# Published by Lamps Inc.\n{LAMP}"
    Path("lamp.yaml").write_text(f"---\n{text}")

    assert kpy("crds", "add", "lamp.yaml") == (
        0,
        f"added: lamps.lamps.example.com ({LAMPS})\ntypes: {MODULE}\n",
        "",
    )
    assert Path(LAMPS).read_text() == text
    assert "watts: int | None = None" in Path(MODULE).read_text()
    entry = tomllib.loads(Path("kpy.lock").read_text())["definitions"]["lamps.lamps.example.com"]
    assert (entry["file"], entry["from"], len(entry["sha256"])) == (LAMPS, "lamp.yaml", 64)


def test_definitions_of_one_text_become_files_of_their_own(kpy: Run) -> None:
    other = "apiVersion: v1\nkind: Namespace\nmetadata: {name: lamps}\n"
    Path("all.yaml").write_text(f"{LAMP}---\n{other}---\n{definition('Bulb')}")

    code, _, err = kpy("crds", "add", "all.yaml")

    assert (code, err) == (0, "")
    assert Path(LAMPS).read_text() == LAMP
    assert Path("crds/lamps.example.com/bulbs.yaml").read_text() == definition("Bulb")


def test_definition_comes_from_standard_input(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(LAMP.encode())))

    assert kpy("crds", "add", "-")[0] == 0
    assert Path(LAMPS).read_text() == LAMP


def test_definition_in_json_becomes_yaml(kpy: Run) -> None:
    import json

    import yaml

    Path("lamp.json").write_text(json.dumps(yaml.safe_load(LAMP)))

    assert kpy("crds", "add", "lamp.json")[0] == 0
    assert yaml.safe_load(Path(LAMPS).read_text()) == yaml.safe_load(LAMP)


def test_only_the_groups_that_are_meant_are_added(kpy: Run) -> None:
    Path("all.yaml").write_text(f"{LAMP}---\n{definition('Bulb', 'bulbs.example.org')}")

    kpy("crds", "add", "all.yaml", "--group", "*.example.org")

    assert kpy("crds", "list") == (0, "bulbs.bulbs.example.org  Bulb  v1  from all.yaml\n", "")


def test_what_cannot_be_taken_is_named_and_the_rest_goes_on(kpy: Run) -> None:
    Path("all.yaml").write_text(f"{definition('Bulb', spec='{type: lamp}')}---\n{LAMP}")

    code, out, err = kpy("crds", "add", "all.yaml")

    assert code == 1
    assert out == f"added: lamps.lamps.example.com ({LAMPS})\ntypes: {MODULE}\n"
    assert err.startswith("all.yaml:16:")
    assert "lamp" in err


def test_old_form_of_definitions_is_refused(kpy: Run) -> None:
    Path("old.yaml").write_text(LAMP.replace("k8s.io/v1\n", "k8s.io/v1beta1\n"))

    code, out, err = kpy("crds", "add", "old.yaml")

    assert (code, out) == (1, "")
    assert err.startswith(
        "old.yaml:1:13: error[definition-refused]: apiextensions.k8s.io/v1beta1 has not been served since "
        "Kubernetes 1.22\n"
    )


def test_template_of_a_chart_is_named_as_one(kpy: Run) -> None:
    Path("lamp.yaml").write_text("{{- if .Values.crds }}\n" + LAMP + "{{- end }}\n")

    code, out, err = kpy("crds", "add", "lamp.yaml")

    assert (code, out) == (1, "")
    assert "fix      this is a template: give the chart, `kpy crds add --chart CHART`\n" in err


def test_text_without_definition_is_said_to_have_none(kpy: Run) -> None:
    Path("a.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: lamps}\n")

    assert kpy("crds", "add", "a.yaml") == (1, "", "a.yaml: there is no definition in it\nthere is nothing to add\n")
    assert files() == ["a.yaml"]


def test_second_kind_of_one_name_is_refused(kpy: Run) -> None:
    Path("lamp.yaml").write_text(LAMP)
    Path("other.yaml").write_text(definition(plural="lights"))
    kpy("crds", "add", "lamp.yaml")

    code, out, err = kpy("crds", "add", "other.yaml")

    assert (code, out) == (1, "")
    assert err.startswith(
        "other.yaml:1:1: error[definition-refused]: Lamp of lamps.example.com is defined by lamps.lamps.example.com "
        "already, which is kept\n"
    )


def test_definition_of_another_source_needs_force(kpy: Run) -> None:
    Path("lamp-1.0.yaml").write_text(LAMP)
    Path("lamp-1.1.yaml").write_text(LAMP.replace("watts", "power"))
    Path("elsewhere.yaml").write_text(LAMP.replace("watts", "volts"))
    kpy("crds", "add", "lamp-1.0.yaml")

    assert kpy("crds", "add", "lamp-1.1.yaml")[:2] == (
        0,
        f"updated: lamps.lamps.example.com ({LAMPS})\ntypes: {MODULE}\n",
    )
    code, _, err = kpy("crds", "add", "elsewhere.yaml")
    assert code == 1
    assert "lamps.lamps.example.com is kept already, from lamp-1.1.yaml\n" in err
    assert "take it from there, or write over it with --force: elsewhere.yaml\n" in err
    assert kpy("crds", "add", "elsewhere.yaml", "--force")[0] == 0
    assert "volts" in Path(MODULE).read_text()


def test_second_time_changes_nothing(kpy: Run) -> None:
    Path("lamp.yaml").write_text(LAMP)
    kpy("crds", "add", "lamp.yaml")
    before = {path: Path(path).read_bytes() for path in files()}

    assert kpy("crds", "add", "lamp.yaml") == (0, "unchanged: 1 definition\n", "")
    assert {path: Path(path).read_bytes() for path in files()} == before


def test_edited_module_is_not_written_over(kpy: Run) -> None:
    Path("lamp.yaml").write_text(LAMP)
    kpy("crds", "add", "lamp.yaml")
    Path(MODULE).write_text("# mine\n")

    code, _, err = kpy("crds")

    assert (code, err) == (
        2,
        f"error: {MODULE} was edited since, or is not of kpy: move it away, or write over it with --force; "
        "nothing was changed\n",
    )
    assert kpy("crds", "--force") == (0, f"types: {MODULE}\n", "")


def test_edited_definition_is_not_pinned_in_silence(kpy: Run) -> None:
    Path("lamp.yaml").write_text(LAMP)
    kpy("crds", "add", "lamp.yaml")
    (definition,) = (path for path in files() if path.startswith("crds/"))
    Path(definition).write_text(Path(definition).read_text() + "# mine\n")
    before = {path: Path(path).read_bytes() for path in files()}

    code, _, err = kpy("crds")

    assert (code, err) == (
        2,
        f"error: {definition} was edited since it was pinned: restore what was pinned, or pin it as it is now by "
        f"`kpy crds add {definition}`; nothing was changed\n",
    )
    assert {path: Path(path).read_bytes() for path in files()} == before
    assert kpy("crds", "add", definition)[0] == 0
    assert kpy("crds", "--check") == (0, "", "")


def test_check_finds_nothing_right_after_adding(kpy: Run) -> None:
    Path("lamp.yaml").write_text(LAMP)
    kpy("crds", "add", "lamp.yaml")

    assert kpy("crds", "--check") == (0, "", "")


def test_check_names_what_was_changed_and_what_mends_it(kpy: Run) -> None:
    Path("all.yaml").write_text(f"{LAMP}---\n{definition('Bulb')}")
    kpy("crds", "add", "all.yaml")
    Path(LAMPS).write_text(LAMP.replace("watts", "power"))
    Path("crds/lamps.example.com/bulbs.yaml").unlink()
    Path("crds/stray.yaml").write_text(definition("Stray"))

    assert kpy("crds", "--check") == (
        1,
        "",
        "crds/lamps.example.com/bulbs.yaml: it is missing; restore it, or forget it by "
        "`kpy crds remove bulbs.lamps.example.com`\n"
        f"{LAMPS}: it was changed since it was pinned; restore it, or pin it by `kpy crds add {LAMPS}`\n"
        "crds/stray.yaml: kpy.lock does not know it; `kpy crds add crds/stray.yaml` pins it\n"
        f"{MODULE}: it is not up to date; `kpy crds` writes the types anew\n",
    )


APP = """\
from infra.crds.lamps_example_com.v1 import Lamp
from kpy import App, Chart

app = App("home")
app.add(Chart("home", namespace="home")).add(Lamp("desk", watts=WATTS))
"""


def test_app_is_checked_against_what_was_added(kpy: Run) -> None:
    Path("lamp.yaml").write_text(LAMP)
    kpy("crds", "add", "lamp.yaml")
    Path("good.py").write_text(APP.replace("WATTS", "5"))
    Path("bad.py").write_text(APP.replace("WATTS", "'bright'"))

    code, out, err = kpy("synth", "good.py")
    assert (code, err) == (0, "")
    assert out.endswith("kind: Lamp\nmetadata:\n  name: desk\n  namespace: home\nspec:\n  watts: 5\n")
    code, out, err = kpy("synth", "bad.py")
    assert (code, out) == (1, "")
    assert err.startswith("bad.py:5: error[custom-value-invalid]: ")


def test_definition_that_was_changed_is_refused(kpy: Run, tmp_path: Path) -> None:
    Path("lamp.yaml").write_text(LAMP)
    kpy("crds", "add", "lamp.yaml")
    Path("app.py").write_text(APP.replace("WATTS", "5"))
    Path(LAMPS).write_text(LAMP.replace("watts", "power"))

    assert kpy("synth", "app.py") == (
        2,
        "",
        f"error: {tmp_path}/kpy.lock: {LAMPS} was changed: restore what was pinned, or pin it as it is now by "
        f"`kpy crds add {LAMPS}`\n",
    )
    Path(LAMPS).unlink()
    assert f"{LAMPS} is missing" in kpy("synth", "app.py")[2]


def test_changed_definition_is_pinned_anew_by_adding_it(kpy: Run) -> None:
    Path("lamp.yaml").write_text(LAMP)
    kpy("crds", "add", "lamp.yaml")
    Path(LAMPS).write_text(LAMP.replace("watts", "power"))

    assert kpy("crds", "add", LAMPS)[0] == 0
    assert kpy("crds", "--check")[0] == 0


def test_removed_definition_takes_its_types_with_it(kpy: Run) -> None:
    Path("all.yaml").write_text(f"{LAMP}---\n{definition('Bulb', 'bulbs.example.org')}")
    kpy("crds", "add", "all.yaml")

    assert kpy("crds", "remove", "*.example.org")[:2] == (
        0,
        "removed: bulbs.bulbs.example.org\ntypes: infra/crds/bulbs_example_org/v1.py\n",
    )
    assert kpy("crds", "remove", "lamps.lamps.example.com")[0] == 0
    assert files() == ["all.yaml"]
    assert not Path("infra").exists()


def test_unknown_definition_cannot_be_removed(kpy: Run) -> None:
    Path("lamp.yaml").write_text(LAMP)
    kpy("crds", "add", "lamp.yaml")

    assert kpy("crds", "remove", "lamp.lamps.example.com") == (
        2,
        "",
        "error: kpy crds remove lamp.lamps.example.com: no such definition is kept; did you mean "
        "lamps.lamps.example.com?\n",
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ad"], "kpy crds ad: expected add, list or remove"),
        (["lamp.yaml"], "kpy crds lamp.yaml: expected add, list or remove (`kpy crds add` takes files)"),
        (["add"], "kpy crds add: name files, folders, addresses or -, or give --chart or --cluster"),
        (["add", "missing.yaml"], "missing.yaml: there is no such file or folder"),
        (["list", "x"], "kpy crds list takes nothing more; 'x' is too much"),
        (["remove"], "kpy crds remove: name definitions, `certificates.cert-manager.io`, or patterns"),
        (["list", "--cluster"], "--cluster goes with `kpy crds add`"),
        (["list", "--check"], "--check goes without a word: `kpy crds --check`, not `kpy crds list --check`"),
        (
            ["add", "http://lamps.example.com/lamp.yaml"],
            "http://lamps.example.com/lamp.yaml: kpy fetches by https alone, so that nobody on the way changes what "
            "it gets",
        ),
        (
            ["add", "https://me:secret@lamps.example.com/lamp.yaml"],
            "lamps.example.com: an address with a password in it would stand in kpy.lock: fetch it yourself",
        ),
    ],
)
def test_wrong_call_is_explained(kpy: Run, words: list[str], message: str) -> None:
    Path("lamp.yaml").write_text(LAMP)

    assert kpy("crds", *words) == (2, "", f"error: {message}\n")


def test_project_that_does_not_check_against_definitions_is_told_how(kpy: Run) -> None:
    Path("pyproject.toml").write_text("[tool.kpy]\n")
    Path("lamp.yaml").write_text(LAMP)

    assert kpy("crds", "add", "lamp.yaml")[2] == (
        'to check objects against them, write crds = ["crds/"] under [tool.kpy] in pyproject.toml\n'
    )


def test_package_must_be_one_that_python_can_import(kpy: Run) -> None:
    Path("pyproject.toml").write_text('[tool.kpy]\ncrds-package = "../my-types"\n')

    assert kpy("crds", "list") == (
        2,
        "",
        'error: crds-package = "../my-types": expected the folder of a package, such as infra/crds\n',
    )


def test_lock_of_a_newer_kpy_is_left_alone(kpy: Run) -> None:
    Path("kpy.lock").write_text("version = 2\n")

    code, _, err = kpy("crds", "list")

    assert code == 2
    assert err.endswith("kpy.lock: it was written by a newer kpy: update kpy\n")
