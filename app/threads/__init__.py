"""The ChatKit Store on Postgres: threads, their items, votes, and the records of attachments.

Owns these tables' rows, their order and their cursors. Every statement carries the owner. Must not know
turns, the model's memory or HTTP; bytes of attachments are not kept here.

    store.py         the SDK's `Store`: one method, one statement
    threads.py       rows of `threads`; thread_list.py their pages, thread_row.py their columns
    items.py         rows of `thread_items`; item_pages.py their pages, payload.py their JSON
    status.py        whether a thread takes anything new
    waiting.py       items that wait for an answer from the page
    attachments.py   rows of `attachments`
    feedback.py      votes
    consumed_actions.py  actions of widgets that run once: which of them have
    ownership.py     where every owned statement starts
    paging.py        limits, orders, cursors
    keyset.py        reading on from a place in an index
    ranges.py        what stands between two places of a list that stands still; item_ranges.py: of items
    of_all_users.py  threads of whomever, for who acts with the key of the server
    visible_text.py  what a person reads of an item
    json_text.py, widgets.py, characters.py, times.py    what may be stored, and in which form
    parameters.py, errors.py    how new values go in, and what is said when a row is not there
"""
