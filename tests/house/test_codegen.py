"""Generated code is what the generator writes."""

import importlib

import pytest

from kpy.model.names import python_name
from kpy.model.plain import plan_of
from tools.codegen.fields import FIELDS, KINDS, field_files, fields_type
from tools.codegen.models import API, model_files
from tools.codegen.short_forms import FORMS, FORMS_OF_TYPES
from tools.codegen.union import union


def test_models_have_not_drifted_from_the_schema() -> None:
    written = {file.relative_to(API).as_posix(): file.read_text() for file in API.rglob("*.py")}

    assert model_files() == written


def test_fields_have_not_drifted_from_the_schema() -> None:
    assert field_files() == {file.name: file.read_text() for file in FIELDS.glob("*.py")}


@pytest.mark.parametrize("name", [*KINDS, "core/v1 Container"])
def test_mixin_has_every_field_of_its_type(name: str) -> None:
    kind = name.rpartition(" ")[2]
    mixin = getattr(importlib.import_module(f"kpy.constructs.fields.{python_name(kind)}"), f"{kind}Fields")
    expected = set(union()[fields_type(name)].fields) - {"apiVersion", "kind", "metadata", "status"}

    assert {key for _, key in plan_of(mixin).pairs} == expected


def test_short_forms_are_of_fields_that_exist() -> None:
    assert all(field in union()[type_name].fields for type_name, field in FORMS)
    assert all(type_name in union() for type_name in FORMS_OF_TYPES)


def test_kind_with_a_spec_has_no_other_fields() -> None:
    """A construct takes the fields of the spec, so a kind with a spec must have nothing beside it."""
    for name in KINDS:
        fields = set(union()[name].fields) - {"apiVersion", "kind", "metadata", "status"}

        assert "spec" not in fields or fields == {"spec"}
