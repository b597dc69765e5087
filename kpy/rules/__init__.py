"""What is checked: small functions on API types, run by one typed walk over plain JSON trees."""
