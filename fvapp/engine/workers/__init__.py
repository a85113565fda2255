"""What server and workers say to each other. Imports runs and store; `protocol`, which workers import too, neither."""
