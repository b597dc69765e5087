"""`kpy validate --all`, and the findings of `--all` in the forms that programs read."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from tests.cli.conftest import Run
from tests.reporting.test_forms import SARIF

SETTINGS = """\
[tool.kpy]
apps = "apps/*.py"
output = "rendered/{env}/{app}"

[tool.kpy.environments.dev]
[tool.kpy.environments.prod]
values = "values/{app}.yaml"
"""
APP = """\
from kpy import App, Chart, ConfigMap


def app(env: str, number: int = 0) -> App:
    app = App("NAME")
    chart = app.add(Chart("web", namespace="NAME"))
    chart.add(ConfigMap.from_literals("web", {"number": str(number)}))
    return app
"""
ROOT = Path(__file__).parents[2]
#: What is wrong, as `(rule, file, line, outputs)`.
WRONG = {
    ("name-format", "apps/bad.py", 7, "in the outputs bad dev, bad prod"),
    ("output-failed", "apps/raises.py", 8, "in the outputs raises dev, raises prod"),
    ("output-failed", "apps/broken.py", 2, "in the outputs broken dev, broken prod"),
    ("output-failed", "values/values.yaml", 1, "in the output values prod"),
}


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a workspace in which much is wrong."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(SETTINGS)
    Path("apps").mkdir()
    Path("values").mkdir()
    for name in ("fine", "bad", "raises", "broken", "values"):
        Path(f"apps/{name}.py").write_text(APP.replace("NAME", name))
        Path(f"values/{name}.yaml").write_text("number: 1\n")
    edit("apps/bad.py", 'from_literals("web"', 'from_literals("We b"')
    edit("apps/raises.py", "return app", "return 1 / 0")
    edit("apps/broken.py", "\n\n\ndef", "\ndef app(:\n\n\ndef")
    Path("values/values.yaml").write_text("number: many\n")


def edit(path: str, old: str, new: str) -> None:
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


def of_json(text: str) -> set[tuple[object, ...]]:
    schema = json.loads((ROOT / "docs/findings.schema.json").read_text())
    tree = json.loads(text)
    jsonschema.Draft202012Validator(schema).validate(tree)
    return {
        (each["rule"], each["where"]["file"], each["where"]["line"], each["see_also"][-1]["text"])
        for each in tree["diagnostics"]
    }


def of_sarif(text: str) -> set[tuple[object, ...]]:
    log = json.loads(text)
    jsonschema.Draft202012Validator(SARIF).validate(log)
    found = set()
    for each in log["runs"][0]["results"]:
        place = each["locations"][0]["physicalLocation"]
        note = next(line for line in each["message"]["text"].splitlines() if line.startswith("in the output"))
        found.add((each["ruleId"], place["artifactLocation"]["uri"], place["region"]["startLine"], note))
    return found


def of_junit(text: str) -> set[tuple[object, ...]]:
    found = set()
    for suite in ElementTree.fromstring(text):
        for failure in suite.iter("failure"):
            said = (failure.text or "").splitlines()
            line = int(said[0].split(":")[1])
            note = next(each for each in said if "in the output" in each).partition("see also ")[2]
            found.add((failure.get("type"), suite.get("name"), line, note))
    return found


def of_gitlab(text: str) -> set[tuple[object, ...]]:
    issues = json.loads(text)
    assert len({each["fingerprint"] for each in issues}) == len(issues)
    return {
        (
            each["check_name"],
            each["location"]["path"],
            each["location"]["lines"]["begin"],
            "in the output" + each["description"].partition("in the output")[2].partition(" - ")[0],
        )
        for each in issues
    }


def of_github(text: str) -> set[tuple[object, ...]]:
    found = set()
    for line in (each for each in text.splitlines() if each.startswith("::")):
        marks, _, message = line.removeprefix("::error ").partition("::")
        said = dict(mark.split("=") for mark in marks.split(","))
        note = next(each for each in message.split("%0A") if each.startswith("in the output"))
        found.add((said["title"], said["file"], int(said["line"]), note))
    return found


def of_short(text: str) -> set[tuple[object, ...]]:
    found = set()
    for line in (each for each in text.splitlines() if "]: " in each):
        place, _, rest = line.partition(": error[")
        file, number = place.split(":")[:2]
        found.add((rest.partition("]")[0], file, int(number), "in the output" + rest.rpartition("in the output")[2]))
    return found


READERS: dict[str, Callable[[str], set[tuple[object, ...]]]] = {
    "json": of_json,
    "sarif": of_sarif,
    "junit": of_junit,
    "gitlab": of_gitlab,
    "github": of_github,
    "short": of_short,
}


@pytest.mark.parametrize("form", READERS)
def test_every_form_has_all_that_is_wrong_once(kpy: Run, form: str) -> None:
    code, out, _ = kpy("validate", "--all", "--format", form)
    assert (code, READERS[form](out)) == (2, WRONG)

    code, out, err = kpy("synth", "--all", "--report", form)
    assert (code, out, READERS[form](err)) == (2, "", WRONG)

    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "a"]):
        subprocess.run(["git", *words], check=True)
    code, out, err = kpy("compare", "git:HEAD", ".", "--all", "--report", form)
    assert (code, READERS[form](err)) == (1, WRONG)
    assert out.endswith("10 outputs, 7 that cannot be compared, 3 without a change\n")


def test_people_read_each_reason_once(kpy: Run) -> None:
    code, out, err = kpy("validate", "--all")

    assert code == 2
    assert out.count("error[name-format]") == 1
    assert "see also in the outputs bad dev, bad prod" in out
    assert "output-failed" not in out + err
    assert err.count("ZeroDivisionError: division by zero") == 1
    assert "error: raises dev, raises prod: " in err
    assert "error: values prod: values/values.yaml:1:1: `number`: expected a whole number, not the text" in err
    assert err.endswith("10 outputs of 5 apps, 5 that could not be made\n")
    assert "5 objects checked: 1 error\n" in err
    assert not Path("rendered").exists()


def test_outputs_are_chosen_and_shared(kpy: Run) -> None:
    code, out, err = kpy("validate", "--all", "--where", "app=fine", "-j", "2")
    assert (code, out) == (0, "")
    assert err.startswith("2 objects checked: no findings\n")
    assert err.endswith("\n2 outputs of 1 app\n")

    code, _, err = kpy("validate", "--all", "--where", "app=fine", "--shard", "1/2", "--select", "recommended")
    assert (code, err) == (0, "1 object checked: no findings\n1 output of 1 app\n")


def test_baseline_holds_for_all(kpy: Run) -> None:
    words = ("validate", "--all", "--where", "app=bad")
    assert kpy(*words)[0] == 1

    assert kpy(*words, "--baseline", "known.json", "--write-baseline")[0] == 0
    code, out, _ = kpy(*words, "--baseline", "known.json")
    assert (code, out) == (0, "")


def test_warnings_fail_where_they_shall(kpy: Run) -> None:
    service = '"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}'
    spec = '"spec": {"selector": {"a": "b"}, "ports": [{"port": 80}]}'
    raw = f"    from kpy import Raw\n    chart.add(Raw({{{service}, {spec}}}))\n"
    edit("apps/fine.py", "    return app", f"{raw}    return app")
    words = ("validate", "--all", "--where", "app=fine")

    assert kpy(*words)[0] == 0
    assert kpy(*words, "--fail-on", "warning")[0] == 1
    code, out, _ = kpy(*words, "--waivers")
    assert (code, out) == (0, "there are no waivers\n")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--all", "fine"), "--all means every app, so fine is one too many: leave it out, or say --where app=fine"),
        (
            ("--all", "--env", "dev"),
            "--env is about one output, and --all about all of them: choose with --where env=",
        ),
        (("--all", "--cluster", "eu"), "--cluster is about one output, and --all about all of them: choose with --wh"),
        (("--all", "--render"), "--render is about one output, and --all about all of them"),
        (("--all", "-j", "no"), "-j no: say how many processes share the work"),
        (("--all", "--shard", "9/8"), "--shard 9/8: write it as NUMBER/COUNT, from 1/8 to 8/8"),
        (("apps/fine.py", "--where", "env=dev"), "--where chooses among all outputs: add --all"),
    ],
)
def test_wrong_calls_are_refused(kpy: Run, words: tuple[str, ...], error: str) -> None:
    code, out, err = kpy("validate", *words)

    assert (code, out) == (2, "")
    assert error in err
