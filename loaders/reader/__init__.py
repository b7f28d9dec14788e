"""Bytes to rows: encoding, container and header."""
