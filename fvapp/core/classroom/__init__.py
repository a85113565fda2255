"""The rules of a class, as functions of rows and, where it matters, of the time.

`roster` says who is in the class, `snapshot` where everyone is and who needs help, `results` what
the class found out, `rounds` what everybody does at the same moment (several `kinds`, among them
walls and a `hunt`), and `drawings` which drawings are kept. `engine.classroom` supplies the rows
and the time.
"""
