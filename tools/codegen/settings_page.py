"""The page of all settings, from the classes that hold them: a comment above each field says what it means."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kpy.project.environments import Cluster, Environment
from kpy.project.gitops import Gitops
from kpy.project.settings import Settings

__all__ = ["settings_page"]

#: What is no setting.
_ASIDE = {"folder", "extended", "name"}
#: What is set in a table of its own, or in another form than a plain value.
_TABLES = {
    "mandatory": ("[tool.kpy.mandatory]", "`rules`: a list of texts"),
    "environments": ("[tool.kpy.environments.NAME]", "tables"),
    "clusters": ("[tool.kpy.clusters.NAME]", "tables"),
    "gitops": ("[tool.kpy.gitops]", "a table"),
    "severities": ("[tool.kpy.severities]", "a table of texts"),
    "skip": ("skip", "a list of tables"),
    "apps": ("apps", "text, or a list of texts"),
}
_GUIDES = {
    "app": "synthesis.md",
    "select": "checking.md",
    "ignore": "checking.md",
    "severities": "checking.md",
    "external": "validation.md",
    "exclude": "validation.md",
    "crds": "custom-resources.md",
    "crds_package": "custom-resources.md",
    "charts_package": "charts.md",
    "policies": "checking.md",
    "admission": "admission.md",
    "project": "cluster.md",
    "contexts": "cluster.md",
    "mandatory": "platform.md",
    "environments": "environments.md",
    "apps": "environments.md",
    "clusters": "environments.md",
    "skip": "environments.md",
    "output": "environments.md",
    "gitops": "gitops.md",
}
_HEAD = """\
# Settings

All of them are in the table `[tool.kpy]` of pyproject.toml, and all are optional. The nearest file upwards that has
such a table counts, for every command, for the pytest plug-in and for `app.synth()` alike. A setting that kpy does not
know is an error with the nearest name.

```toml
[tool.kpy]
app = "shop.py"
kubernetes = "1.36"
select = ["recommended"]
```

`extend = ["acme_kpy:kpy.toml", "../shared/kpy.toml"]` adds to the settings of others: lists add, tables merge, and of
single values the nearer file wins; see [sharing settings](../platform.md#share-settings).
"""


class _Field(NamedTuple):
    name: str
    meaning: str
    #: How its type is written.
    annotation: str
    #: The value where it is not given.
    default: str


def settings_page() -> str:
    """Return the page, as Markdown."""
    parts = [_HEAD, "## `[tool.kpy]`\n", *_table(Settings)]
    parts += ["\n## `[tool.kpy.environments.NAME]`\n", *_table(Environment)]
    parts += ["\n## `[tool.kpy.clusters.NAME]`\n", *_table(Cluster)]
    parts += ["\n## `[tool.kpy.gitops]`\n", *_table(Gitops)]
    return "\n".join(parts) + "\n"


def _table(cls: type) -> Iterator[str]:
    yield "| setting | value | says |"
    yield "|---|---|---|"
    for field in _fields(cls):
        if field.name in _ASIDE:
            continue
        shown, kind = _TABLES.get(field.name, ("", "")) if cls is Settings else ("", "")
        default = f" Default: `{field.default}`." if field.default else ""
        guide = f" See [the guide](../{_GUIDES[field.name]})." if cls is Settings and field.name in _GUIDES else ""
        says = f"{field.meaning}{default}{guide}".replace("|", "&#124;")
        yield f"| `{shown or field.name.replace('_', '-')}` | {kind or _kind(field.annotation)} | {says} |"


def _kind(annotation: str) -> str:
    """Return a type as people write its values in TOML."""
    if annotation.startswith("tuple"):
        return "a list of texts"
    if annotation.startswith("Mapping"):
        return "a table"
    return "true or false" if annotation == "bool" else "text"


def _fields(cls: type) -> Iterator[_Field]:
    """Yield the fields of a class with the comments above them."""
    import inspect

    file = Path(inspect.getfile(cls))
    lines = file.read_text(encoding="utf-8").splitlines()
    tree = ast.parse("\n".join(lines))
    [found] = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == cls.__name__]
    for node in found.body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        comment: list[str] = []
        above = node.lineno - 2
        while lines[above].strip().startswith("#:"):
            comment.insert(0, lines[above].strip().removeprefix("#:").strip())
            above -= 1
        yield _Field(node.target.id, " ".join(comment), ast.unparse(node.annotation), _default(node.value))


def _default(value: ast.expr | None) -> str:
    """Return a default as TOML; nothing for those that say nothing."""
    if not isinstance(value, ast.Constant) or value.value in (None, ""):
        return ""
    return str(value.value).lower() if isinstance(value.value, bool) else str(value.value)
