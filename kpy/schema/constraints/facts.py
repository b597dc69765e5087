"""What is true of one field, whatever the others are: the words in which the tables of this folder speak."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = [
    "Bounds",
    "Count",
    "Fact",
    "FieldRule",
    "Form",
    "Format",
    "NotEmpty",
    "OneOf",
    "Required",
    "Size",
    "Unique",
    "field_rule",
]

#: The forms of texts, as `kpy.syntax` judges them.
Form = Literal[
    "DNS label",
    "DNS subdomain",
    "IP address",
    "environment variable name",
    "key of a ConfigMap",
    "label key",
    "port name",
    "qualified name",
]


class Required(NamedTuple):
    """A field that must be there, and must not be empty."""

    field: str
    message: str = "there is no `{field}`"
    fix: str = ""
    #: Whether being there is enough: an empty value is a value.
    or_empty: bool = False
    #: The release from which on a server says so.
    since: str = ""
    #: The types of the rule that have the field; none for all of them.
    on: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What the field must be."""
        return "required"


class Bounds(NamedTuple):
    """A number that is neither too small nor too large."""

    field: str
    least: int | None = None
    most: int | None = None
    required: bool = False
    #: Whether 0 stands for a field that is not there.
    zero_is_absent: bool = False
    #: Whether the field is a list of numbers.
    each: bool = False
    fix: str = ""
    since: str = ""
    on: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What the number must be."""
        if self.least is None:
            return f"{self.most} or less"
        return f"{self.least} or more" if self.most is None else f"from {self.least} to {self.most}"


class Format(NamedTuple):
    """A text of a certain form."""

    field: str
    form: Form
    required: bool = False
    #: Whether an empty text is judged too, and not taken for a field that is not there.
    or_empty: bool = False
    each: bool = False
    message: str = '`{field}` "{value}" {fault}'
    absent: str = "there is no `{field}`"
    fix: str = ""
    since: str = ""
    on: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What the text must be."""
        article = "an" if self.form[0] in "aeiouAEIOU" else "a"
        return f"{article} {self.form}"


class OneOf(NamedTuple):
    """A text of a closed set that the published schema does not have, or that a server judges in another way."""

    field: str
    values: tuple[str, ...]
    required: bool = False
    or_empty: bool = False
    fix: str = ""
    since: str = ""
    on: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What the text must be."""
        quoted = [f'"{value}"' for value in self.values]
        return " or ".join(quoted) if len(quoted) < 3 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


class NotEmpty(NamedTuple):
    """A text that can be left out, but not left empty."""

    field: str
    fix: str = "remove it, or choose a value"
    since: str = ""
    on: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What the text must be."""
        return "not empty"


class Count(NamedTuple):
    """A list of not too few items nor too many."""

    field: str
    least: int = 0
    most: int | None = None
    required: bool = False
    #: What the items are called.
    items: str = ""
    fix: str = ""
    since: str = ""
    on: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What the list must have."""
        if self.most is None:
            return f"{self.least} item{'s' if self.least > 1 else ''} or more"
        return f"at most {self.most} items" if not self.least else f"{self.least} to {self.most} items"


class Size(NamedTuple):
    """A text of not too few bytes nor too many."""

    field: str
    least: int = 0
    most: int = 0
    fix: str = ""
    since: str = ""
    on: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """How long the text must be."""
        return f"at most {self.most} bytes" if not self.least else f"{self.least} to {self.most} bytes"


class Unique(NamedTuple):
    """A list that has nothing twice."""

    field: str
    #: The field of the items that tells them apart; empty where the items themselves do.
    by: str = ""
    #: Whether items without it, or with an empty one, are alike.
    or_empty: bool = False
    message: str = '"{value}" is there twice'
    fix: str = "remove one of them"
    since: str = ""
    on: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What the list must be."""
        return f"unique by `{self.by}`" if self.by else "unique items"


Fact = Required | Bounds | Format | OneOf | NotEmpty | Count | Size | Unique


class FieldRule(NamedTuple):
    """A rule that says what is true of single fields, each by itself."""

    name: str
    #: What is refused, and why: the text of the rule's page.
    description: str
    #: The types that have the fields.
    on: tuple[str, ...]
    facts: tuple[Fact, ...]
    #: A page that says so.
    source: str
    severity: Literal["error", "warning"] = "error"


def field_rule(
    name: str,
    description: str,
    *facts: Fact,
    on: str | tuple[str, ...],
    source: str,
    severity: Literal["error", "warning"] = "error",
) -> FieldRule:
    """Return a row of a table: a rule on one type or several."""
    return FieldRule(name, description, (on,) if isinstance(on, str) else on, facts, source, severity)
