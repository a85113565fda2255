"""Parts of lessons that several pages use: downloads, teacher's links, students' own words."""
