"""From raw files to canonical tables: reading, recognising, cleaning and resolving job postings."""
