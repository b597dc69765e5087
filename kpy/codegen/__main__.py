"""`python -m kpy.codegen` writes everything that is generated anew."""

from kpy.codegen.fields import write_fields
from kpy.codegen.models import write_models
from kpy.codegen.pages import write_pages
from kpy.codegen.pool import write_pool
from kpy.codegen.rules_table import write_rules_table

if __name__ == "__main__":
    write_pool()
    write_models()
    write_fields()
    write_rules_table()
    write_pages()
