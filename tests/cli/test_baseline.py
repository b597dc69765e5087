"""`kpy validate --baseline`: an old repository is taken as it is, and only what is new is reported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_validate import Run, kpy

__all__ = ["kpy"]

FILE = "kpy-baseline.json"
WRITE = ("--baseline", FILE, "--write-baseline")


def pod(*containers: str, name: str = "web", namespace: str = "", extra: str = "") -> str:
    said = f", namespace: {namespace}" if namespace else ""
    text = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}{said}}}\nspec:\n{extra}  containers:\n"
    return text + "".join(f"  - name: {each}\n    image: {each}:1\n    imagePulPolicy: Always\n" for each in containers)


def rules(run: tuple[int, str, str]) -> list[tuple[str, str]]:
    return [(found["rule"], found["field"]) for found in json.loads(run[1])["diagnostics"]]


def test_what_is_known_is_not_reported_again(kpy: Run) -> None:
    Path("a.yaml").write_text(pod("web"))

    assert kpy("validate", ".", "--ignore=policy", *WRITE) == (
        0,
        "",
        f"1 object checked: no findings\n{FILE}: 1 finding written, 1 new, 0 gone\n",
    )
    assert kpy("validate", ".", "--ignore=policy", "--baseline", FILE) == (
        0,
        "",
        f"1 object checked: no findings\nknown: 1 finding in {FILE}\n",
    )
    assert kpy("validate", ".")[0] == 1


def test_baseline_is_a_line_for_each_finding(kpy: Run) -> None:
    Path("k8s").mkdir()
    Path("k8s/a.yaml").write_text(pod("web", namespace="shop"))
    Path("k8s/b.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [}\n")

    kpy("validate", "k8s", *WRITE)

    assert Path(FILE).read_text() == (
        '{\n  "kpy-baseline": 1,\n  "project": "",\n  "findings": [\n'
        '    {"rule": "unknown-field", "object": "Pod web", "namespace": "shop", '
        '"field": "spec.containers[web].imagePulPolicy"},\n'
        '    {"rule": "yaml-syntax", "object": "k8s/b.yaml", "namespace": "", "field": ""}\n'
        "  ]\n}\n"
    )


def test_moved_lines_and_added_containers_leave_it_as_it_is(kpy: Run) -> None:
    Path("a.yaml").write_text(pod("web", "log"))
    kpy("validate", ".", *WRITE)

    Path("a.yaml").unlink()
    Path("b.yaml").write_text("# moved\n\n" + pod("new", "log", "web", extra="  hostNetwork: false\n"))
    run = kpy("validate", ".", "--baseline", FILE, "--format", "json")

    assert rules(run) == [("unknown-field", "spec.containers[0].imagePulPolicy")]
    assert run[0] == 1


def test_other_faults_of_the_same_object_are_new(kpy: Run) -> None:
    Path("a.yaml").write_text(pod("web"))
    kpy("validate", ".", *WRITE)

    Path("a.yaml").write_text(pod("web", extra="  hostNetwrk: true\n"))

    assert rules(kpy("validate", ".", "--baseline", FILE, "--format", "json")) == [("unknown-field", "spec.hostNetwrk")]


def test_same_object_of_another_namespace_is_new(kpy: Run) -> None:
    Path("a.yaml").write_text(pod("web", namespace="a"))
    kpy("validate", ".", *WRITE)

    Path("b.yaml").write_text(pod("web", namespace="b"))

    assert kpy("validate", ".", "--baseline", FILE)[0] == 1


def test_namespace_that_comes_or_goes_is_no_news(kpy: Run) -> None:
    """A kustomization gives it when it is rendered."""
    for before, after in (("", "shop"), ("shop", "")):
        Path("a.yaml").write_text(pod("web", namespace=before))
        kpy("validate", "a.yaml", *WRITE)
        Path("a.yaml").write_text(pod("web", namespace=after))

        assert kpy("validate", "a.yaml", "--baseline", FILE)[0] == 0
        Path(FILE).unlink()


def test_value_is_not_in_it(kpy: Run) -> None:
    Path("a.yaml").write_text(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata: {password: 'hunter2!'}\nstringData: {pin: 12345}\n"
    )

    kpy("validate", ".", *WRITE)

    text = Path(FILE).read_text()
    assert "password" in text
    assert "hunter2" not in text
    assert "12345" not in text


def test_new_place_of_a_known_finding_is_told_alone(kpy: Run) -> None:
    def reader(name: str) -> str:
        text = pod("web", name=name).replace("    imagePulPolicy: Always\n", "")
        return text + "    envFrom: [{secretRef: {name: db}}]\n"

    Path("a.yaml").write_text(reader("a"))
    Path("b.yaml").write_text(reader("b"))
    kpy("validate", ".", *WRITE)
    Path("c.yaml").write_text(reader("c"))

    found = json.loads(kpy("validate", ".", "--baseline", FILE, "--format", "json")[1])["diagnostics"]

    assert [(each["rule"], each["resource"], each["places"]) for each in found] == [("secret-missing", 'Pod "c"', [])]


def test_first_place_that_is_mended_makes_nothing_new(kpy: Run) -> None:
    text = (
        pod("web", name="{}").replace("    imagePulPolicy: Always\n", "") + "    envFrom: [{secretRef: {name: db}}]\n"
    )
    for name in "ab":
        Path(f"{name}.yaml").write_text(text.replace("{}", name))
    kpy("validate", ".", *WRITE)
    Path("a.yaml").unlink()

    assert rules(kpy("validate", ".", "--baseline", FILE, "--format", "json")) == []


def test_what_is_gone_is_said(kpy: Run) -> None:
    Path("a.yaml").write_text(pod("a", "b", "c", "d", "e"))
    kpy("validate", ".", *WRITE)
    Path("a.yaml").write_text(pod("e"))

    err = kpy("validate", ".", "--baseline", FILE)[2]

    assert (
        "gone: unknown-field (Pod web), unknown-field (Pod web), unknown-field (Pod web), and 1 more; "
        f"--write-baseline takes what is fixed out of {FILE}\n"
    ) in err
    assert f"\n{FILE}: 1 finding written, 0 new, 4 gone\n" in kpy("validate", ".", *WRITE)[2]
    assert "gone" not in kpy("validate", ".", "--baseline", FILE)[2]


def test_nothing_of_it_is_here(kpy: Run) -> None:
    Path("a.yaml").write_text(pod("a"))
    kpy("validate", ".", *WRITE)
    Path("a.yaml").write_text(pod("a", name="other"))

    code, _, err = kpy("validate", ".", "--baseline", FILE)

    assert code == 1
    assert f"gone: nothing that {FILE} names was found: all of it is fixed, or the file is of another project\n" in err


def test_baseline_of_another_project_is_refused(kpy: Run) -> None:
    Path("pyproject.toml").write_text('[project]\nname = "shop"\n')
    Path("a.yaml").write_text(pod("a"))
    kpy("validate", ".", *WRITE)
    before = Path(FILE).read_text()
    Path("pyproject.toml").write_text('[project]\nname = "billing"\n')
    message = (
        f'error: {FILE}: this is the baseline of the project "shop", and "billing" is checked: name another file\n'
    )

    assert kpy("validate", ".", "--baseline", FILE) == (2, "", message)
    assert kpy("validate", ".", *WRITE) == (2, "", message)
    assert Path(FILE).read_text() == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "this is not a baseline of kpy: Expecting value: line 1 column 1 (char 0)"),
        ("[" * 100_000, "this is not a baseline of kpy: it is nested too deeply"),
        ('{"a": 1}', 'this is not a baseline of kpy: it has no "kpy-baseline"'),
        ("[]", 'this is not a baseline of kpy: it has no "kpy-baseline"'),
        ('{"kpy-baseline": 2}', "this kpy does not know baselines of version 2: a newer kpy wrote it"),
        (
            '{"kpy-baseline": 1, "findings": {}}',
            'the baseline is broken: "project" is a text and "findings" is a list',
        ),
        (
            '{"kpy-baseline": 1, "findings": [{}, {"rule": 3}]}',
            'the baseline is broken: finding 2 is not an object of the texts "rule", "object", "namespace", "field"',
        ),
        ('{\n<<<<<<< HEAD\n"a"', "the baseline has a merge conflict in it: resolve it"),
    ],
)
def test_broken_baseline_is_refused_and_not_written_over(kpy: Run, content: str, message: str) -> None:
    Path("a.yaml").write_text(pod("a"))
    Path(FILE).write_text(content)

    for words in (WRITE[:2], WRITE):
        code, out, err = kpy("validate", "a.yaml", *words)

        assert (code, out) == (2, "")
        assert err.startswith(f"error: {FILE}: {message}")
    assert Path(FILE).read_text() == content


def test_baseline_that_is_not_there_is_refused(kpy: Run) -> None:
    Path("a.yaml").write_text(pod("a"))

    assert kpy("validate", ".", "--baseline", FILE) == (
        2,
        "",
        f"error: {FILE}: there is no such file; to make it, add --write-baseline\n",
    )
    assert kpy("validate", ".", "--write-baseline")[2] == (
        "error: --write-baseline needs a file: add --baseline FILE\n"
    )
    assert kpy("validate", ".", "--baseline", ".")[2] == "error: .: the baseline cannot be read: Is a directory\n"
    assert kpy("validate", ".", "--baseline", "no/b.json", "--write-baseline")[2] == (
        "error: no/b.json: the baseline cannot be written: No such file or directory\n"
    )


def test_baseline_beside_the_files_is_none_of_them(kpy: Run) -> None:
    Path("a.yaml").write_text(pod("a"))
    kpy("validate", ".", *WRITE)

    assert "not judged" not in kpy("validate", ".", "--baseline", FILE)[2]


def test_notes_are_taken_when_they_are_shown(kpy: Run) -> None:
    Path("a.yaml").write_text("apiVersion: shop.io/v1\nkind: Backup\nmetadata: {name: b}\n")

    kpy("validate", ".", *WRITE)
    assert json.loads(Path(FILE).read_text())["findings"] == []
    kpy("validate", ".", *WRITE, "--notes")
    assert [each["rule"] for each in json.loads(Path(FILE).read_text())["findings"]] == ["custom-resource"]
    assert kpy("validate", ".", "--baseline", FILE, "--notes")[1] == ""


@pytest.mark.parametrize("command", ["synth", "apply", "diff", "compare"])
def test_no_other_command_takes_one(kpy: Run, command: str) -> None:
    """What would be refused by a server must not be written because it was accepted once."""
    assert kpy(command, "--baseline", FILE)[2].startswith("error: there is no option --baseline")


def test_findings_of_an_app_are_known_too(kpy: Run) -> None:
    app = "from kpy import *\napp = App('a')\nshop = app.add(Chart('shop'))\n{}shop.add(ConfigMap('My_App'))\n"
    Path("app.py").write_text(app.format(""))
    kpy("validate", "app.py", *WRITE)
    Path("app.py").write_text(app.format("\n\n# moved\n"))

    assert kpy("validate", "app.py", "--baseline", FILE)[:2] == (0, "")
    assert kpy("synth", "app.py")[0] == 1


def test_finding_of_several_places_has_a_line_for_each(kpy: Run) -> None:
    text = (
        pod("web", name="{}").replace("    imagePulPolicy: Always\n", "") + "    envFrom: [{secretRef: {name: db}}]\n"
    )
    for name in "ab":
        Path(f"{name}.yaml").write_text(text.replace("{}", name))

    assert f"{FILE}: 1 finding written in 2 lines, 2 new, 0 gone\n" in kpy("validate", ".", *WRITE)[2]
