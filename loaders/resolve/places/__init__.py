"""Raw place strings to codes of GB/T 2260, and the region schemes that group them."""
