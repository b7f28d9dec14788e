"""Bytes to records: finds files, their encoding and container, and hands out batches of raw text cells.

Nothing here knows what a posting is; every cell leaves as text, and a record that cannot be read leaves as a
numbered problem instead of being dropped. What all readers share (encodings, headers, batches) stands here;
each family of containers has a room of its own, and ``container`` tells which one a file belongs to.
"""
