"""Generated code is what the generator writes."""

from kpy.codegen.models import API, model_files


def test_models_have_not_drifted_from_the_schema() -> None:
    written = {file.relative_to(API).as_posix(): file.read_text() for file in API.rglob("*.py")}

    assert model_files() == written
