"""Reference facts as data files, each with its source."""
