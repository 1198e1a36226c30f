"""Read an exported workflow file and say what it holds, what is wrong with it and what is left to do.

Parses and never executes, imports nothing of the user's, and needs no key. `docs/check.md` lists every rule.
"""
