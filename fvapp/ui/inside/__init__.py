"""Draws the "Look inside" page: what a network computes, what it confuses, and how it learned."""
