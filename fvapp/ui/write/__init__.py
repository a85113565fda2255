"""A network of text writes: in the browser with what somebody begins, and on the training page while it learns."""
