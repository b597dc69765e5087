"""A Helm chart of an app: the parameters of its function become values, found by trying what follows them."""
