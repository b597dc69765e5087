"""Classes declared by their fields: how they are called, and what is said when they are called wrongly."""

import inspect
import re
import subprocess
import sys
from collections.abc import Callable

import attrs
import pytest

from kpy.errors import ArgumentError, UnitError, UsageError
from kpy.model.declarative import Declarative
from kpy.model.fields import Accepts, accepts, field


def to_ports(value: object) -> list[object]:
    if value == "bad":
        raise UnitError("'bad' is not a port")
    return value if isinstance(value, list) else [value]


class Shop(Declarative):
    name: str = field(kw_only=False)
    host: str
    replicas: int = 2
    image_pull_policy: str | None = None
    tags: list[str] = field(factory=list)
    ports: Accepts[int | str | list[object] | None, list[object] | None] = accepts(to_ports, default=None)


class Kiosk(Shop):
    replicas: int = 1
    ports: int = 5


def said(call: Callable[[], object], kind: type[Exception] = ArgumentError) -> str:
    """Return the message of the error, with the line cut out of its place."""
    with pytest.raises(kind) as caught:
        call()
    return re.sub(r"^.*test_declarative\.py:\d+: ", "HERE: ", str(caught.value))


def test_fields_become_arguments() -> None:
    shop = Shop("corner", host="shop.io", tags=["a"])

    assert (shop.name, shop.host, shop.replicas, shop.tags, shop.ports) == ("corner", "shop.io", 2, ["a"], None)


def test_factory_makes_a_fresh_default() -> None:
    assert Shop("a", host="h").tags is not Shop("b", host="h").tags


def test_subclass_changes_default_and_drops_converter() -> None:
    kiosk = Kiosk("k", host="h", ports=7)

    assert (kiosk.replicas, kiosk.ports) == (1, 7)
    assert Shop("s", host="h").replicas == 2


def test_converter_runs_for_given_and_for_assigned_values() -> None:
    shop = Shop("s", host="h", ports=80)
    assert shop.ports == [80]

    shop.ports = 81
    assert shop.ports == [81]

    shop.ports = None
    assert shop.ports is None


def test_default_is_read_from_the_class_and_can_be_shadowed_by_a_method() -> None:
    class Probe(Declarative):
        exec: str | None = None
        grpc: str | None = None

    class Short(Probe):
        @classmethod
        def exec(cls) -> "Short":  # type: ignore[override]
            return cls(grpc="a")

    assert (Short.exec().exec, Short.exec().grpc) == (None, "a")  # type: ignore[comparison-overlap]


def test_value_knows_the_line_that_made_it() -> None:
    shop = Shop("s", host="h")

    assert shop._where is not None
    assert shop._where.file == __file__
    assert inspect.getsourcelines(test_value_knows_the_line_that_made_it)[1] + 1 == shop._where.line


def test_constructs_are_equal_only_to_themselves() -> None:
    shop = Shop("s", host="h")

    assert shop != Shop("s", host="h")
    assert {shop: 1}[shop] == 1


def test_hook_runs_at_the_end_of_construction() -> None:
    class Built(Declarative):
        size: int = 1

        def __kpy_init__(self) -> None:
            self.size += 1

    assert Built(size=2).size == 3


def test_signature_is_that_of_the_fields() -> None:
    signature = inspect.signature(Kiosk)

    assert list(signature.parameters) == ["name", "host", "replicas", "image_pull_policy", "tags", "ports"]
    assert signature.parameters["name"].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    assert signature.parameters["replicas"].kind is inspect.Parameter.KEYWORD_ONLY
    assert signature.parameters["replicas"].default == 1
    assert signature.parameters["host"].default is inspect.Parameter.empty


def test_attrs_knows_the_fields() -> None:
    shop = Shop("corner", host="shop.io", ports=80)

    moved = attrs.evolve(shop, host="shop.com")

    assert (moved.name, moved.host, moved.ports) == ("corner", "shop.com", [80])
    assert attrs.asdict(shop)["ports"] == [80]
    assert [field.name for field in attrs.fields(Shop)][:2] == ["name", "host"]


def test_using_models_does_not_import_attrs() -> None:
    code = (
        "import sys; from kpy.api.core.v1 import Container; Container(name='a').to_dict();"
        "print('attrs' in sys.modules or 'attr' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Shop("s", hst="h"), "HERE: Shop has no argument `hst`; did you mean `host`?"),
        (
            lambda: Shop("s", host="h", imagePullPolicy="Always"),
            "HERE: Shop has no argument `imagePullPolicy`; did you mean `image_pull_policy`?",
        ),
        (lambda: Shop("s", host="h", zebra=1), "HERE: Shop has no argument `zebra`"),
        (lambda: Shop("s"), "HERE: Shop needs `host`; required are `name` and `host`"),
        (lambda: Shop(), "HERE: Shop needs `name` and `host`"),
        (lambda: Shop("s", "h"), "HERE: Shop takes only `name` without a name; give 'h' by name"),
        (lambda: Shop("s", name="s", host="h"), "HERE: Shop was given `name` twice, by position and by name"),
        (lambda: Shop("s", host="h", ports="bad"), "HERE: `ports` of Shop: 'bad' is not a port"),
        (lambda: setattr(Shop("s", host="h"), "ports", "bad"), "HERE: `ports` of Shop: 'bad' is not a port"),
    ],
)
def test_wrong_call_says_what_is_wrong(call: Callable[[], object], message: str) -> None:
    assert said(call) == message


def test_name_without_annotation_is_explained() -> None:
    class Loose(Declarative):
        size = 3

    assert said(lambda: Loose(size=4)) == (  # type: ignore[call-arg]
        "HERE: Loose has no argument `size`; the name in its class body has no annotation, so it is not a field: "
        "write `size: <type> = ...` there"
    )


@pytest.mark.parametrize("default", [[], field(default=[])])
def test_mutable_default_is_refused(default: list[str]) -> None:
    def declare() -> None:
        class Bad(Declarative):
            tags: list[str] = default

    assert said(declare) == (
        "HERE: `tags` of class Bad has a default that all its objects would share; "
        "use `tags: ... = field(factory=list)`"
    )


def test_field_set_without_annotation_is_refused() -> None:
    def declare() -> None:
        class Bad(Shop):
            replicas = 3

    assert said(declare, UsageError) == (
        "HERE: class Bad sets the field `replicas` without an annotation, which changes nothing; "
        "write `replicas: <type> = 3`"
    )


def test_own_init_is_refused() -> None:
    def declare() -> None:
        class Bad(Shop):
            def __init__(self) -> None: ...

    assert said(declare, UsageError) == (
        "HERE: class Bad defines `__init__`; declare its arguments as fields (`replicas: int = 2`) and "
        "make its parts in `build`"
    )


def test_type_error_of_a_factory_is_not_taken_for_a_wrong_call() -> None:
    def broken() -> int:
        raise TypeError("mine")

    class Broken(Declarative):
        size: int = field(factory=broken)

    assert said(Broken, TypeError) == "mine"
