"""JavaScript and TypeScript as far as a change of it needs them: tokens, brackets, statements. No grammar.

tokens.py      what there is: a scanner in Python, as long as the text takes, whatever the text is
scanner.py     the one that makes them
code.py        what belongs together: brackets, statements, properties of an object
names.py       which names a piece of code takes from outside
scripts.py     the scripts in HTML and in components
"""
