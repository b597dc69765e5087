"""Admission policies among the documents, run on the objects beside them as an API server runs them."""
