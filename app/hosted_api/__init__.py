"""`/v1/chatkit/…`: the hosted ChatKit API's shape, so that back-ends written for it need another URL and key.

    routes.py         the routes: whose key or secret each takes
    making.py         sessions: made, cancelled, and as their object
    session_request.py  what a session may be asked for, and every bound and default of it
    workflow_ids.py   which workflows there are
    thread_lists.py   threads and their items, read and deleted
    list_query.py     the query of a list
    thread_shapes.py  threads, items and lists as the hosted API writes them
    refusals.py       what is wrong with a request, in the hosted API's words

Whoever has the key of the server acts for every user here; what is done with a thread is done in its owner's
name. Must not contain SQL, nor do anything a second time that `app/chatkit_api` does.
"""
