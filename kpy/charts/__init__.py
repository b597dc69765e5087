"""The Helm charts that a project keeps: where they come from, their digests, the types of their values."""
