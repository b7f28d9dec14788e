"""JSON as crawls come in it: arrays, lines, objects one after another, documents too large to hold."""
