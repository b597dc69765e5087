"""`python -m tools.codegen` writes everything that is generated anew; what it lacks for that, it says in a sentence."""

import sys

from tools.codegen.published import SourceError


def main() -> int:
    """Write all and return 0, or 1 where the published sources lack something."""
    try:
        from tools.codegen.pool import write_pool

        write_pool()
        _write_what_needs_the_pool()
    except SourceError as error:
        print(f"codegen: {error}", file=sys.stderr)
        return 1
    return 0


def _write_what_needs_the_pool() -> None:
    # imported here: what reads the pool must read the new one
    from tools.codegen.fields import write_fields
    from tools.codegen.models import write_models
    from tools.codegen.pages import write_pages
    from tools.codegen.rules_table import write_rules_table

    write_models()
    write_fields()
    write_rules_table()
    write_pages()


if __name__ == "__main__":
    sys.exit(main())
