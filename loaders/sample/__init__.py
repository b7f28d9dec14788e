"""Synthetic postings with known truth."""
