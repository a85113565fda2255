"""Parts that several pages use: the choice of a network, its result by class, one step."""
