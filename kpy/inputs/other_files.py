"""Files that are no manifests: what each of them is, in a word that people know."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable
from fnmatch import translate
from functools import cache
from typing import Final, NamedTuple

__all__ = ["TOOLS", "Sort", "is_expectation", "may_be_manifest", "sort_of", "told"]


class Sort(NamedTuple):
    """A sort of files, as one is called and as several are."""

    one: str
    many: str


_COMPOSE: Final = Sort("compose file", "compose files")
_VALUES: Final = Sort("file of Helm values", "files of Helm values")
_PACKAGES: Final = Sort("package file", "package files")
_DASHBOARD: Final = Sort("dashboard", "dashboards")
_WORKFLOW: Final = Sort("CI workflow", "CI workflows")
_SCHEMA: Final = Sort("schema", "schemas")
_PATCH: Final = Sort("JSON patch", "JSON patches")
_PLAYBOOK: Final = Sort("Ansible file", "Ansible files")
_CHARTS: Final = Sort("file of a chart or its repository", "files of charts or their repositories")
_TEST: Final = Sort("expectation of a test", "expectations of tests")
_OTHER: Final = Sort("other file", "other files")
#: Documents with a kind that a tool reads, and no server.
TOOLS: Final = Sort("configuration of a tool", "configurations of tools")

#: Patterns of names, and what such files are.
_NAMES: Final[tuple[tuple[Sort, tuple[str, ...]], ...]] = (
    (_COMPOSE, ("docker-compose*", "compose.y*ml", "compose.*.y*ml", "docker-stack*")),
    (_PACKAGES, ("package*.json", "composer.json", "pnpm-*.yaml", "tsconfig*.json", "lerna.json", "bower.json")),
    (_WORKFLOW, ("*cloudbuild*.y*ml", "*gitlab-ci*", "azure-pipelines*", "appveyor*", "buildspec*.y*ml")),
    (_CHARTS, ("Chart.y*ml", "Chart.lock", "requirements.y*ml", "index.yaml", "ct.yaml", "chart_schema.yaml")),
    (_VALUES, ("values*.y*ml", "*values.y*ml", "values*.json")),
    (_TEST, ("[0-9]*-assert*.y*ml", "[0-9]*-error*.y*ml", "chainsaw-*assert*.y*ml", "*-assert.y*ml", "assert*.y*ml")),
)
#: What a file has at the begin of a line, and what it is then.
_CONTENTS: Final[tuple[tuple[Sort, bytes], ...]] = (
    (_SCHEMA, rb'"?(?:\$schema|openapi|swagger)"?\s*:'),
    (_DASHBOARD, rb'"panels"\s*:'),
    (_PATCH, rb'(?:-\s+|\[?\s*\{?\s*"?)op"?\s*:'),
    (_COMPOSE, rb"services:\s*$"),
    (_WORKFLOW, rb"(?:jobs|steps|stages|pipelines):\s*$"),
    (_PLAYBOOK, rb"-\s+(?:hosts|tasks|import_playbook)\s*:"),
)
_OBJECT: Final = re.compile(rb'apiVersion["\']?\s*:|["\']?\bkind["\']?\s*:|\bsops["\']?\s*:')


def may_be_manifest(content: bytes) -> bool:
    """Return whether a text has a word that every manifest has; a file without is not parsed at all."""
    return _OBJECT.search(content) is not None or content.startswith((b"\xff\xfe", b"\xfe\xff"))


def sort_of(file: str, content: bytes = b"") -> Sort:
    """Return what a file is that is no manifest: by its name, then by what it has."""
    by_name = _by_name(os.path.basename(file))
    if by_name is not None:
        return by_name
    if os.path.basename(os.path.dirname(file)) == "values":
        return _VALUES
    for sort, pattern in _CONTENTS:
        if re.search(rb"^\s{0,4}" + pattern, content[:65536], re.MULTILINE):
            return sort
    return _OTHER


def is_expectation(file: str) -> bool:
    """Return whether a file says what a test expects of objects: it is compared with them, and never applied."""
    return _by_name(os.path.basename(file)) is _TEST


def told(sorts: Iterable[Sort]) -> str:
    """Return how many there are of each sort, most first: `2 compose files, 1 dashboard`."""
    most = sorted(Counter(sorts).most_common(), key=lambda pair: (pair[0] is _OTHER, -pair[1]))
    return ", ".join(f"{count:,} {sort.one if count == 1 else sort.many}" for sort, count in most)


def _by_name(name: str) -> Sort | None:
    return next((sort for sort, pattern in _name_patterns() if pattern.match(name)), None)


@cache
def _name_patterns() -> tuple[tuple[Sort, re.Pattern[str]], ...]:
    return tuple((sort, re.compile("|".join(translate(pattern) for pattern in patterns))) for sort, patterns in _NAMES)
