"""Values in layers, from files and from the command line, with the place of each."""

from pathlib import Path

import pytest

from kpy.errors import LoadError
from kpy.loading.toml_places import place_in_toml
from kpy.loading.values import Layer, Text, Values
from kpy.loading.values_files import read_values
from kpy.redaction.mask import Mask


def layer(tree: dict[str, object], name: str, folder: str = "") -> Layer:
    return Layer(tree, lambda keys: f"{name}: {'.'.join(keys)}", folder)


def test_later_layers_win_and_tables_are_merged() -> None:
    low = layer({"a": 1, "table": {"x": 1, "y": {"z": 1}}, "list": [1, 2]}, "low")
    high = layer({"a": 2, "table": {"y": {"w": 2}}, "list": [3]}, "high")
    values = Values.of_texts({"table.x": ["5"]}, low, high)

    assert values.tree == {"a": 2, "table": {"x": Text(("5",)), "y": {"z": 1, "w": 2}}, "list": [3]}
    assert values.place(("a",)) == "high: a"
    assert values.place(("list", "0")) == "high: list.0"
    assert values.place(("table", "y", "z")) == "low: table.y.z"
    assert values.place(("table", "y", "w")) == "high: table.y.w"
    assert values.place(("table", "x")) == "--set table.x"
    assert (values.is_of_command_line(("table", "x")), values.is_of_command_line(("a",))) == (True, False)


def test_layers_are_not_changed() -> None:
    tree: dict[str, object] = {"table": {"x": 1}}
    Values.of_texts({"table.x": ["2"]}, layer(tree, "low"))

    assert tree == {"table": {"x": 1}}


def test_reference_is_replaced_whole_and_replaces_whole() -> None:
    reference = layer({"password": {"env": "A"}}, "low")

    assert Values(reference, layer({"password": {"file": "b"}}, "high")).tree == {"password": {"file": "b"}}
    assert Values(reference, layer({"password": "plain"}, "high")).tree == {"password": "plain"}


def test_text_and_table_in_one_place_are_refused() -> None:
    with pytest.raises(LoadError, match=r"`a` is set to a text as well"):
        Values.of_texts({"a": ["1"], "a.b": ["2"]})
    with pytest.raises(LoadError, match=r"a value in `a` is set as well: choose one"):
        Values.of_texts({"a.b": ["2"], "a": ["1"]})


def test_secrets_come_from_the_environment_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPY_TEST_TOKEN", "from-the-environment")
    (tmp_path / "token").write_text("from-a-file\n")
    values = Values(layer({"a": {"env": "KPY_TEST_TOKEN"}, "b": {"file": "token"}}, "low", str(tmp_path)))

    assert values.resolve(("a",), {"env": "KPY_TEST_TOKEN"}) == "from-the-environment"
    assert values.resolve(("b",), {"file": "token"}) == "from-a-file"
    assert Mask().hide("x=from-a-file y=from-the-environment") == "x=(hidden) y=(hidden)"


def test_missing_secret_is_told_where_it_is_asked_for(tmp_path: Path) -> None:
    values = Values(layer({"a": {"env": "KPY_NO_SUCH"}}, "low", str(tmp_path)))

    with pytest.raises(LoadError, match="low: a: the environment variable KPY_NO_SUCH is not set"):
        values.resolve(("a",), {"env": "KPY_NO_SUCH"})
    with pytest.raises(LoadError, match=r"low: a: the file .*none cannot be read: No such file or directory"):
        values.resolve(("a",), {"file": "none"})
    (tmp_path / "image").write_bytes(b"\xff\xd8")
    with pytest.raises(LoadError, match="is no text in UTF-8"):
        values.resolve(("a",), {"file": "image"})


def test_places_of_yaml(tmp_path: Path) -> None:
    path = tmp_path / "prod.yaml"
    path.write_text("replicas: 2\nhosts:\n- a\n- b\ndatabase:\n  size: 1Gi\n")
    found = read_values(str(path), "prod.yaml")

    assert found.tree == {"replicas": 2, "hosts": ["a", "b"], "database": {"size": "1Gi"}}
    assert found.place(("database", "size")) == "prod.yaml:6:3"
    assert found.place(("hosts", "1")) == "prod.yaml:4:3"
    assert found.place(("hosts", "9", "x")) == "prod.yaml:2:1"
    assert found.folder == str(tmp_path)


TOML = """\
# values of production
replicas = 2

hosts = [
  "a",
  "b",
]
# how large
[database]
size = "1Gi"
labels = { team = "shop" }

[[users]]
name = "ann"
[[users]]
name = "ben"
"""


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ("replicas", (2, 1)),
        ("hosts", (4, 1)),
        ("hosts.1", (4, 1)),
        ("database", (9, 2)),
        ("database.size", (10, 1)),
        ("database.labels.team", (11, 12)),
        ("database.none", (9, 2)),
        ("users.1.name", (16, 1)),
        ("none", None),
    ],
)
def test_places_of_toml(keys: str, place: tuple[int, int] | None) -> None:
    assert place_in_toml(TOML, keys.split(".")) == place


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.yaml", "- 1\n", "a.yaml:1:1: a file of values is a mapping of parameters to values"),
        ("a.yaml", "a: 1\n---\nb: 2\n", "a.yaml:3:1: a file of values is one document, and here begins another"),
        ("a.yaml", "a: [\n", "a.yaml:1:5: did not find expected node content"),
        ("a.yaml", "a: 1\na: 2\n", "a.yaml:2:1: "),
        ("a.toml", "a = \n", "a.toml: Invalid value (at line 1, column 5)"),
        ("a.txt", "a", "a.txt: a file of values is YAML or TOML: its name ends in .yaml, .yml, .json or .toml"),
        ("a.yaml", "a: ENC[x]\nsops: {mac: x}\n", "a.yaml: it is encrypted with SOPS, and kpy decrypts nothing: "),
    ],
)
def test_file_that_holds_no_values_is_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(text)

    with pytest.raises(LoadError) as caught:
        read_values(str(path), name)
    assert str(caught.value).startswith(message)


def test_file_without_values_has_none(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("# nothing yet\n")

    assert read_values(str(tmp_path / "a.yaml"), "a.yaml").tree == {}


def test_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"a\.yaml: the values cannot be read: No such file or directory"):
        read_values(str(tmp_path / "a.yaml"), "a.yaml")
