"""Text as images: a strip of 28x28 pixels shows the last characters; its label is the next one."""
