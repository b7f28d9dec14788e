"""Saved pages and feeds: tables, lists of postings and the state a page carries inside it."""
