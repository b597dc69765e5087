"""`kpy validate` from the command line to the exit code."""

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from kpy.checking.policy_groups import POLICIES_OFF
from kpy.cli.main import run

GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n"
BAD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: bad\ndta: {}\n"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def kpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in an empty folder and return the exit code and both streams."""
    monkeypatch.chdir(tmp_path)

    def kpy(*words: str) -> tuple[int, str, str]:
        code = run(words)
        out, err = capsys.readouterr()
        return code, out, err

    return kpy


def test_sound_file_says_nothing_but_the_count(kpy: Run) -> None:
    Path("a.yaml").write_text(GOOD)

    assert kpy("validate", "a.yaml") == (0, "", f"1 object checked: no findings\n{POLICIES_OFF}\n")


def test_finding_has_its_place_line_and_caret(kpy: Run) -> None:
    Path("a.yaml").write_text(GOOD + "---\n" + BAD)

    assert kpy("validate", "a.yaml") == (
        1,
        "a.yaml:9:1: error[unknown-field]: ConfigMap has no field `dta`\n"
        "    9 | dta: {}\n"
        "      | ^^^\n"
        '   object   ConfigMap "bad"\n'
        "   field    dta\n"
        "   fix      did you mean `data`?\n",
        "2 objects checked: 1 error\nto learn more: kpy explain unknown-field\n",
    )


def test_what_could_not_be_read_may_be_what_is_missing(kpy: Run) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  serviceAccountName: robot\n"
    Path("pod.yaml").write_text(pod + '  containers: [{name: web, image: "web:1"}]\n')
    Path("robot.yaml").write_text("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot\n")

    code, out, _ = kpy("validate", ".", "--format", "json")

    assert code == 1
    assert [found["rule"] for found in json.loads(out)["diagnostics"]] == ["yaml-syntax"]


def test_json_has_every_finding_and_the_counts(kpy: Run) -> None:
    Path("a.json").write_text(json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}, "dta": {}}))

    code, out, _ = kpy("validate", "a.json", "--format", "json")

    found = json.loads(out)
    assert code == 1
    assert {each["rule"] for each in found["diagnostics"]} >= {"unknown-field"}
    assert found["diagnostics"][0]["where"]["file"] == "a.json"
    assert found["summary"]["errors"] == len(found["diagnostics"])


def test_sound_file_is_json_too(kpy: Run) -> None:
    Path("a.yaml").write_text(GOOD)

    assert json.loads(kpy("validate", "a.yaml", "--format", "json")[1]) == {
        "diagnostics": [],
        "summary": {"errors": 0, "warnings": 0, "notes": 0, "not_judged": {}, "left_out": 0},
    }


def test_github_gets_annotations(kpy: Run) -> None:
    Path("a,b.yaml").write_text(BAD)

    assert kpy("validate", "a,b.yaml", "--format", "github")[1] == (
        "::error title=unknown-field,file=a%2Cb.yaml,line=5,col=1::ConfigMap has no field `dta`%0A"
        'ConfigMap "bad"%0Adta%0Afix: did you mean `data`?\n'
    )


def test_folder_is_searched_and_every_file_checked(kpy: Run) -> None:
    Path("k8s/deep").mkdir(parents=True)
    Path("k8s/a.yaml").write_text("apiVersion: [\n")
    Path("k8s/b.bin.yml").write_bytes(b"\xff\xfe\xff")
    Path("k8s/deep/c.yaml").write_text(BAD)
    Path("k8s/notes.txt").write_text("not: [")

    code, out, err = kpy("validate", "k8s")

    assert code == 1
    assert [line.split(": ")[:2] for line in out.splitlines() if "error[" in line] == [
        ["k8s/a.yaml:1:14", "error[yaml-syntax]"],
        ["k8s/b.bin.yml:1", "error[file-not-text]"],
        ["k8s/deep/c.yaml:5:1", "error[unknown-field]"],
    ]
    assert err.startswith("1 object checked: 3 errors\n")


def test_standard_input_is_read_with_its_lines(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(BAD.encode())))

    code, out, _ = kpy("validate", "-")

    assert code == 1
    assert out.startswith("-:5:1: error[unknown-field]: ConfigMap has no field `dta`\n    5 | dta: {}\n      | ^^^\n")


@pytest.mark.parametrize("written", ["1.10", "yes", "0644", "1e3", "0x1F", "8080"])
def test_scalar_to_quote_is_shown_as_it_is_written(kpy: Run, written: str) -> None:
    """In a document, in an item of a `List`, and in a file that an app takes in."""
    Path("a.yaml").write_text(f"{GOOD}data: {{version: {written}}}\n")
    item = f"{GOOD}data: {{version: {written}}}\n".replace("\n", "\n  ").rstrip()
    Path("list.yaml").write_text(f"apiVersion: v1\nkind: List\nitems:\n- {item}\n")
    Path("app.py").write_text("from kpy import *\napp = App('a')\napp.add(Chart('c')).add(Yaml('a.yaml'))\n")

    for target in ("a.yaml", "list.yaml", "app.py"):
        assert f'   fix      quote it: "{written}"\n' in kpy("validate", target)[1]


@pytest.mark.parametrize(
    ("field", "has_fix"),
    [("replicas: '3'", True), ("replicas: three", False), ("replicas: '3.5'", False), ("paused: 'true'", True)],
)
def test_quotes_are_only_taken_from_what_fits_without(kpy: Run, field: str, has_fix: bool) -> None:
    Path("a.yaml").write_text(f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\nspec:\n  {field}\n")

    out = kpy("validate", "a.yaml")[1]

    assert "error[wrong-type]" in out
    assert ("write it without quotes" in out) == has_fix


@pytest.mark.parametrize(("text", "severity", "code"), [("", "error", 1), ("\n\n", "error", 1), ("# a", "warning", 0)])
def test_empty_standard_input_is_no_success(
    kpy: Run, monkeypatch: pytest.MonkeyPatch, text: str, severity: str, code: int
) -> None:
    """The command before the pipe may have failed."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))

    done = kpy("validate", "-")

    assert done[0] == code
    assert done[1].startswith(f"-:1: {severity}[no-documents]: it contains no documents\n")


def test_file_without_documents_is_warned_of(kpy: Run) -> None:
    Path("a.yaml").write_text("# nothing\n")

    assert kpy("validate", "a.yaml") == (
        0,
        "a.yaml:1: warning[no-documents]: it contains no documents\n    1 | # nothing\n",
        "0 objects checked: 1 warning\nto learn more: kpy explain no-documents\n",
    )


@pytest.mark.parametrize(
    "text", ["name: {{ .Release.Name }}\n", "a:\n  {{- if .x }}\n  b: {}\n  {{- end }}\n", "{{ x }}\n"]
)
def test_template_is_called_so_once(kpy: Run, text: str) -> None:
    Path("a.yaml").write_text(text)

    _, out, err = kpy("validate", "a.yaml")

    assert "error[yaml-syntax]" in out
    assert "   fix      this is a template: render it first, `helm template ... | kpy validate -`\n" in out
    assert err == "0 objects checked: 1 error\nto learn more: kpy explain yaml-syntax\n"


@pytest.mark.parametrize(
    "head", ["", "kind: Kustomization\n", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"]
)
def test_kustomization_in_a_folder_is_skipped(kpy: Run, head: str) -> None:
    Path("k8s").mkdir()
    Path("k8s/kustomization.yaml").write_text(f"{head}resources: [a.yaml]\n")
    Path("k8s/a.yaml").write_text(GOOD)

    code, out, err = kpy("validate", "k8s", "--notes")

    assert (code, err) == (0, f"1 object checked: 1 note\nnot judged: 1 kustomization\n{POLICIES_OFF}\n")
    assert out.startswith(
        "k8s/kustomization.yaml:1: note[kustomization]: a kustomization is not rendered: "
        "kpy does not know what it changes"
    )


def test_what_a_kustomization_patches_with_is_skipped_too(kpy: Run) -> None:
    """Patches are parts of objects; they may come before the kustomization, and lie in another folder."""
    Path("k8s/over").mkdir(parents=True)
    Path("k8s/app.yaml").write_text(GOOD)
    for name in ("a-patch", "b-patch", "over/c-patch", "over/values", "over/config", "over/other"):
        Path(f"k8s/{name}.yaml").write_text("- op: remove\n")
    Path("k8s/over/kustomization.yaml").write_text(
        "resources: [../app.yaml]\n"
        "patches: [{path: ../a-patch.yaml}, {patch: 'a: b'}]\n"
        "patchesStrategicMerge: [../b-patch.yaml, 'kind: A']\n"
        "patchesJson6902: [{path: c-patch.yaml, target: {kind: A}}, 3]\n"
        "helmCharts: [{name: web, valuesFile: values.yaml}]\n"
        "configMapGenerator: [{name: a, files: [key.yaml=config.yaml]}]\n"
    )

    code, out, err = kpy("validate", "k8s", "--notes")

    assert (code, err.splitlines()[0]) == (0, "1 object checked: 2 notes")
    assert "kpy does not know what it changes, and 5 files that it reads are skipped" in out
    assert "k8s/over/other.yaml:1: note[not-manifest]: 1 file is not a manifest: 1 JSON patch" in out


def test_file_that_is_named_twice_is_read_once(kpy: Run) -> None:
    Path("k8s").mkdir()
    Path("k8s/a.yaml").write_text(GOOD)

    checked = f"1 object checked: no findings\n{POLICIES_OFF}\n"
    assert kpy("validate", "k8s", "k8s/a.yaml", "./k8s") == (0, "", checked)


def test_pipe_in_a_folder_is_not_waited_for(kpy: Run) -> None:
    Path("k8s").mkdir()
    Path("k8s/a.yaml").write_text(GOOD)
    os.mkfifo("k8s/b.yaml")
    os.symlink("nowhere", "k8s/c.yaml")

    code, out, err = kpy("validate", "k8s")

    assert (code, err) == (1, "1 object checked: 1 error\nto learn more: kpy explain file-unreadable\n")
    assert out.startswith("k8s/c.yaml:1: error[file-unreadable]: a symbolic link leads nowhere: there is no nowhere")


def test_files_of_the_current_folder_are_named_as_github_knows_them(kpy: Run) -> None:
    Path("k8s").mkdir()
    Path("k8s/a.yaml").write_text(BAD)

    _, out, _ = kpy("validate", ".", "--format", "github")

    assert "file=k8s/a.yaml," in out


def test_url_is_not_fetched(kpy: Run) -> None:
    assert kpy("validate", "https://x.io/a.yaml") == (
        2,
        "",
        "error: https://x.io/a.yaml: URLs are not fetched: download it and name the file, or pipe it into -\n",
    )


def test_list_is_checked_item_by_item(kpy: Run) -> None:
    Path("a.yaml").write_text(
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, dta: {}}\n"
    )

    code, out, err = kpy("validate", "a.yaml")

    assert (code, err) == (1, "1 object checked: 1 error\nto learn more: kpy explain unknown-field\n")
    assert out.startswith("a.yaml:4:58: error[unknown-field]")


def test_release_is_said_on_the_command_line_or_in_the_settings(kpy: Run) -> None:
    Path("a.yaml").write_text(
        "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: a}\n"
        "spec: {seLinux: {rule: RunAsAny}, runAsUser: {rule: RunAsAny}, fsGroup: {rule: RunAsAny}, "
        "supplementalGroups: {rule: RunAsAny}}\n"
    )
    Path("b.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: a, image: a}]\n"
        "  volumes: [{name: v, image: {reference: x}}]\n"
    )

    assert kpy("validate", "b.yaml", "--kubernetes", "1.33")[0] == 0
    assert kpy("validate", "b.yaml", "--kubernetes", "1.25")[0] == 1
    Path("pyproject.toml").write_text("[tool.kpy]\nkubernetes = '1.26'\n")
    assert kpy("validate", "b.yaml")[0] == 1


def test_app_is_checked_with_its_python_lines(kpy: Run) -> None:
    Path("shop.py").write_text(
        "from kpy import App, Chart, ConfigMap\n\n\ndef app(name: str) -> App:\n    app = App('shop')\n"
        "    app.add(Chart('shop')).add(ConfigMap(name))\n    return app\n"
    )

    checked = f"1 object checked: no findings\n{POLICIES_OFF}\n"
    assert kpy("validate", "shop.py", "--set", "name=good") == (0, "", checked)
    code, out, err = kpy("validate", "shop.py:app", "--set", "name=Bad")
    assert (code, err) == (1, "1 object checked: 1 error\nto learn more: kpy explain name-format\n")
    assert out.startswith("shop.py:6: error[name-format]")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["no.yaml"], "no.yaml: there is no such file or folder"),
        (["no/such"], "no/such: there is no such file or folder"),
        (["."], ".: there is no YAML or JSON file in this folder"),
        (["no.py"], "no.py: there is no such file"),
        (["no_such_module_3:app"], "no_such_module_3: there is no such file, and no such module"),
        (["--kubernetes", "1.33"],
         "there is nothing to validate: name files, folders, an app, or `-` for standard input"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_line(kpy: Run, words: list[str], message: str) -> None:
    assert kpy("validate", *words) == (2, "", f"error: {message}\n")


def test_long_line_is_cut_around_the_place(kpy: Run) -> None:
    padding = ", ".join(f"k{number}: '{number}'" for number in range(300))
    Path("a.yaml").write_text(
        f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}, data: {{{padding}}}, dta: 3}}"
    )

    _, out, _ = kpy("validate", "a.yaml")

    _, source, caret, *_ = out.splitlines()
    assert len(source) <= 108
    assert source[caret.index("^") :].startswith("dta: 3}")


def test_unprintable_marks_do_not_reach_the_terminal(kpy: Run) -> None:
    Path("a.yaml").write_text('{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, dta: "\u009b31m\t"}')

    _, out, _ = kpy("validate", "a.yaml")

    assert "\u009b" not in out


def test_folder_that_is_not_there_is_not_imported_as_a_module(kpy: Run, tmp_path: Path) -> None:
    (tmp_path / "manifests.py").write_text("raise SystemExit(7)\n")

    message = "there is no such file or folder; an app in a module is written with its name, manifests:app"

    assert kpy("validate", "manifests") == (2, "", f"error: manifests: {message}\n")
    assert kpy("compare", "manifests", "manifests")[0] == 2


def test_link_that_leads_nowhere_is_called_so(kpy: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("nowhere")

    assert kpy("validate", "a.yaml") == (2, "", "error: a.yaml: a symbolic link that leads nowhere\n")


def test_only_python_is_run_as_an_app(kpy: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("raise SystemExit(7)\n")

    message = "that is not a Python file: an app is in a file whose name ends in .py"
    assert kpy("synth", "notes.txt") == (2, "", f"error: notes.txt: {message}\n")


def test_working_directory_is_not_taken_for_a_secret(kpy: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PWD", str(tmp_path))
    (tmp_path / "app.py").write_text("raise ValueError('x')\n")

    assert f'File "{tmp_path}/app.py", line 1' in kpy("synth", "app.py")[2]
