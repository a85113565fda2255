"""Parts on networks that several pages use: choosing one, its accuracy by class, and One step."""
