"""Measuring extractions against hand-checked records: ``scoring`` compares, ``gold/`` holds the cases."""
