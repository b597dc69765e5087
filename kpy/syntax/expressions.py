"""What can be said of an expression of CEL without its types: names that nobody declared, and its result."""

from __future__ import annotations

from collections.abc import Iterable

from kpy.syntax.cel_parser import CelError, Node, parse

__all__ = ["expression_fault"]

#: Functions that are called by themselves, types, and names that stand before a function or a type.
_FUNCTIONS = frozenset(
    (
        "has", "size", "type", "dyn", "int", "uint", "double", "string", "bytes", "bool", "duration", "timestamp",
        "matches", "url", "isURL", "ip", "isIP", "cidr", "isCIDR", "quantity", "isQuantity", "semver", "isSemver",
        "getDate",
    )
)  # fmt: skip
_TYPES = frozenset(("int", "uint", "double", "string", "bytes", "bool", "list", "map", "type", "null_type"))
_NAMESPACES = frozenset(
    ("google", "optional", "cel", "math", "strings", "lists", "sets", "ip", "cidr", "format", "jsonpatch")
)
_LOOPS = frozenset(
    (
        "all", "exists", "exists_one", "existsOne", "map", "filter", "bind", "sortBy", "transformList", "transformMap",
        "transformMapEntry", "optMap", "optFlatMap",
    )
)  # fmt: skip
_RESULTS = {
    "has": "bool", "size": "int", "int": "int", "uint": "uint", "double": "double", "string": "string", "bool": "bool",
    "bytes": "bytes", "matches": "bool", "dyn": "dyn", "isURL": "bool", "isIP": "bool", "isCIDR": "bool",
    "isQuantity": "bool", "isSemver": "bool",
}  # fmt: skip
_TRUTHS = frozenset(("all", "exists", "exists_one", "existsOne", "startsWith", "endsWith", "contains", "matches"))


def expression_fault(
    text: str, names: Iterable[str], results: Iterable[str] = (), variables: Iterable[str] | None = None
) -> str | None:
    """Check an expression: its syntax, that it uses only declared names, and that its result can be of these types.

    `variables` are the fields of the name `variables`, where a policy has them. A result that cannot be told is fine.
    """
    declared = frozenset(names) | (frozenset() if variables is None else {"variables"})
    try:
        tree = parse(text)
        _check(tree, declared, None if variables is None else frozenset(variables))
        found = _result(tree)
    except CelError as error:
        return str(error)
    except RecursionError:
        return None
    wanted = tuple(results)
    if wanted and found is not None and found not in wanted:
        return f"must have a result of type {' or '.join(wanted)}, not {found}"
    return None


def _check(node: Node, declared: frozenset[str], variables: frozenset[str] | None) -> None:
    """Raise an error for a name that nobody declared."""
    if node.kind == "name" and node.text not in declared | _TYPES:
        raise CelError(f"uses the name {node.text!r}, which does not exist here")
    if node.kind == "call" and node.text not in _FUNCTIONS and node.text not in declared:
        raise CelError(f"calls the function {node.text!r}, which does not exist")
    if node.kind == "message":
        node = Node("message", "", node.parts[1:])
    if node.kind == "method" and node.text in _LOOPS:
        bound = [part.text for part in node.parts[1:3] if part.kind == "name"]
        declared = declared.union(bound)
    of_variables = node.kind == "select" and node.parts[0] == Node("name", "variables")
    if of_variables and variables is not None and node.text not in variables:
        raise CelError(f"uses the variable {node.text!r}, which is not declared before it")
    spaces = node.kind in ("select", "method") and node.parts[0].kind == "name" and node.parts[0].text in _NAMESPACES
    for part in node.parts[1:] if spaces else node.parts:
        _check(part, declared, variables)


def _result(node: Node) -> str | None:
    """Return the type of a result, as far as the expression alone tells it."""
    match node.kind:
        case "literal":
            return node.text
        case "list" | "map":
            return node.kind
        case "not" | "&&" | "||" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "in":
            return "bool"
        case "call":
            return _RESULTS.get(node.text)
        case "method":
            return "bool" if node.text in _TRUTHS else None
        case "name":
            return "type" if node.text in _TYPES else "dyn" if node.text in ("object", "oldObject", "params") else None
        case "select" | "index":
            return "dyn" if _result(node.parts[0]) == "dyn" else None
        case "+":
            kinds = {_result(part) for part in node.parts}
            return "string" if "string" in kinds else None
        case "if":
            then, other = _result(node.parts[1]), _result(node.parts[2])
            return then if then == other else None
    return None
