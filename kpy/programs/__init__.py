"""Starting other programs: finding them, their version, a bound on their time and on what they may say."""

from kpy.programs.program import Done, Program, ProgramError, find_program
from kpy.programs.serving import running

__all__ = ["Done", "Program", "ProgramError", "find_program", "running"]
