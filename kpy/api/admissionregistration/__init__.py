"""The API group folder `admissionregistration`, generated."""
