"""Tables of the functions of CEL and of Kubernetes, by library and the minor release of 1.x that brought them.

https://kubernetes.io/docs/reference/using-api/cel/
"""

from __future__ import annotations

from typing import Final

__all__ = ["LIBRARIES"]

Table = dict[str, tuple[str, ...]]

_NUMBERS: Final = ("int", "uint", "double")
_COMPARABLE: Final = ("int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes")
_SUMMABLE: Final = ("int", "uint", "double", "duration")
_IDENTIFIERS: Final = {"duration": "google.protobuf.Duration", "timestamp": "google.protobuf.Timestamp"}


def _compared(name: str) -> tuple[str, ...]:
    return tuple(f"{name}_{kind} {kind} {kind} -> bool" for kind in _COMPARABLE)


def _mixed(name: str) -> tuple[str, ...]:
    pairs = [(one, other) for one in _NUMBERS for other in _NUMBERS if one != other]
    return tuple(f"{name}_{one}_{other} {one} {other} -> bool" for one, other in pairs)


def _clock(name: str, *, of_duration: bool = False) -> tuple[str, ...]:
    own = (f".timestamp_{name} timestamp -> int", f".timestamp_{name}_tz timestamp string -> int")
    return (*own, f".duration_{name} duration -> int") if of_duration else own


_RELATIONS: Final = {"<": "less", "<=": "less_equals", ">": "greater", ">=": "greater_equals"}

_OPERATORS: Final[Table] = {
    "==": ("equals A A -> bool",),
    "!=": ("not_equals A A -> bool",),
    **{sign: _compared(name) for sign, name in _RELATIONS.items()},
    "+": (
        "add_bytes bytes bytes -> bytes",
        "add_double double double -> double",
        "add_duration_duration duration duration -> duration",
        "add_duration_timestamp duration timestamp -> timestamp",
        "add_timestamp_duration timestamp duration -> timestamp",
        "add_int int int -> int",
        "add_list list(A) list(A) -> list(A)",
        "add_string string string -> string",
        "add_uint uint uint -> uint",
    ),
    "-": (
        "subtract_double double double -> double",
        "subtract_duration_duration duration duration -> duration",
        "subtract_int int int -> int",
        "subtract_timestamp_duration timestamp duration -> timestamp",
        "subtract_timestamp_timestamp timestamp timestamp -> duration",
        "subtract_uint uint uint -> uint",
    ),
    "*": tuple(f"multiply_{kind} {kind} {kind} -> {kind}" for kind in _NUMBERS),
    "/": tuple(f"divide_{kind} {kind} {kind} -> {kind}" for kind in _NUMBERS),
    "%": tuple(f"modulo_{kind} {kind} {kind} -> {kind}" for kind in ("int", "uint")),
    "!": ("logical_not bool -> bool",),
    "negate": ("negate_double double -> double", "negate_int int -> int"),
    "in": ("in_list A list(A) -> bool", "in_map A map(A,B) -> bool"),
    "[]": ("index_list list(A) int -> A", "index_map map(A,B) A -> B"),
}

_CORE: Final[Table] = {
    "size": tuple(
        line
        for kind in ("bytes", "list(A)", "map(A,B)", "string")
        for line in (f"size_{kind[:4]} {kind} -> int", f".size_{kind[:4]} {kind} -> int")
    ),
    "type": ("type A -> type(A)",),
    "dyn": ("to_dyn A -> dyn",),
    "bool": ("bool_to_bool bool -> bool", "string_to_bool string -> bool"),
    "bytes": ("bytes_to_bytes bytes -> bytes", "string_to_bytes string -> bytes"),
    "double": tuple(f"{kind}_to_double {kind} -> double" for kind in ("double", "int", "string", "uint")),
    "duration": tuple(f"{kind}_to_duration {kind} -> duration" for kind in ("duration", "int", "string")),
    "int": tuple(
        f"{kind}_to_int {kind} -> int" for kind in ("int", "double", "duration", "string", "timestamp", "uint")
    ),
    "string": tuple(
        f"{kind}_to_string {kind} -> string"
        for kind in ("string", "bool", "bytes", "double", "duration", "int", "timestamp", "uint")
    ),
    "timestamp": tuple(f"{kind}_to_timestamp {kind} -> timestamp" for kind in ("timestamp", "int", "string")),
    "uint": tuple(f"{kind}_to_uint {kind} -> uint" for kind in ("uint", "double", "int", "string")),
    "contains": (".contains_string string string -> bool",),
    "endsWith": (".ends_with_string string string -> bool",),
    "startsWith": (".starts_with_string string string -> bool",),
    "getFullYear": _clock("year"),
    "getMonth": _clock("month"),
    "getDayOfYear": _clock("day_of_year"),
    "getDayOfMonth": _clock("day_of_month"),
    "getDate": _clock("date"),
    "getDayOfWeek": _clock("day_of_week"),
    "getHours": _clock("hours", of_duration=True),
    "getMinutes": _clock("minutes", of_duration=True),
    "getSeconds": _clock("seconds", of_duration=True),
    "getMilliseconds": _clock("milliseconds", of_duration=True),
}

_LISTS: Final[Table] = {
    "isSorted": tuple(f".list_is_sorted_{kind} list({kind}) -> bool" for kind in _COMPARABLE),
    "sum": tuple(f".list_sum_{kind} list({kind}) -> {kind}" for kind in _SUMMABLE),
    "max": tuple(f".list_max_{kind} list({kind}) -> {kind}" for kind in _COMPARABLE),
    "min": tuple(f".list_min_{kind} list({kind}) -> {kind}" for kind in _COMPARABLE),
    "indexOf": (".list_index_of list(A) A -> int",),
    "lastIndexOf": (".list_last_index_of list(A) A -> int",),
}

_LISTS_MORE: Final[Table] = {
    "slice": (".list_slice list(A) int int -> list(A)",),
    "flatten": (".list_flatten list(list(A)) -> list(A)", ".list_flatten_int list(dyn) int -> list(dyn)"),
    "sort": tuple(f".list_sort_{kind} list({kind}) -> list({kind})" for kind in _COMPARABLE),
    "@sortByAssociatedKeys": tuple(f".list_sort_by_{kind} list(A) list({kind}) -> list(A)" for kind in _COMPARABLE),
    "lists.range": ("lists_range int -> list(int)",),
    "reverse": (".list_reverse list(A) -> list(A)",),
    "distinct": (".list_distinct list(A) -> list(A)",),
}

_LISTS_NEWEST: Final[Table] = {"includes": (".list_includes dyn dyn -> bool",)}

_REGEX: Final[Table] = {
    "matches": ("matches_string string string -> bool", ".matches_string string string -> bool"),
    "find": (".string_find string string -> string",),
    "findAll": (
        ".string_find_all string string -> list(string)",
        ".string_find_all_int string string int -> list(string)",
    ),
}

_URLS: Final[Table] = {
    "url": ("string_to_url string -> kubernetes.URL",),
    "isURL": ("is_url string -> bool",),
    "getScheme": (".url_scheme kubernetes.URL -> string",),
    "getHost": (".url_host kubernetes.URL -> string",),
    "getHostname": (".url_hostname kubernetes.URL -> string",),
    "getPort": (".url_port kubernetes.URL -> string",),
    "getEscapedPath": (".url_escaped_path kubernetes.URL -> string",),
    "getQuery": (".url_query kubernetes.URL -> map(string,list(string))",),
}

_AUTHORIZER: Final[Table] = {
    "path": (".authorizer_path kubernetes.authorization.Authorizer string -> kubernetes.authorization.PathCheck",),
    "group": (".authorizer_group kubernetes.authorization.Authorizer string -> kubernetes.authorization.GroupCheck",),
    "serviceAccount": (
        ".authorizer_serviceaccount kubernetes.authorization.Authorizer string string"
        " -> kubernetes.authorization.Authorizer",
    ),
    "resource": (
        ".groupcheck_resource kubernetes.authorization.GroupCheck string -> kubernetes.authorization.ResourceCheck",
    ),
    **{
        name: (
            f".resourcecheck_{name} kubernetes.authorization.ResourceCheck string"
            " -> kubernetes.authorization.ResourceCheck",
        )
        for name in ("subresource", "namespace", "name")
    },
    "check": (
        ".pathcheck_check kubernetes.authorization.PathCheck string -> kubernetes.authorization.Decision",
        ".resourcecheck_check kubernetes.authorization.ResourceCheck string -> kubernetes.authorization.Decision",
    ),
    "allowed": (".decision_allowed kubernetes.authorization.Decision -> bool",),
    "reason": (".decision_reason kubernetes.authorization.Decision -> string",),
    "errored": (".decision_errored kubernetes.authorization.Decision -> bool",),
    "error": (".decision_error kubernetes.authorization.Decision -> string",),
}

_SELECTORS: Final[Table] = {
    name: (
        f".resourcecheck_{name} kubernetes.authorization.ResourceCheck string"
        " -> kubernetes.authorization.ResourceCheck",
    )
    for name in ("fieldSelector", "labelSelector")
}

_OPTIONALS: Final[Table] = {
    "optional.of": ("optional_of A -> optional(A)",),
    "optional.ofNonZeroValue": ("optional_of_non_zero A -> optional(A)",),
    "optional.none": ("optional_none -> optional(A)",),
    "value": (".optional_value optional(A) -> A",),
    "hasValue": (".optional_has_value optional(A) -> bool",),
    "or": (".optional_or optional(A) optional(A) -> optional(A)",),
    "orValue": (".optional_or_value optional(A) A -> A",),
    "[?]": (
        "optional_index_list list(A) int -> optional(A)",
        "optional_index_optional_list optional(list(A)) int -> optional(A)",
        "optional_index_map map(A,B) A -> optional(B)",
        "optional_index_optional_map optional(map(A,B)) A -> optional(B)",
    ),
    "[]": (
        "index_optional_list optional(list(A)) int -> optional(A)",
        "index_optional_map optional(map(A,B)) A -> optional(B)",
    ),
    "first": (".list_first list(A) -> optional(A)",),
    "last": (".list_last list(A) -> optional(A)",),
    "optional.unwrap": ("optional_unwrap list(optional(A)) -> list(A)",),
    "unwrapOpt": (".optional_unwrap list(optional(A)) -> list(A)",),
}

_Q: Final = "kubernetes.Quantity"
_QUANTITY: Final[Table] = {
    "quantity": (f"string_to_quantity string -> {_Q}",),
    "isQuantity": ("is_quantity string -> bool",),
    "sign": (f"quantity_sign {_Q} -> int",),
    "isGreaterThan": (f".quantity_is_greater_than {_Q} {_Q} -> bool",),
    "isLessThan": (f".quantity_is_less_than {_Q} {_Q} -> bool",),
    "compareTo": (f".quantity_compare_to {_Q} {_Q} -> int",),
    "asApproximateFloat": (f".quantity_float {_Q} -> double",),
    "asInteger": (f".quantity_int {_Q} -> int",),
    "isInteger": (f".quantity_is_integer {_Q} -> bool",),
    "add": (f".quantity_add {_Q} {_Q} -> {_Q}", f".quantity_add_int {_Q} int -> {_Q}"),
    "sub": (f".quantity_sub {_Q} {_Q} -> {_Q}", f".quantity_sub_int {_Q} int -> {_Q}"),
}

_V: Final = "kubernetes.Semver"
_SEMVER: Final[Table] = {
    "semver": (f"string_to_semver string -> {_V}", f"string_bool_to_semver string bool -> {_V}"),
    "isSemver": ("is_semver string -> bool", "is_semver_bool string bool -> bool"),
    "isGreaterThan": (f".semver_is_greater_than {_V} {_V} -> bool",),
    "isLessThan": (f".semver_is_less_than {_V} {_V} -> bool",),
    "compareTo": (f".semver_compare_to {_V} {_V} -> int",),
    **{name: (f".semver_{name} {_V} -> int",) for name in ("major", "minor", "patch")},
}

_STRINGS: Final[Table] = {
    "charAt": (".string_char_at string int -> string",),
    "indexOf": (".string_index_of string string -> int", ".string_index_of_int string string int -> int"),
    "lastIndexOf": (".string_last_index_of string string -> int", ".string_last_index_of_int string string int -> int"),
    "lowerAscii": (".string_lower_ascii string -> string",),
    "upperAscii": (".string_upper_ascii string -> string",),
    "replace": (
        ".string_replace string string string -> string",
        ".string_replace_int string string string int -> string",
    ),
    "split": (".string_split string string -> list(string)", ".string_split_int string string int -> list(string)"),
    "substring": (".string_substring string int -> string", ".string_substring_int string int int -> string"),
    "trim": (".string_trim string -> string",),
    "join": (".list_join list(string) -> string", ".list_join_string list(string) string -> string"),
}

_STRINGS_MORE: Final[Table] = {
    "format": (".string_format string list(dyn) -> string",),
    "strings.quote": ("strings_quote string -> string",),
}

_SETS: Final[Table] = {
    f"sets.{name}": (f"sets_{name} list(A) list(A) -> bool",) for name in ("contains", "equivalent", "intersects")
}

_IP: Final[Table] = {
    "ip": ("string_to_ip string -> net.IP",),
    "isIP": ("is_ip string -> bool",),
    "ip.isCanonical": ("ip_is_canonical string -> bool",),
    "family": (".ip_family net.IP -> int",),
    "isUnspecified": (".ip_is_unspecified net.IP -> bool",),
    "isLoopback": (".ip_is_loopback net.IP -> bool",),
    "isLinkLocalMulticast": (".ip_is_link_local_multicast net.IP -> bool",),
    "isLinkLocalUnicast": (".ip_is_link_local_unicast net.IP -> bool",),
    "isGlobalUnicast": (".ip_is_global_unicast net.IP -> bool",),
    "string": ("ip_to_string net.IP -> string",),
}

_CIDR: Final[Table] = {
    "cidr": ("string_to_cidr string -> net.CIDR",),
    "isCIDR": ("is_cidr string -> bool",),
    "containsIP": (".cidr_contains_ip_string net.CIDR string -> bool", ".cidr_contains_ip net.CIDR net.IP -> bool"),
    "containsCIDR": (
        ".cidr_contains_cidr_string net.CIDR string -> bool",
        ".cidr_contains_cidr net.CIDR net.CIDR -> bool",
    ),
    "ip": (".cidr_ip net.CIDR -> net.IP",),
    "prefixLength": (".cidr_prefix_length net.CIDR -> int",),
    "masked": (".cidr_masked net.CIDR -> net.CIDR",),
    "string": ("cidr_to_string net.CIDR -> string",),
}

#: The formats that a value can be asked to have.
FORMATS: Final = (
    "dns1123Label", "dns1123Subdomain", "dns1035Label", "qualifiedName", "dns1123LabelPrefix",
    "dns1123SubdomainPrefix", "dns1035LabelPrefix", "labelValue", "uri", "uuid", "byte", "date", "datetime",
)  # fmt: skip

_FORMAT: Final[Table] = {
    "validate": (".format_validate kubernetes.NamedFormat string -> optional(list(string))",),
    "format.named": ("format_named string -> optional(kubernetes.NamedFormat)",),
    **{f"format.{name}": (f"format_{name} -> kubernetes.NamedFormat",) for name in FORMATS},
}

_JSON_PATCH: Final[Table] = {"jsonpatch.escapeKey": ("jsonpatch_escape_key string -> string",)}

_NEVER: Final = 1 << 20
#: Library, the release that brought it, the release that dropped it, and its functions.
LIBRARIES: Final[tuple[tuple[str, int, int, Table], ...]] = (
    ("operators", 0, _NEVER, _OPERATORS),
    ("operators", 28, _NEVER, {sign: _mixed(name) for sign, name in _RELATIONS.items()}),
    ("core", 0, _NEVER, _CORE),
    ("network", 0, _NEVER, _URLS),
    ("texts", 0, _NEVER, _REGEX),
    ("lists", 0, _NEVER, _LISTS),
    ("texts", 0, _NEVER, _STRINGS),
    ("authorizer", 27, _NEVER, _AUTHORIZER),
    ("lists", 28, _NEVER, _OPTIONALS),
    ("amounts", 28, _NEVER, _QUANTITY),
    ("texts", 29, _NEVER, _STRINGS_MORE),
    ("lists", 29, _NEVER, _SETS),
    ("network", 30, _NEVER, _IP),
    ("network", 30, _NEVER, _CIDR),
    ("formats", 31, _NEVER, _FORMAT),
    ("authorizer", 31, _NEVER, _SELECTORS),
    ("amounts", 33, _NEVER, _SEMVER),
    ("texts", 34, _NEVER, _JSON_PATCH),
    ("lists", 34, _NEVER, _LISTS_MORE),
    ("lists", 37, _NEVER, _LISTS_NEWEST),
)
