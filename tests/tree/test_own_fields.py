"""Fields of constructs of one's own are as good as those of kpy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, Generic, Literal, NewType, Protocol, TypedDict, TypeVar

import pytest

from kpy import (
    Accepts,
    App,
    ArgumentError,
    Chart,
    ConfigMap,
    Construct,
    Container,
    Deployment,
    UsageError,
    accepts,
    field,
)
from kpy.reporting.text import more_about
from kpy.typing import ContainerArguments, EnvInput, MountsInput, Off, ResourcesInput

if TYPE_CHECKING:
    from nowhere import Absent  # type: ignore[import-not-found]

T = TypeVar("T")
Port = NewType("Port", int)


class Tier(StrEnum):
    GOLD = "gold"
    TIN = "tin"


class Size(Enum):
    SMALL = 1


class Makes(Protocol):
    label: str

    def make(self) -> str: ...


class Spec(TypedDict):
    a: int


@dataclass
class Plain:
    a: int = 1


class Many(Construct, Generic[T]):
    replicas: int = 2
    share: float = 0.5
    public: bool = False
    size: Literal["small", "large"] = "small"
    hosts: Sequence[str] = ()
    names: list[str] = field(factory=list)
    limits: Mapping[str, int] = field(factory=dict)
    tier: Tier = Tier.GOLD
    plain: Plain | None = None
    env: EnvInput | None = None
    mounts: MountsInput | None = None
    resources: ResourcesInput | Off | None = None
    container: ContainerArguments | None = None
    make: Callable[[], str] | None = None
    kind: type[Construct] = Construct
    pair: tuple[int, str] = (1, "a")
    port: Port = Port(80)
    noted: Annotated[int, "note"] = 1
    counted: Counter[str] = field(factory=Counter)
    each: Iterable[str] = ()
    makes: Makes | None = None
    spec: Spec | None = None
    any: Any = None
    of: T | None = None
    absent: Absent | None = None
    secret_size: Size = Size.SMALL
    last: Final[int] = 1
    deployment: Deployment | None = None


def shortened(error: BaseException) -> str:
    return re.sub(r"[^\s(]*test_own_fields\.py:\d+", "FILE", str(error))


def refusal(cls: Any, **arguments: Any) -> str:
    with pytest.raises(ArgumentError) as caught:
        cls("a", **arguments)
    return shortened(caught.value).removeprefix("FILE: ")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"replicas": "3"}, "`replicas` of Many must be a whole number, not '3'; write it without quotes"),
        ({"replicas": True}, "`replicas` of Many must be a whole number, not True"),
        ({"replicas": None}, "`replicas` of Many must be a whole number, not None"),
        ({"share": "a"}, "`share` of Many must be a number, not 'a'"),
        ({"public": "no"}, "`public` of Many must be True or False, not 'no'"),
        ({"size": "huge"}, '`size` of Many must be "small" or "large", not \'huge\''),
        ({"hosts": "a"}, "`hosts` of Many must be a list of texts, not 'a'; write it as a list, even of one element"),
        ({"names": ["a", 5]}, '`names[1]` of Many must be text, not 5; quote it: "5"'),
        ({"limits": {"a": "b"}}, "`limits[a]` of Many must be a whole number, not 'b'"),
        ({"tier": "gold"}, "`tier` of Many must be Tier.GOLD or Tier.TIN, not 'gold'"),
        ({"plain": {"a": 1}}, "`plain` of Many must be a Plain, not {'a': 1}"),
        ({"make": 5}, "`make` of Many must be a function, not 5"),
        ({"kind": Construct("x")}, None),
        ({"pair": (1,)}, "`pair` of Many must be 2 values in parentheses, not (1,)"),
        ({"port": "http"}, "`port` of Many must be a whole number, not 'http'"),
        ({"noted": "x"}, "`noted` of Many must be a whole number, not 'x'"),
        ({"counted": {"a": 1}}, "`counted` of Many must be a Counter, not {'a': 1}"),
        ({"secret_size": 1}, "`secret_size` of Many must be Size.SMALL, not 1"),
        ({"deployment": "api"}, "`deployment` of Many must be a Deployment, not 'api'"),
        ({"env": 5}, None),
        ({"last": "x"}, "`last` of Many must be a whole number, not 'x'"),
    ],
)
def test_value_is_checked_against_the_annotation(arguments: Any, text: str | None) -> None:
    found = refusal(Many, **arguments)

    assert found == text or (text is None and found.startswith(f"`{next(iter(arguments))}` of Many must be "))


@pytest.mark.parametrize(
    "arguments",
    [
        {"share": 1},
        {"size": StrEnum("Word", {"SMALL": "small"}).SMALL},  # type: ignore[attr-defined]
        {"hosts": ("a", Tier.TIN)},
        {"each": (each for each in "ab")},
        {"env": {"A": "1"}},
        {"env": [{"name": "A", "value": "1"}]},
        {"mounts": {"/a": "b"}},
        {"resources": {"limits": {"cpu": 1}}},
        {"container": {"image": "a:1"}},
        {"make": lambda: "x"},
        {"kind": Many},
        {"makes": object()},
        {"spec": {"a": 1}},
        {"any": object()},
        {"of": 5},
        {"absent": 5},
        {"noted": 5, "port": 80, "last": 3},
        {"counted": Counter("ab")},
        {"deployment": Deployment("api", containers=[Container(image="a:1")])},
    ],
)
def test_value_that_fits_or_cannot_be_judged_is_taken(arguments: Any) -> None:
    Many("a", **arguments)


def test_everything_that_is_wrong_with_a_call_is_said_at_once() -> None:
    def to_hosts(said: str) -> list[str]:
        if not said:
            raise ArgumentError("expected a host")
        return said.split()

    class Site(Construct):
        hosts: Accepts[str, list[str]] = accepts(to_hosts)
        replicas: int = 2
        port: int = 80

    assert refusal(Site, hosts="", replicas="x", port="y", prot=5) == (
        "Site has no argument `prot`; did you mean `port`?\n"
        "  also: `replicas` of Site must be a whole number, not 'x'\n"
        "  also: `port` of Site must be a whole number, not 'y'\n"
        "  also: `hosts` of Site: expected a host"
    )
    assert refusal(Site, hosts="", replicas="x") == (
        "`replicas` of Site must be a whole number, not 'x'\n  also: `hosts` of Site: expected a host"
    )


def test_default_of_a_field_with_a_converter_is_converted_and_is_not_shared() -> None:
    def to_hosts(said: str | list[str]) -> list[str]:
        return said.split() if isinstance(said, str) else said

    class Site(Construct):
        hosts: Accepts[str, list[str]] = accepts(to_hosts, default="a b")
        others: Accepts[str, list[str]] = accepts(to_hosts, factory=lambda: "c d")
        none: Accepts[str | None, list[str] | None] = accepts(to_hosts, default=None)

    one, other = Site("a"), Site("b")

    assert (one.hosts, one.others, one.none) == (["a", "b"], ["c", "d"], None)
    assert one.hosts is not other.hosts


class Renamed(Construct):
    replicas: int = 2
    count: int | None = field(default=None, deprecated="use `replicas`", alias_of="replicas")
    old: str = field(default="", deprecated="it has no effect any more")
    size: int = field(default=1, alias_of="replicas")

    def build(self) -> None:
        self.add(Deployment(self.name, replicas=self.replicas, containers=[Container(image="a:1")]))


def findings(part: Construct, *, app: Mapping[str, str] | None = None, **chart: Any) -> list[Any]:
    root = App("shop", waive=app)
    root.add(Chart("main", **chart)).add(part)
    return [found for found in root.synth().report if found.family == "policy"]


def test_field_by_another_name_is_that_field() -> None:
    assert Renamed("a", count=5).replicas == 5
    assert Renamed("a", size=7).replicas == 7
    assert refusal(Renamed, count=5, replicas=2) == (
        "`count` of Renamed is `replicas` by another name: give one of both"
    )
    assert refusal(Renamed, count="x") == "`replicas` of Renamed must be a whole number, not 'x'"


def test_deprecated_field_draws_a_warning_at_the_line_of_the_call() -> None:
    found = findings(Renamed("a", count=5, old="x"))

    assert [(each.rule, each.field, each.message, each.fix) for each in found] == [
        ("deprecated-field", "count", "`count` of Renamed is deprecated", "use `replicas`"),
        ("deprecated-field", "old", "`old` of Renamed is deprecated", "it has no effect any more"),
    ]
    assert found[0].severity == "warning"
    assert found[0].where.file.endswith("test_own_fields.py")
    assert findings(Renamed("a", size=5)) == []
    assert findings(Renamed("a", count=5, waive={"deprecated-field": "next week"})) == []


class Cache(Construct):
    memory: int = 64

    def build(self) -> None:
        if self.memory < 128:
            self.warn("small-cache", f"memory={self.memory} holds few sessions", field="memory", fix="give 128")
        self.add(ConfigMap(self.name, data={"A": "1"}))


def test_construct_can_warn_and_be_waived_at_each_level() -> None:
    (found,) = findings(Cache("a"))

    assert (found.rule, found.severity, found.field, found.message, found.fix) == (
        "small-cache",
        "warning",
        "memory",
        "memory=64 holds few sessions",
        "give 128",
    )
    assert [shortened(Exception(step)) for step in found.made_in] == ['Chart "main" (FILE)', 'Cache "a" (FILE)']
    reason = {"small-cache": "a toy"}
    assert findings(Cache("a", memory=256)) == []
    assert findings(Cache("a", memory=256, waive=reason)) == []
    assert findings(Cache("a", waive=reason)) == []
    assert findings(Cache("a"), waive=reason) == []
    assert findings(Cache("a"), app=reason) == []
    assert len(findings(Cache("a", waive={"small-cache": ""}))) >= 1


def test_warning_of_a_construct_has_no_page_to_learn_more_from() -> None:
    root = App("shop")
    root.add(Chart("main")).add(Cache("a"), Renamed("b", count=3))

    assert more_about(root.synth().report) == "to learn more: kpy explain deprecated-field"


def test_warning_needs_a_name_of_several_words() -> None:
    with pytest.raises(UsageError) as caught:
        Cache("a").warn("small", "text")

    assert shortened(caught.value) == (
        "FILE: the warning 'small' needs a name of several words in small letters: `count-deprecated`"
    )


def test_construct_can_refuse_several_things_at_once() -> None:
    class Odd(Construct):
        replicas: int = 3
        port: int = 80
        fails: bool = False

        def build(self) -> None:
            if self.replicas % 2 == 0:
                self.refuse(f"replicas={self.replicas}: expected an odd number")
            if self.port < 80:
                self.refuse(f"port={self.port}: expected 80 or more")
            if self.fails:
                raise ArgumentError("fails=True: expected False")
            if self.port == 1:
                raise KeyError("x")

    assert refusal(Odd, replicas=2, port=5) == (
        "replicas=2: expected an odd number\n  also: port=5: expected 80 or more"
    )
    assert refusal(Odd, replicas=2, fails=True) == (
        "replicas=2: expected an odd number\n  also: fails=True: expected False"
    )
    assert refusal(Odd, port=1) == "port=1: expected 80 or more"
    with pytest.raises(ArgumentError) as late:
        Odd("a").refuse("too late")
    assert shortened(late.value) == "FILE: too late"


def test_field_set_too_late_is_refused_at_that_line() -> None:
    api = Renamed("a")

    with pytest.raises(UsageError) as caught:
        api.replicas = 9

    assert shortened(caught.value) == (
        'FILE: Renamed "a" (FILE) has built its parts, and `replicas` set now would change none of them: give it when '
        "the construct is made, or change the parts, `.find(Deployment)`"
    )


def test_field_that_nothing_was_built_of_takes_effect() -> None:
    class Named(Deployment):
        team: str = "shop"

    named = Named("a", containers=[Container(image="a:1")])
    named.team = "other"
    named.replicas = 3

    with pytest.raises(ArgumentError) as caught:
        named.team = 5  # type: ignore[assignment]

    assert (named.team, named.replicas) == ("other", 3)
    assert shortened(caught.value) == 'FILE: `team` of Named must be text, not 5; quote it: "5"'


def test_place_of_a_part_cannot_be_taken_by_another() -> None:
    class Api(Construct):
        def build(self) -> None:
            self.config = self.add(ConfigMap("config", data={"A": "1"}))

    api = Api("a")

    with pytest.raises(UsageError) as caught:
        api.config = ConfigMap("other")

    assert shortened(caught.value) == (
        'FILE: `config` of Api "a" (FILE) is ConfigMap "config" (FILE), which it has added: change that, or `remove` '
        "it and `add` another"
    )


def test_field_that_clashes_with_a_method_is_refused() -> None:
    class Library(Construct):
        def build(self) -> None:
            self.add(self.make())

        def make(self) -> ConfigMap:
            return ConfigMap("config")

    messages = []
    for name in ("build", "make", "find", "parts", "owner"):
        with pytest.raises(UsageError) as caught:
            type("Team", (Library,), {"__annotations__": {name: "bool"}, "__module__": __name__, name: False})
        messages.append(shortened(caught.value))
    with pytest.raises(UsageError) as both:

        class Both(Construct):
            size: int

            def size(self) -> int:  # type: ignore[no-redef]
                return 1

    assert messages == [
        "FILE: class Team has a field `build`, and that is what Library calls a method; give the field another name, "
        "such as `build_`",
        "FILE: class Team has a field `make`, and that is what Library calls a method; give the field another name, "
        "such as `make_`",
        "FILE: class Team has a field `find`, and that is what Part calls something else; give the field another name, "
        "such as `find_`",
        "FILE: class Team has a field `parts`, and that is what Part calls something else; give the field another "
        "name, such as `parts_`",
        "FILE: class Team has a field `owner`, and that is what Part calls something else; give the field another "
        "name, such as `owner_`",
    ]
    assert shortened(both.value) == "FILE: class Both has a field `size` and a method of the same name"


def test_field_that_build_sets_to_a_part_is_refused() -> None:
    class Api(Construct):
        deployment: str = "api"

        def build(self) -> None:
            self.deployment = self.add(Deployment("a", containers=[Container(image="a:1")]))  # type: ignore[assignment]

    with pytest.raises(UsageError) as caught:
        Api("a")

    assert shortened(caught.value) == (
        'FILE: class Api has a field `deployment`, and its `build` sets that to Deployment "a" (FILE): give the field '
        "or the part another name"
    )


def test_kinds_of_kpy_have_no_own_fields_to_check() -> None:
    from kpy.model.fields import own_names

    assert own_names(Deployment) == own_names(Container) == own_names(Chart) == frozenset()
