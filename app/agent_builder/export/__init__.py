"""Save what the hosted ChatKit API gives to a project key, as an archive.

Imports nothing but the standard library and, late, the `openai` client: `standalone/build.py` joins these
modules into one file that runs without this repository. Must never send anything but GET requests.
"""
