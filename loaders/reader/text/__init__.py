"""Texts that are no table: records printed one below the other, as labelled lines or as cards."""
