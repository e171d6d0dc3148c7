"""Weighted terms and a date go in; the best documents for them come out."""
