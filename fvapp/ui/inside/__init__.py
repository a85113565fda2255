"""The page that looks inside a network: what it computes, what it mixes up, how it learned."""
