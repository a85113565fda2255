"""Who owns which runs, who trains next, and how the record of a run changes. Imports store."""
