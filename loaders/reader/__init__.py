"""Bytes to records: finds files, their encoding and container, and hands out batches of raw text cells.

Nothing here knows what a posting is; every cell leaves as text, and a record that cannot be read leaves as a
numbered problem instead of being dropped.
"""
