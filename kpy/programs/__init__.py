"""Starting other programs: finding them, their version, a bound on their time and on what they may say.

What renders charts and overlays is imported where it is needed: `kpy.programs.helm`, `kpy.programs.kustomize`.
"""

from kpy.programs.program import Done, Program, ProgramError, find_program
from kpy.programs.serving import running

__all__ = ["Done", "Program", "ProgramError", "find_program", "running"]
