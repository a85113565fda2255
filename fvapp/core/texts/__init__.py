"""Text as images: a 28x28-pixel strip shows some characters; its label is the next character."""
