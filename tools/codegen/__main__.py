"""`python -m tools.codegen` writes all that is generated anew; with `--check` it says what is not as it would be.

What it lacks for that, it says in a sentence.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.codegen.outputs import drifted, write
from tools.codegen.published import SourceError

ROOT = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write all, or look at all; return 0, or 1 where something is lacking or has drifted."""
    parser = argparse.ArgumentParser(prog="python -m tools.codegen", description="Write everything that is generated.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if something has drifted")
    given = parser.parse_args(arguments)
    try:
        if not given.check:
            write()
            return 0
        paths = [path.relative_to(ROOT).as_posix() for path in drifted()]
    except SourceError as error:
        print(f"codegen: {error}", file=sys.stderr)
        return 1
    if paths:
        print(f"codegen: not as generated, run `make generate`: {', '.join(paths)}", file=sys.stderr)
    return 1 if paths else 0


if __name__ == "__main__":
    sys.exit(main())
