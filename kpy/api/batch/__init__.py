"""The API group folder `batch`, generated."""
