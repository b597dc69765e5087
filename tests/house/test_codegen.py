"""Generated code is what the generator writes."""

import importlib
from pathlib import Path

import pytest

from kpy.model.names import python_name
from kpy.model.plain import plan_of
from tools.codegen import __main__, outputs
from tools.codegen.fields import KINDS, fields_type
from tools.codegen.outputs import drifted
from tools.codegen.rules_table import TABLE
from tools.codegen.short_forms import FORMS, REPLACED
from tools.codegen.union import union


def test_nothing_has_drifted() -> None:
    assert drifted() == []


def test_drift_is_told_and_repaired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed, missing, left = tmp_path / "pod.py", tmp_path / "job.py", tmp_path / "gone.py"
    changed.write_text("class Pod: ...")
    left.write_text("")
    made = {changed: "class Pod: ...\n", missing: "class Job: ...\n"}
    monkeypatch.setattr(outputs, "_made_of_the_pool", lambda: (made, {tmp_path: ".py"}))

    assert drifted() == [changed, missing, left]
    outputs.write()

    assert drifted() == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["job.py", "pod.py"]


def test_check_names_what_has_drifted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(__main__, "drifted", lambda: [TABLE])

    assert __main__.main(["--check"]) == 1
    assert capsys.readouterr().err == "codegen: not as generated, run `make generate`: kpy/checking/table.py\n"


@pytest.mark.parametrize("name", [*KINDS, "core/v1 Container"])
def test_mixin_has_every_field_of_its_type(name: str) -> None:
    kind = name.rpartition(" ")[2]
    mixin = getattr(importlib.import_module(f"kpy.constructs.fields.{python_name(kind)}"), f"{kind}Fields")
    expected = set(union()[fields_type(name)].fields) - {"apiVersion", "kind", "metadata", "status"}

    replaced = {field for owner, field in REPLACED if owner == fields_type(name)}

    assert {key for _, key in plan_of(mixin).pairs} == expected - replaced


def test_short_forms_are_of_fields_that_exist() -> None:
    assert all(field in union()[type_name].fields for type_name, field in FORMS)


def test_kind_with_a_spec_has_no_other_fields() -> None:
    """A construct takes the fields of the spec, so a kind with a spec must have nothing beside it."""
    for name in KINDS:
        fields = set(union()[name].fields) - {"apiVersion", "kind", "metadata", "status"}

        assert "spec" not in fields or fields == {"spec"}
