"""What the fields of the API mean, and what is true of them: for editors, the command line and the pages of the docs.

Everything is read from tables that others live by as well: meanings, types, defaults, constraints, references, and what
may change later.
"""
