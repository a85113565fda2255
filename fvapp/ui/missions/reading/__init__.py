"""Aids to reading a mission: explanations of words in the text, and a voice."""
