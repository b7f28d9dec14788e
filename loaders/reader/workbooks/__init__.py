"""Workbooks of every generation, their sheets and their damage."""
