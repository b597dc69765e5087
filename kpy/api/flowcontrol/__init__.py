"""The API group folder `flowcontrol`, generated."""
