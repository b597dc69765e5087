"""The short forms of constructs, read backwards: from fields of the API to what people write."""
