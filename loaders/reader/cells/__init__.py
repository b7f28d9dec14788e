"""Cells that hold more than one value: objects, labels, links, lines; each value gets a column of its own."""
