"""Types made from definitions: what the classes are called, what they share, what their fields take."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kpy.custom.types.module import module_text
from kpy.custom.types.names import field_names, module_name
from kpy.custom.types.package import package_files
from kpy.custom.types.schemas import KindSchema
from kpy.custom.types.shapes import singular

Schema = Mapping[str, Any]


def struct(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}


TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


def module(**properties: Schema) -> str:
    return module_of({"Lamp": struct(**properties)})


def module_of(specs: Mapping[str, Schema]) -> str:
    kinds = [
        KindSchema("example.com", "v1", kind, f"{kind.lower()}s", True, struct(spec=spec), True)
        for kind, spec in specs.items()
    ]
    return module_text(kinds)


def declared(text: str, cls: str) -> dict[str, str]:
    """Return the fields of a class to their annotations."""
    body = text.partition(f"class {cls}(")[2].partition("\n\n\n")[0]
    lines = [line.removeprefix("    ") for line in body.splitlines()]
    pairs = (line.partition(": ") for line in lines if line[:1].isalpha() and ": " in line and " = " in line)
    return {name: rest.partition(" = ")[0] for name, _, rest in pairs if name.isidentifier()}


def classes(text: str) -> list[str]:
    return [line.removeprefix("class ").partition("(")[0] for line in text.splitlines() if line.startswith("class ")]


@pytest.mark.parametrize(
    ("schema", "annotation"),
    [
        (TEXT, "str | None"),
        ({"type": "string", "format": "date-time"}, "Time | None"),
        (NUMBER, "int | None"),
        ({"type": "number"}, "Number | None"),
        ({"type": "boolean"}, "bool | None"),
        ({"x-kubernetes-int-or-string": True}, "int | str | None"),
        ({"x-kubernetes-int-or-string": True, "pattern": "^[0-9]+([KMGTPE]i)?$"}, "QuantityInput | None"),
        ({"type": "string", "enum": ["a", 'b"c']}, 'Literal["a", \'b"c\'] | None'),
        ({"type": "integer", "enum": [1, 2]}, "Literal[1, 2] | None"),
        ({"type": "string", "enum": ["a", None]}, "str | None"),
        ({"type": "array", "items": TEXT}, "list[str] | None"),
        ({"type": "array", "items": NUMBER}, "Sequence[int] | None"),
        ({"type": "object"}, "JsonObject | None"),
        ({"type": "object", "additionalProperties": NUMBER}, "Mapping[str, int] | None"),
        ({"type": "object", "x-kubernetes-preserve-unknown-fields": True}, "JsonObject | None"),
        ({"x-kubernetes-preserve-unknown-fields": True}, "Json"),
        (struct(volts=NUMBER), "Struct[LampX]"),
        ({"type": "array", "items": struct(volts=NUMBER)}, "Structs[LampX]"),
        ({"type": "object", "additionalProperties": struct(volts=NUMBER)}, "StructMap[LampX]"),
        (
            {"type": "array", "items": {"type": "array", "items": struct(volts=NUMBER)}},
            "Sequence[Sequence[LampX | JsonObject]] | None",
        ),
    ],
)
def test_schema_becomes_annotation(schema: Schema, annotation: str) -> None:
    assert declared(module(x=schema), "LampFields") == {"x": annotation}


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("dnsNames", "dns_names"),
        ("hostIPC", "host_ipc"),
        ("from", "from_"),
        ("class", "class_"),
        ("$ref", "ref_"),
        ("x-odd.name", "x_odd_name"),
        ("3scale", "x_3scale"),
        ("labels", "labels_"),
        ("name", "name_"),
        ("kind", "kind_"),
        ("patch", "patch_"),
        ("spec", "spec_"),
    ],
)
def test_field_has_the_name_that_the_rules_say(field: str, name: str) -> None:
    assert list(declared(module(**{field: TEXT}), "LampFields")) == [name]


def test_of_two_fields_with_one_name_the_regular_keeps_it() -> None:
    names = field_names(["init_containers", "initContainers"], ())

    assert names == {"initContainers": "init_containers", "init_containers": "init_containers_"}


def test_field_without_letters_has_no_name() -> None:
    assert field_names(["*", "a"], ()) == {"a": "a"}


def test_names_of_modules_can_be_imported() -> None:
    assert [module_name(name) for name in ("cert-manager.io", "3scale.net", "match", "v1")] == [
        "cert_manager_io",
        "x_3scale_net",
        "match_",
        "v1",
    ]


def test_equal_shapes_of_several_kinds_are_one_class_without_their_kind() -> None:
    ref = struct(name=TEXT, kind=TEXT)
    text = module_of({"Lamp": struct(socketRef=ref), "Bulb": struct(socketRef=ref)})

    assert "SocketRef" in classes(text)
    assert declared(text, "BulbFields") == declared(text, "LampFields") == {"socket_ref": "RefStruct[SocketRef]"}


def test_equal_shapes_in_fields_of_other_names_are_two_classes() -> None:
    text = module(inner=struct(watts=NUMBER), outer=struct(watts=NUMBER))

    assert [name for name in classes(text) if name.endswith("er")] == ["LampInner", "LampOuter"]


def test_clashing_names_are_longer_and_never_numbered() -> None:
    text = module(left=struct(part=struct(a=TEXT)), right=struct(part=struct(b=TEXT)))

    assert [name for name in classes(text) if "Part" in name] == ["LampLeftPart", "LampRightPart"]


def test_names_do_not_depend_on_the_order_of_kinds() -> None:
    specs = {kind: struct(part=struct(**{field: TEXT})) for kind, field in (("A", "x"), ("B", "y"), ("C", "x"))}

    assert module_of(specs) == module_of(dict(reversed(specs.items())))


def test_level_of_a_recursion_is_one_class_where_it_is_equal() -> None:
    """As generators unroll it: the last level is free."""
    leaf: Schema = struct(rule={"type": "object", "x-kubernetes-preserve-unknown-fields": True})
    once = struct(rule=struct(left=leaf, right=leaf))

    assert [name for name in classes(module(rule=once)) if name.startswith("LampRule")] == ["LampRule", "LampRuleRule"]


def test_kind_may_be_called_like_what_the_module_imports() -> None:
    text = module_of({"Mapping": struct(labels={"type": "object", "additionalProperties": TEXT})})

    assert declared(text, "MappingFields") == {"labels_": "_Mapping[str, str] | None"}
    assert "from collections.abc import Mapping as _Mapping" in text


def test_kinds_have_classes_of_their_own_whatever_they_are_called() -> None:
    text = module_of({kind: struct(a=TEXT) for kind in ("None", "Foo-Bar", "FooBar", "Lamp", "LampSpec")})

    compile(text, "v1.py", "exec")
    assert classes(text) == [
        *("FooBarFields_", "FooBarSpec_", "FooBar_", "FooBarFields", "FooBarSpec", "FooBar"),
        *("LampFields", "LampSpec_", "Lamp", "LampSpecFields", "LampSpecSpec", "LampSpec"),
        *("NoneFields", "NoneSpec", "None_"),
    ]
    assert '    kind = "Foo-Bar"' in text


def test_name_of_a_shared_class_is_no_keyword() -> None:
    inner = struct(true=struct(a=TEXT))

    assert "LampTrue" in classes(module_of({"Lamp": inner}))
    compile(module_of({"Lamp": inner, "Bulb": inner}), "v1.py", "exec")


def test_keyword_is_of_the_spec_where_both_have_a_field() -> None:
    schema = struct(spec=struct(data=TEXT), data=NUMBER)
    text = module_text([KindSchema("example.com", "v1", "Lamp", "lamps", True, schema, True)])

    assert declared(text, "LampFields") == {"data": "str | None"}
    assert declared(text, "LampObject") == {"data_": "int | None"}


def test_status_is_no_keyword_where_a_server_drops_it() -> None:
    schema = struct(spec=struct(a=TEXT), status=struct(b=TEXT))

    for drops_status, expected in ((True, []), (False, ["status"])):
        text = module_text([KindSchema("example.com", "v1", "Lamp", "lamps", True, schema, drops_status)])
        assert list(declared(text, "LampObject")) == expected


def test_field_may_be_called_like_a_builtin() -> None:
    text = module(inner=struct(str=TEXT, int=NUMBER))

    assert declared(text, "LampInner") == {"int": "builtins.int | None", "str": "builtins.str | None"}
    assert "    import builtins" in text


SELECTOR = struct(
    matchLabels={"type": "object", "additionalProperties": TEXT},
    matchExpressions={
        "type": "array",
        "items": struct(key=TEXT, operator=TEXT, values={"type": "array", "items": TEXT}),
    },
)


def test_type_of_kubernetes_is_known_by_its_fields_and_its_name() -> None:
    fields = declared(module(podSelector=SELECTOR, criteria=SELECTOR), "LampFields")

    assert fields == {"criteria": "Struct[LampCriteria]", "pod_selector": "Selector"}


def test_type_of_kubernetes_with_a_field_of_its_own_is_none() -> None:
    text = module(tolerations={"type": "array", "items": struct(key=TEXT, operator=TEXT, effect=TEXT, mood=TEXT)})

    assert declared(text, "LampFields") == {"tolerations": "Structs[LampToleration]"}


@pytest.mark.parametrize(
    ("schema", "annotation"),
    [
        (struct(secretName=TEXT), "str | Referable | None"),
        (struct(serviceAccountName=TEXT), "str | Referable | None"),
        (struct(defaultSecretName=TEXT), "str | Referable | None"),
        (struct(namespace=TEXT), "str | Referable | None"),
        (struct(displayName=TEXT), "str | None"),
        (struct(name=TEXT), "str | None"),
    ],
)
def test_text_takes_an_object_where_its_field_says_so(schema: Schema, annotation: str) -> None:
    assert list(declared(module(inner=schema), "LampInner").values()) == [annotation]


def test_name_in_a_reference_takes_an_object() -> None:
    text = module(socketRef=struct(name=TEXT), plug=struct(name=TEXT, kind=TEXT))

    assert declared(text, "LampSocketRef") == {"name": "str | Referable | None"}
    assert declared(text, "LampPlug") == {"kind": "str | None", "name": "str | Referable | None"}


@pytest.mark.parametrize(
    ("name", "one"),
    [
        ("endpoints", "endpoint"),
        ("parentRefs", "parentRef"),
        ("policies", "policy"),
        ("matches", "match"),
        ("tls", "tls"),
        ("dns", "dns"),
        ("addresses", "address"),
        ("status", "status"),
        ("class", "class"),
        ("allowedIPs", "allowedIP"),
        ("data", "data"),
    ],
)
def test_element_is_called_in_the_singular(name: str, one: str) -> None:
    assert singular(name) == one


def test_long_closed_set_has_a_name() -> None:
    values = [f"value-{letter}" for letter in "abcdefghij"]
    text = module(mode={"type": "string", "enum": values})

    assert declared(text, "LampFields") == {"mode": "LampMode | None"}
    assert 'LampMode: TypeAlias = Literal[\n        "value-a",' in text


HOSTILE: dict[str, Schema] = {
    'a"""\nimport os': {**TEXT, "description": 'Ends """ here.\nimport os\\'},
    "b": {**TEXT, "description": '"quoted"'},
    "c": {**TEXT, "description": "back\\slash \x1b[31m \u202e right to left"},
    "d": {"type": "string", "enum": ['"', "'", "\"'", "\\", "\n", "\u202e"]},
    "e": struct(**{"__class__": TEXT, "import os": TEXT, "self": TEXT, "cls": TEXT}),
    "f" * 90: struct(**{"g" * 90: struct(h=TEXT)}),
}


def test_text_of_strangers_stays_text() -> None:
    text = module(**HOSTILE)

    compile(text, "v1.py", "exec")
    assert "\nimport os" not in text
    assert text.isprintable() or all(line.isprintable() for line in text.splitlines())


LONG = "The quick brown fox jumps over the lazy dog, and so on and so forth. " * 4
DESCRIBED = {
    "a": {**TEXT, "description": LONG},
    "b": {**TEXT, "description": f"{LONG}\n\n  - one\n  - two\n\n\tcode\n"},
    "c": {**TEXT, "description": "https://example.com/" + "x" * 100},
    "d": {**TEXT, "description": "one\n\n\n\ntwo  \n"},
}


def packages(folder: Path) -> Path:
    """Write a package with everything that is odd."""
    specs = {"Lamp": struct(**HOSTILE), "Mapping": struct(**DESCRIBED), "Literal": struct(selector=SELECTOR)}
    for path, text in {"__init__.py": "", "v1.py": module_of(specs)}.items():
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("width", [80, 88, 120, 200])
def test_formatter_changes_nothing(tmp_path: Path, width: int) -> None:
    ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", f"--line-length={width}", "--no-cache"]
    done = subprocess.run([*ruff, str(packages(tmp_path))], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.slow
def test_generated_types_are_strict(tmp_path: Path) -> None:
    mypy = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", f"--cache-dir={tmp_path}/cache"]
    (tmp_path / "lamps").mkdir()
    done = subprocess.run(
        [*mypy, str(packages(tmp_path / "lamps"))], capture_output=True, text=True, check=False, cwd=tmp_path
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_two_groups_of_one_name_have_two_packages() -> None:
    def definition(group: str) -> dict[str, Any]:
        version = {"name": "v1", "served": True, "schema": {"openAPIV3Schema": struct(spec=struct(a=TEXT))}}
        return {"spec": {"group": group, "names": {"kind": "A", "plural": "as"}, "versions": [version]}}

    assert sorted(package_files([definition("a.b-c"), definition("a-b.c")])) == [
        "__init__.py",
        "a_b_c/__init__.py",
        "a_b_c/v1.py",
        "a_b_c_/__init__.py",
        "a_b_c_/v1.py",
    ]


def test_example_has_the_types_of_its_definitions(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the snapshot of what is generated; `kpy crds` in the folder of the example writes them anew."""
    from kpy.crds.checking import check
    from kpy.crds.store import Store

    monkeypatch.chdir(Path(__file__).parents[2] / "examples" / "queues")

    assert check(Store("", "crds", "infra/crds")) == []
