"""The API group folder `apiserverinternal`, generated."""
