"""The bottom room: tables on disk, identities, errors and the forms answers take.

It imports no other room.
"""
