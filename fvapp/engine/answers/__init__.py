"""Networks' answers in the server's process, by NumPy; workers answer the large questions."""
