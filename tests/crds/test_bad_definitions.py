"""Definitions that are not as they should be: each is told at its line, and all else goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_crds import LAMP, LAMPS, Run, definition, kpy

__all__ = ["kpy"]

_SERVER = "; a server refuses the definition"
_KEPT = "tell its publishers; its types are right without the rule, so it is kept"
BROKEN = definition("Bulb", spec='{type: object, x-kubernetes-validations: [{rule: "self.x > 1"}]}')
EACH = "self.l.all(x, self.l.all(y, x == y))"
DEAR = definition(
    "Bulb",
    spec="{type: object, properties: {l: {type: array, items: {type: string}}}, "
    f'x-kubernetes-validations: [{{rule: "{EACH}"}}]}}',
)

#: What is wrong, the line that says it, and what is said.
REFUSED = {
    "remote reference": (
        definition("Bulb", spec='{$ref: "https://example.com/schema.json"}'),
        "all.yaml:16:26: error[crd-schema-keyword]: `$ref` is not supported in schemas of custom resources",
    ),
    "circle of references": (
        definition("Bulb", spec='{type: object, properties: {x: {$ref: "#/properties/spec"}}}'),
        "all.yaml:16:57: error[crd-schema-keyword]: `$ref` is not supported in schemas of custom resources",
    ),
    "circle of aliases": (
        definition("Bulb", spec="&s {type: object, properties: {x: *s}}"),
        "all.yaml:16:53: error[yaml-recursion]: the alias `*s` stands inside its own anchor `&s`",
    ),
    "old form": (
        definition("Bulb").replace("k8s.io/v1", "k8s.io/v1beta1"),
        "all.yaml:1:13: error[definition-refused]: apiextensions.k8s.io/v1beta1 has not been served since Kubernetes",
    ),
    "no stored version": (
        definition("Bulb").replace("storage: true", "storage: false"),
        "all.yaml:8:3: error[crd-storage-version]: no version is marked as the stored one (and 1 more)",
    ),
    "other name": (
        definition("Bulb").replace("name: bulbs.", "name: lights."),
        "all.yaml:3:18: error[crd-name]: name 'lights.lamps.example.com' is not 'bulbs.lamps.example.com'",
    ),
    "no YAML": ("a: [\n", "all.yaml:1:5: error[yaml-syntax]:"),
    "kind that another one defines": (
        f"{definition('Bulb')}---\n{definition('Bulb', plural='bulbses')}",
        "all.yaml:18:1: error[definition-refused]: Bulb of lamps.example.com is defined by bulbs.lamps.example.com "
        "already, which is kept",
    ),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_told_at_its_line_and_the_rest_is_taken(kpy: Run, text: str, said: str) -> None:
    Path("all.yaml").write_text(f"{text}---\n{LAMP}")

    code, out, err = kpy("crds", "add", "all.yaml")

    assert code == 1
    assert err.startswith(said)
    assert f"added: lamps.lamps.example.com ({LAMPS})\n" in out
    assert ("bulbs.lamps.example.com (" in out) == ("is defined by" in said)


@pytest.mark.parametrize(
    ("text", "column", "rule", "said", "fix"),
    [
        (BROKEN, 68, "crd-rule-expression", "the rule uses the field 'x', which the schema does not have", _KEPT),
        (
            DEAR,
            123,
            "crd-rule-cost",
            "the rule costs more than 100 times what a server allows a rule",
            "set maxItems, maxProperties and maxLength of the lists, maps and texts that it goes through",
        ),
    ],
)
def test_rule_that_a_server_refuses_is_told_and_its_definition_taken(
    kpy: Run, text: str, column: int, rule: str, said: str, fix: str
) -> None:
    Path("bulb.yaml").write_text(text)

    code, out, err = kpy("crds", "add", "bulb.yaml")

    assert code == 1
    assert f"bulb.yaml:16:{column}: error[{rule}]: {said}{_SERVER}\n" in err
    assert f"fix      {fix}\n" in err
    assert out.startswith("added: bulbs.lamps.example.com (crds/lamps.example.com/bulbs.yaml)\n")

    code, _, err = kpy("crds", "--check")

    assert code == 1
    assert f"crds/lamps.example.com/bulbs.yaml:16:{column}: {said}{_SERVER}; {fix}\n" in err


def test_rules_are_judged_by_the_release_of_the_project(kpy: Run) -> None:
    rule = "isSemver(self)"
    field = f"{{type: string, maxLength: 9, x-kubernetes-validations: [{{rule: {rule}}}]}}"
    Path("bulb.yaml").write_text(definition("Bulb", spec=f"{{type: object, properties: {{a: {field}}}}}"))
    assert kpy("crds", "add", "bulb.yaml")[0] == 0

    settings = Path("pyproject.toml")
    settings.write_text(f'{settings.read_text()}kubernetes = "1.32"\n')
    code, _, err = kpy("crds", "--check")

    assert code == 1
    assert "the rule calls the function 'isSemver', which only newer releases of Kubernetes have" in err


def test_version_that_is_not_served_is_told(kpy: Run) -> None:
    Path("lamp.yaml").write_text(LAMP.replace("served: true", "served: false"))

    code, out, err = kpy("crds", "add", "lamp.yaml")

    assert (code, out) == (0, f"added: lamps.lamps.example.com ({LAMPS})\n")
    assert err == f"{LAMPS}: note: it serves no version, so nobody can make an object of its kind\n"
    assert kpy("crds", "list")[1] == "lamps.lamps.example.com  Lamp  no version served  from lamp.yaml\n"

    Path("web.yaml").write_text("apiVersion: lamps.example.com/v1\nkind: Lamp\nmetadata: {name: web}\n")
    code, out, _ = kpy("validate", "web.yaml")
    assert code == 1
    assert out.startswith(
        "web.yaml:1:13: error[custom-version-unknown]: Lamp has no version v1; its definition serves none\n"
    )


def test_nothing_is_fetched_for_a_reference(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("somebody opened a connection")

    monkeypatch.setattr("socket.socket.connect", refuse)
    Path("all.yaml").write_text(definition("Bulb", spec='{$ref: "http://127.0.0.1:9/schema.json"}'))

    assert kpy("crds", "add", "all.yaml")[0] == 1


def test_file_that_is_no_definition_is_named(kpy: Run) -> None:
    Path("map.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n")

    assert kpy("crds", "add", "map.yaml") == (
        1,
        "",
        "map.yaml: there is no definition in it\nthere is nothing to add\n",
    )


def test_digest_that_changed_stops_every_command_that_would_use_it(kpy: Run) -> None:
    Path("lamp.yaml").write_text(LAMP)
    kpy("crds", "add", "lamp.yaml")
    Path(LAMPS).write_text(LAMP.replace("integer", "string"))
    Path("web.yaml").write_text("apiVersion: lamps.example.com/v1\nkind: Lamp\nmetadata: {name: web}\n")

    for words in (("validate", "web.yaml"), ("compare", "web.yaml", "web.yaml")):
        code, _, err = kpy(*words)
        assert code == 2
        assert f"kpy.lock: {LAMPS} was changed: restore what was pinned" in err
    assert f"{LAMPS}: it was changed since it was pinned" in kpy("crds", "--check")[2]
