"""CEL, the language of expressions in definitions, admission policies and device selectors."""
