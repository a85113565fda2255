"""The draw page: a picture, how it is prepared, what the network answers."""
