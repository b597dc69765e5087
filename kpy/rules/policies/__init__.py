"""Good practice: nothing here is checked until it is selected, and nothing is imported until then."""
