"""Admission policies in files that the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import kpy
from kpy.errors import LoadError
from tests.admission.shapes import binding, config, deployment, mutation, policy, said


def write(folder: Path, *trees: dict[str, Any]) -> str:
    (folder / "policies.yaml").write_text(yaml.safe_dump_all(trees))
    return str(folder)


def test_policies_of_files_judge_and_are_not_judged(tmp_path: Path) -> None:
    folder = write(tmp_path, policy({"expression": "object.spec.replicas <= 5", "message": "at most five"}), binding())
    report = kpy.validate([deployment(replicas=6)], admission=[folder])

    (found,) = report.errors
    assert found.message == "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: at most five"
    assert found.field == "spec.replicas"
    assert found.fix == f"meet `object.spec.replicas <= 5` of {tmp_path / 'policies.yaml'}"
    assert found.see_also == ()
    assert kpy.validate([deployment(replicas=5)], admission=[folder]).ok


def test_policy_that_is_among_the_documents_is_run_once(tmp_path: Path) -> None:
    trees = [policy({"expression": "false"}), binding()]
    folder = write(tmp_path, *trees)

    assert len(said([*trees, deployment()], "admission-denied", admission=[folder])) == 1


def test_parameters_are_there_too(tmp_path: Path) -> None:
    rule = policy(
        {"expression": "object.spec.replicas <= int(params.data.max)"},
        paramKind={"apiVersion": "v1", "kind": "ConfigMap"},
    )
    bound = binding(paramRef={"name": "limits", "namespace": "default", "parameterNotFoundAction": "Deny"})
    folder = write(tmp_path, rule, bound, config("limits", {"namespace": "default"}, max="5"))

    assert said([deployment(replicas=5)], "admission-denied", admission=[folder]) == []
    assert len(said([deployment(replicas=6)], "admission-denied", admission=[folder])) == 1


def test_mutating_policies_and_notes(tmp_path: Path) -> None:
    folder = write(tmp_path, mutation("Object{spec: Object.spec{replicas: -1}}"), binding("Mutating"))

    assert len(said([deployment()], "admission-spoilt", admission=[folder])) == 1

    folder = write(tmp_path, policy({"expression": "request.userInfo.username == 'me'"}), binding())

    assert len(said([deployment(), deployment("b")], "admission-not-run", admission=[folder])) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "`admission` of [tool.kpy] names the file"),
        (yaml.safe_dump(policy({"expression": "object.spec."})), 'ValidatingAdmissionPolicy "p", spec.validations[0]'),
    ],
)
def test_what_is_wrong_there_stops_the_check(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "policies.yaml").write_text(text)

    with pytest.raises(LoadError) as error:
        kpy.validate([deployment()], admission=[str(tmp_path)])

    assert message in str(error.value)


def test_file_must_be_there() -> None:
    with pytest.raises(LoadError, match="nowhere: there is no such file or folder; `admission` of"):
        kpy.validate([deployment()], admission=["nowhere"])
