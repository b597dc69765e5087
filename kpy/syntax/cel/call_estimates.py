"""What calls can cost at most, and how large their results can be, as an API server estimates them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from kpy.syntax.cel.arguments import Argument, ElementOf
from kpy.syntax.cel.declarations import Overload
from kpy.syntax.cel.sizes import MOST, ONE, Size, factor, product, total
from kpy.syntax.cel.typed import Typed

__all__ = ["call_estimate", "sort_estimate"]

#: The cost, and the size of the result where one is known.
Estimate = tuple[int, Size | None]
_Rule = Callable[[ElementOf, Sequence[Argument]], Estimate]

_TENTH: Final = 0.1
_QUARTER: Final = 0.25
_LIST: Final = 10
_NAME_PATTERN: Final = 128
#: The bytes of an address.
_ADDRESS: Final = Size(4, 16)


def call_estimate(element_of: ElementOf, node: Typed, way: Overload, arguments: Sequence[Argument]) -> Estimate:
    """Return what a call costs beside its arguments."""
    rule = _RULES.get(way.name) or _RULES.get(_family(way.name))
    if way.name in ("matches_string", "size") and node.kind == "call":
        rule = None
    return (1, None) if rule is None else rule(element_of, arguments)


def _family(name: str) -> str:
    """Return a name without the type of its elements, as in `list_max_int`."""
    return name.rpartition("_")[0]


def _through(times: float = 1) -> _Rule:
    """Count the first argument; the result is no longer."""

    def rule(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
        size = arguments[0].known_size
        return size.cost(times * _TENTH), size

    return rule


def _read(times: float = 1) -> _Rule:
    """Count the first argument, of which something else is made."""
    inner = _through(times)
    return lambda element_of, arguments: (inner(element_of, arguments)[0], None)


def _compared(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    one, other = arguments[0].known_size, arguments[1].known_size
    return factor(min(one.greatest, other.greatest), _TENTH), None


def _equal(element_of: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    one, other = arguments[0].type, arguments[1].type
    if one is other:
        if one.kind in _AT_ONCE:
            return 1, None
        if one.kind == "kubernetes.NamedFormat":
            return factor(64, _TENTH), None
        if one.kind == "kubernetes.URL":
            size = arguments[1].size
            return factor(size.greatest if size else 1, _TENTH), None
    return _compared(element_of, arguments)


_AT_ONCE: Final = frozenset(("net.IP", "net.CIDR", "kubernetes.Quantity", "kubernetes.Semver"))


def _traversed(element_of: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    """Count each element, and the texts in them."""
    size = arguments[0].known_size
    element = element_of(arguments[0])
    if element is None:
        return size.cost(_TENTH), None
    each = 1
    if element.type.kind in ("string", "bytes"):
        each = total(1, element.known_size.cost(_TENTH))
    return product(size.greatest, each), None


def _replaced(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    size, old, new = (argument.known_size for argument in arguments[:3])
    if old.least == 0:
        most, kept = (size.greatest + 1 if size.greatest < MOST else MOST), size.greatest
    elif new.greatest <= old.least:
        most, kept = 0, size.greatest
    else:
        most, kept = math.ceil(size.greatest / old.least), 0
    if old.greatest == 0:
        fewest, least_kept = size.least + 1, size.least
    elif old.greatest <= new.least:
        fewest, least_kept = 0, size.least
    else:
        fewest, least_kept = math.ceil(size.least / old.greatest), 0
    made = Size(fewest, most).times(new).plus(Size(least_kept, kept))
    return size.cost(2 * _TENTH), made


def _split(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    size = arguments[0].known_size
    most = size.greatest
    if len(arguments) > 2 and arguments[2].node.kind == "literal":
        limit = arguments[2].node.value
        assert isinstance(limit, int)
        most = limit if limit >= 0 else MOST
    return size.cost(2 * _TENTH), Size(0, most)


def _joined(element_of: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    size = arguments[0].known_size
    element = element_of(arguments[0])
    found = size.times(element.known_size) if element else Size(0, 0)
    if len(arguments) > 1:
        gaps = Size(max(0, size.least - 1), max(0, size.greatest - 1))
        found = found.plus(arguments[1].known_size.times(gaps))
    return found.cost(_TENTH), found


def _matched(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    size = arguments[0].known_size
    return product(size.plus(ONE).cost(_TENTH), arguments[1].known_size.cost(_QUARTER)), Size(0, size.greatest)


def _matches(element_of: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    return _matched(element_of, arguments)[0], None


def _contains(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    return product(arguments[0].known_size.cost(_TENTH), arguments[1].known_size.cost(_TENTH)), None


def _second(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    return arguments[1].known_size.cost(_TENTH), None


def _within(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    return arguments[1].known_size.cost(1), None


def _added(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    made = arguments[0].known_size.plus(arguments[1].known_size)
    return made.cost(_TENTH), made


def _added_lists(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    return 1, arguments[0].known_size.plus(arguments[1].known_size)


def _to_bytes(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    size = arguments[0].known_size
    return size.cost(_TENTH), Size(size.least, size.greatest * 4 & MOST)


def _from_bytes(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    size = arguments[0].known_size
    return size.cost(_TENTH), Size(size.least // 4, size.greatest)


def _quoted(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    size = arguments[0].known_size
    return size.cost(_TENTH), Size(size.least + 2, size.greatest * 2 + 2 & MOST)


def _in_network(*, is_network: bool, is_text: bool) -> _Rule:
    def rule(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
        found = _ADDRESS.plus(_ADDRESS).cost(_TENTH)
        if is_network:
            found = total(found, _ADDRESS.cost(_TENTH) + 1)
        if is_text:
            found = total(found, arguments[1].known_size.cost(_TENTH))
        return found, None

    return rule


def _formatted(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    return factor(arguments[1].known_size.cost(_TENTH), _NAME_PATTERN * _QUARTER), None


def _authorized(_: ElementOf, __: Sequence[Argument]) -> Estimate:
    return 350_000, None


def _made(size: Size, by: float) -> Estimate:
    return total(size.cost(by), 1 + _LIST), size


def _number(argument: Argument, otherwise: int) -> int:
    value = argument.node.value
    if argument.node.kind != "literal" or type(value) is not int:
        return otherwise
    return max(0, value)


def _sliced(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    start = _number(arguments[1], 0)
    end = _number(arguments[2], arguments[0].known_size.greatest)
    count = (end - start) & MOST
    return _made(Size(count, count), 1)


def _ranged(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    count = _number(arguments[0], MOST)
    return _made(Size(count, count), 1)


def _reversed(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    return _made(arguments[0].known_size, 1)


def _flattened(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    depth = _number(arguments[1], MOST) if len(arguments) == 2 else 1
    return _made(arguments[0].known_size, float(depth))


def _distinct(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    size = arguments[0].known_size
    return _made(size.times(size), 2.0)


def sort_estimate(size: Size, kind: str) -> Estimate:
    """Return what it costs to sort a list with elements of a type."""
    return _made(size.times(size), 2.1 if kind in ("string", "bytes") else 2.0)


def _sorted(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
    kind = arguments[0].type.params[0].kind if arguments[0].type.params else "dyn"
    return sort_estimate(arguments[0].known_size, kind)


def _pairs(by: float) -> _Rule:
    def rule(_: ElementOf, arguments: Sequence[Argument]) -> Estimate:
        size = arguments[0].known_size.times(arguments[1].known_size)
        return total(size.cost(by), 1), None

    return rule


#: By the way to call a function, without the type of its elements.
_RULES: Final[dict[str, _Rule]] = {
    "equals": _equal,
    "not_equals": _compared,
    **{
        f"{name}_{kind}": _compared
        for name in ("less", "less_equals", "greater", "greater_equals")
        for kind in ("string", "bytes")
    },
    **dict.fromkeys(("add_string", "add_bytes"), _added),
    "add_list": _added_lists,
    "in_list": _within,
    "string_to_bytes": _to_bytes,
    "bytes_to_string": _from_bytes,
    "strings_quote": _quoted,
    "string_format": _read(),
    **dict.fromkeys(("starts_with_string", "ends_with_string"), _second),
    "matches_string": _matches,
    "contains_string": _contains,
    **dict.fromkeys(("list_is_sorted", "list_sum", "list_max", "list_min"), _traversed),
    **dict.fromkeys(("list_index_of", "list_last_index_of"), _traversed),
    **dict.fromkeys(("string_index_of", "string_last_index_of"), _traversed),
    **dict.fromkeys(("string_index_of_int", "string_last_index_of_int"), _traversed),
    **dict.fromkeys(("string_to_url", "jsonpatch_escape_key"), _through()),
    **dict.fromkeys(("string_lower_ascii", "string_upper_ascii", "string_trim"), _through()),
    **dict.fromkeys(("string_substring", "string_substring_int"), _through()),
    **dict.fromkeys(("string_replace", "string_replace_int"), _replaced),
    **dict.fromkeys(("string_split", "string_split_int"), _split),
    **dict.fromkeys(("list_join", "list_join_string"), _joined),
    **dict.fromkeys(("string_find", "string_find_all", "string_find_all_int"), _matched),
    **dict.fromkeys(("string_to_cidr", "is_ip", "is_cidr", "string_to_ip"), _read()),
    **dict.fromkeys(("string_to_quantity", "is_quantity", "string_to_semver", "is_semver"), _read()),
    **dict.fromkeys(("string_bool_to_semver", "is_semver_bool"), _read()),
    "ip_is_canonical": _read(2),
    "cidr_contains_ip": _in_network(is_network=False, is_text=False),
    "cidr_contains_ip_string": _in_network(is_network=False, is_text=True),
    "cidr_contains_cidr": _in_network(is_network=True, is_text=False),
    "cidr_contains_cidr_string": _in_network(is_network=True, is_text=True),
    "format_validate": _formatted,
    **dict.fromkeys(("pathcheck_check", "resourcecheck_check"), _authorized),
    "list_slice": _sliced,
    "lists_range": _ranged,
    "list_reverse": _reversed,
    **dict.fromkeys(("list_flatten", "list_flatten_int"), _flattened),
    "list_distinct": _distinct,
    "list_sort": _sorted,
    "sets_contains": _pairs(1),
    "sets_intersects": _pairs(1),
    "sets_equivalent": _pairs(2),
}
