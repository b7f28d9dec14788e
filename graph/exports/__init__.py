"""What leaves the workspace as a file of another form; one module a format."""
