"""The engine of checking: the walk, the plan of a type, the registry of rules, levels, waivers, the choice of rules."""
