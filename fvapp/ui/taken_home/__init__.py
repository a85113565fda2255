"""What visitors can take home: the network as a web page, a GIF, and its Keras code."""
