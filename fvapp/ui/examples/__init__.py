"""Lets visitors keep their own examples, name classes, and teach examples to networks."""
