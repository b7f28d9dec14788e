"""Which names are one employer: by rule, by table, by code, and by what people judged."""
