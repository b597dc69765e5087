"""How fast kpy is, measured beside what people would use instead: `make bench`."""
