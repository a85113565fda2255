"""Documents that visitors take away: reports, papers for a class, and files."""
