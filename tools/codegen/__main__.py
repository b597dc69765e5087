"""`python -m tools.codegen` writes everything that is generated anew."""

from tools.codegen.fields import write_fields
from tools.codegen.models import write_models
from tools.codegen.pages import write_pages
from tools.codegen.pool import write_pool
from tools.codegen.rules_table import write_rules_table

if __name__ == "__main__":
    write_pool()
    write_models()
    write_fields()
    write_rules_table()
    write_pages()
