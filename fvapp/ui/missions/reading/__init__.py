"""Draws reading aids for missions: explained glossary words, and a button that reads aloud."""
