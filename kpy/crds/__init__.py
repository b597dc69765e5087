"""The definitions that a project keeps: where they come from, their digests, and the types that are made of them."""
