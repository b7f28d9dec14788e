"""Clusters and centralities as pure functions of graph tables."""
