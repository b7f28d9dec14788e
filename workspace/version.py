"""The version, in the bottom room so that every room can record what made its tables."""

__version__ = "0.1.0"
