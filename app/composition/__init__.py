"""How the parts of a running server know each other: every object is made here and nowhere else.

Owns which object is handed to which, and what of the settings it is told. Must not decide anything that a
part could decide by itself.
"""
