"""The Look inside page: what a network computes, what it mixes up, and how it learned."""
