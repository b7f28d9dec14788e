"""Raw cell to canonical value, one module a field; each works on distinct strings and joins back."""
