"""How far a posting is about AI, decided word by word and explained by the same words."""
