"""The small languages of the API: text in, a value or a fault out."""
