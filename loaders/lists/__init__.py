"""Affiliation lists: our own dated claims and the list formats people bring."""
