"""`POST /chatkit`: the ChatKit protocol over HTTP.

    endpoint.py      the route: principal, body, dispatch, answer
    body.py          reading a body within its limits
    parsing.py       from bytes to a request of the protocol, and its bounds
    server.py        the `ChatKitServer` subclass: which operation does what
    conversation.py  the operations that begin a turn
    choices.py       the model and tool that such a turn answers with
    image_domains.py where images in a new thread may come from
    beginning.py     what all operations that begin a turn have in common
    conversation.py  those that answer a message, or go on where the page has answered
    actions.py       the two that a click in a widget can be
    sync_action.py   a click that is answered at once: checked, carried out, stored
    history.py       the operations that answer at once; earlier_threads.py: what a session may see of it
    event_stream.py  Server-Sent Events from a turn's log
    answers.py       errors as JSON
    cross_origin.py  CORS

Owns HTTP and the protocol. Must not contain SQL, nor anything about models.
"""
