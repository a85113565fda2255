"""What a visitor takes home: the network as a web page, and its code."""
