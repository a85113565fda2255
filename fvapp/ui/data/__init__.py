"""The data page: what the images are."""
