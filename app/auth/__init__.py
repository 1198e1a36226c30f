"""Who is asking: from an HTTP request to a `Principal`.

    authenticator.py  what every mode offers, and the choice of the modes that are on
    guest.py          a signed cookie per browser, for servers that only this machine can reach
    origin.py         which pages may make requests that change something

Must not look at a request's body, and must not know threads.
"""
