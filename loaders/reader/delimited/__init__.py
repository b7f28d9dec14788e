"""Rows of text with a separator: dialect, header, repair of ragged records, a quick way for sound files."""
