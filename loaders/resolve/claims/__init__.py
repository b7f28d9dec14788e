"""What lists and texts say of employers, and on which days it holds."""
