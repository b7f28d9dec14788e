"""Raw cells to canonical values."""
