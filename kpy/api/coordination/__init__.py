"""The API group folder `coordination`, generated."""
