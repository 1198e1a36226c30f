"""`chatkit-server doctor`: what is wrong with a deployment, why it matters, and what to type.

    command.py        the command line, the exit code
    examination.py    which checks there are, and that each of them ends
    findings.py       every rule by name, and what breaking it costs
    words.py          findings for people

From outside, as browsers see it:

    server.py         is it there, is it ours, TLS, redirects, readiness
    stream.py         what a proxy does to answers: buffers, compresses, cuts, drops headers
    body_limit.py     what a proxy does to files
    cross_origin.py   whether pages of the origin may use it
    page.py           what the page needs and gives away; policy.py reads its policy

From inside, with the settings of the environment:

    configuration.py  settings that are allowed and unwise
    database.py       the role, the schema, the clock, the connections
    storage.py        whether files can be written, read and removed

Changes nothing: what it writes to the storage of files it removes again. Prints no secret.
"""
