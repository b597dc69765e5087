"""Laws that hold for whatever anybody gives to kpy, and the search for what breaks them: see `python -m tests.fuzz`."""
