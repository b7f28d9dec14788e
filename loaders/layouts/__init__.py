"""Known source layouts, one YAML each, and the rules that recognise a known or an unknown one.

Adding a layout touches no code: put a YAML beside these, or into ``reference/layouts`` of a workspace.
"""
