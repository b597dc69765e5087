"""What an inventory says beside its members: who owns it, what was done, and which Jobs have run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

__all__ = ["NOBODY", "Apply", "Owner", "read_history", "read_jobs", "with_jobs", "written_history", "written_jobs"]

#: How many applies are remembered.
MOST = 10
#: How many Jobs that the app no longer declares are remembered to have run.
_JOBS = 100


class Owner(NamedTuple):
    """Whose app it is: two of one name are two apps when project or environment differ."""

    #: `project` of [tool.kpy], or the name of [project]; empty where neither is there.
    project: str = ""
    environment: str = ""

    def __str__(self) -> str:
        """Return it for messages: `the project "shop", environment "prod"`."""
        project = f'the project "{self.project}"' if self.project else "a project without a name"
        return f'{project}, environment "{self.environment}"' if self.environment else project


#: An owner of whom nothing is known.
NOBODY = Owner()


class Apply(NamedTuple):
    """One apply that was carried out to its end."""

    #: In UTC, as RFC 3339 has it.
    time: str
    who: str
    #: Repository, branch and commit, as far as git knew them.
    origin: str
    #: The counts of effects: `1 rolling restart, 3 no change`.
    changes: str


def read_history(text: object) -> list[Apply]:
    """Return the applies that an inventory remembers, newest first; what is no such record is left out."""
    try:
        entries: Any = json.loads(text) if isinstance(text, str) else []
    except ValueError:
        return []
    records = entries if isinstance(entries, list) else []
    return [Apply(*(str(record.get(field) or "") for field in Apply._fields)) for record in records if _is(record)]


def _is(record: object) -> bool:
    return isinstance(record, Mapping)


def written_history(history: Sequence[Apply]) -> str:
    """Return applies, newest first, as an inventory keeps them."""
    return json.dumps([apply._asdict() for apply in history[:MOST]])


def read_jobs(text: object) -> list[str]:
    """Return the Jobs that have run, each `namespace/name`, newest first; what is no such list is left out."""
    try:
        names: Any = json.loads(text) if isinstance(text, str) else []
    except ValueError:
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def written_jobs(jobs: Sequence[str]) -> str:
    """Return Jobs that have run as an inventory keeps them."""
    return json.dumps(jobs)


def with_jobs(jobs: Sequence[str], more: Iterable[str], declared: Iterable[str]) -> list[str]:
    """Return Jobs that have run, with some more; those that are declared are never forgotten."""
    newest_first = list(dict.fromkeys([*more, *jobs]))
    kept = set(declared)
    others = [name for name in newest_first if name not in kept][:_JOBS]
    kept.update(others)
    return [name for name in newest_first if name in kept]
