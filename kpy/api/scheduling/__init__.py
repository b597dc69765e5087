"""The API group folder `scheduling`, generated."""
