"""Who is asking: from an HTTP request to a `Principal`, and what a principal may do at all.

    authenticator.py  what every mode offers, the choice of those that are on, and the one way through them
    jwt.py            mode `jwt`: a token of your identity provider, or of your own backend
    jwt_rules.py      what a token must be like, and what the operator must have said about that
    jwt_claims.py     a verified token → user id and roles
    jwks.py           the keys of a key server: fetched beside the requests, kept, fetched anew
    jwk.py            a published key → the algorithms it can verify
    given_key.py      the one key of `CHATKIT_JWT_KEY`
    proxy.py          mode `proxy`: a header that a proxy in front sets
    peer.py           the address at the other end of the TCP connection, whatever headers say
    sessions.py       mode `session`: client secrets that a back-end has had made
    session_rows.py   the statements on them
    server_key.py     the key of back-ends, which stands for no user
    guest.py          mode `guest`: a signed cookie per browser
    bearer.py         `Authorization: Bearer`
    names.py          which user ids and roles are taken from outside
    origin.py         which pages may make requests that carry a cookie
    permissions.py    what the role `read-only` may do
    secret_key.py     the key that signs cookies and addresses

Must not look at a request's body, and must not know threads.
"""
