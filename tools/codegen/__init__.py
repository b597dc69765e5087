"""How the generated parts of kpy are made; nothing here is needed at run time."""
