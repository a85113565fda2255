"""Reading aids for missions: explanations of glossary words, and a button that reads aloud."""
