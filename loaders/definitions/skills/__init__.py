"""Which skills a posting asks for: a taxonomy as data, and the search for thousands of spellings at once."""
