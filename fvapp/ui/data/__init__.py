"""The data page: what the images are and where they come from."""
