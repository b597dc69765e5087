"""Updates of custom resources that a server refuses are called so, with the words of the rule."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest

from kpy.cli.main import run
from kpy.compare import Change, compare

from .custom_updates import CustomUpdate, custom_updates, definition, lamp

UPDATES = {update.name: update for update in custom_updates()}


def change_of(update: CustomUpdate) -> Change:
    versions = ("v1", "v2")
    old = [definition(update.schema, *versions), lamp(update.old)]
    new = [definition(update.new_schema or update.schema, *versions), lamp(update.new, update.version)]
    *_, change = compare(old, new).changes
    assert change.kind == "Lamp"
    return change


@pytest.mark.parametrize("update", UPDATES.values(), ids=UPDATES)
def test_update_is_judged_as_an_api_server_does(update: CustomUpdate) -> None:
    change = change_of(update)

    if update.refused is None:
        assert change.effect in ("update in place", "no change")
        assert change.reasons == ()
    else:
        field, message = update.refused
        assert change.effect == "refused"
        assert change.reasons[0] == f"the API server refuses it: {field}: {message}"


def test_what_could_be_made_anew_says_so() -> None:
    anew = "the object must be deleted and created anew"

    assert change_of(UPDATES["fixed value changes"]).reasons[1:] == (anew,)
    assert change_of(UPDATES["new rule on what changes"]).reasons[1:] == ()


FIXED = UPDATES["fixed value changes"]


@pytest.mark.parametrize("among", ["old", "new", "both", "files"])
def test_definition_may_be_on_either_side_or_in_files(among: str, tmp_path: Path) -> None:
    (tmp_path / "lamps.json").write_text(json.dumps(definition(FIXED.schema)))
    old = [definition(FIXED.schema)] if among in ("old", "both") else []
    new = [definition(FIXED.schema)] if among in ("new", "both") else []
    crds = [str(tmp_path)] if among == "files" else []

    found = compare([*old, lamp(FIXED.old)], [*new, lamp(FIXED.new)], crds=crds)

    assert [change.effect for change in found.changes if change.kind == "Lamp"] == ["refused"]


def test_new_definition_judges() -> None:
    strict, loose = definition(FIXED.schema), definition(UPDATES["rule that goes"].new_schema or {})
    old, new = lamp(FIXED.old), lamp(FIXED.new)

    assert compare([strict, old], [loose, new]).changes[1].effect == "update in place"
    assert compare([loose, old], [strict, new]).changes[1].effect == "refused"


def test_without_a_definition_nothing_is_refused() -> None:
    assert compare([lamp(FIXED.old)], [lamp(FIXED.new)]).changes[0].effect == "update in place"


def test_what_a_webhook_converts_is_not_judged_as_an_update() -> None:
    judging = definition(FIXED.schema, "v1", "v2")
    judging["spec"]["conversion"] = {"strategy": "Webhook", "webhook": {}}

    found = compare([judging, lamp(FIXED.old)], [judging, lamp(FIXED.new, "v2")])

    assert found.changes[1].effect == "update in place"


def test_several_faults_are_told_up_to_five() -> None:
    rules = [{"rule": f"self == oldSelf || {number} < 0", "message": f"no. {number}"} for number in range(7)]
    schema = deepcopy(FIXED.schema)
    schema["properties"]["colour"]["x-kubernetes-validations"] = rules
    judging = definition(schema)

    (change,) = [
        each
        for each in compare([judging, lamp(FIXED.old)], [judging, lamp(FIXED.new)]).changes
        if each.effect == "refused"
    ]

    assert change.reasons == (
        *(f"the API server refuses it: spec.colour: no. {number}" for number in range(5)),
        "and 2 more",
        "the object must be deleted and created anew",
    )


def test_no_reason_shows_a_value_of_a_secret() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "stringData": {"a": "hunter2-hunter2"}}
    rule = {"rule": "self == oldSelf", "messageExpression": "'not ' + self", "message": "fixed"}
    schema = {"type": "object", "properties": {"colour": {"type": "string", "x-kubernetes-validations": [rule]}}}
    judging = definition(schema)

    found = compare([judging, secret, lamp({"colour": "a"})], [judging, secret, lamp({"colour": "hunter2-hunter2"})])

    assert "hunter2" not in json.dumps(found.to_dict())
    assert "refused" in found.counts


def test_command_tells_it_by_the_definitions_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text('[tool.kpy]\ncrds = ["crds"]\n')
    Path("crds").mkdir()
    Path("crds/lamps.json").write_text(json.dumps(definition(FIXED.schema)))
    Path("old.json").write_text(json.dumps(lamp(FIXED.old)))
    Path("new.json").write_text(json.dumps(lamp(FIXED.new)))

    assert run(["compare", "old.json", "new.json"]) == 0
    assert capsys.readouterr().out == (
        '! Lamp "web": refused   (new.json:1:1)\n'
        "    the API server refuses it: spec.colour: colour is fixed\n"
        "    the object must be deleted and created anew\n"
        '    spec.colour: "red" -> "blue"\n'
        "1 refused\n"
    )
    assert run(["compare", "old.json", "new.json", "--fail-on", "refused"]) == 1
    assert "1 change is as bad as --fail-on refused, or worse" in capsys.readouterr().err


def test_command_refuses_definitions_that_are_not_as_pinned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text('[tool.kpy]\ncrds = ["crds/"]\n')
    Path("lamps.json").write_text(json.dumps(definition(FIXED.schema)))
    assert run(["crds", "add", "lamps.json"]) == 0
    kept = Path("crds/lamps.example.com/lamps.yaml")
    kept.write_text(kept.read_text() + "# edited\n")
    Path("old.json").write_text(json.dumps(lamp(FIXED.old)))
    capsys.readouterr()

    assert run(["compare", "old.json", "old.json"]) == 2
    assert "kpy.lock: crds/lamps.example.com/lamps.yaml was changed: restore what was pinned" in capsys.readouterr().err
