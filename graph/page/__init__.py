"""The interactive page: one file that works offline, whose every number leads to its evidence.

Graph tables become ``PageData`` (``gather``), and ``build_page`` turns that into text, always the same
text for the same data. Names come from strangers, so nothing here ever writes markup from data.
"""
