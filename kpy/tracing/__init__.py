"""What code looks at while it runs: files, folders, modules, variables of the environment, and what nobody can follow.

Python's audit events tell of files and folders, a finder of modules, and wrappers of what has no events. All of it is
said to `kpy.watch`, where what kpy itself reads is said, too.
"""

from kpy.tracing.tracer import Tracer

__all__ = ["Tracer"]
