"""`python -m kpy`, the same as the command `kpy`."""

from kpy.cli.main import main

main()
