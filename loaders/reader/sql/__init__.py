"""Databases: SQLite files, and dumps of MySQL and PostgreSQL, which are read and never run."""
