"""Distinct raw strings to entities: employers, places, sectors, affiliation claims."""
