"""The API group folder `apiregistration`, generated."""
