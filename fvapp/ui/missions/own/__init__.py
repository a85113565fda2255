"""What a mission draws and no other does: a module for each that has screens of its own."""
