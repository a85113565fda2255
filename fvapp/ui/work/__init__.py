"""The visitor's work: runs, drawings and missions, what can be taken away, and who goes
on with it.
"""
