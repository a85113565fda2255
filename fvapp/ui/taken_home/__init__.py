"""What a visitor takes home: the network as a page, and its code."""
