"""Rules on pods and all that stands in them."""
