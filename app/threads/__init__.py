"""The ChatKit Store on Postgres: threads, their items, votes, and the records of attachments.

Owns these tables' rows, their order and their cursors. Every statement carries the owner. Must not know
turns, the model's memory or HTTP; bytes of attachments are not kept here.

    store.py         the SDK's `Store`: one method, one statement
    threads.py       rows of `threads`; thread_list.py their pages, thread_row.py their columns
    items.py         rows of `thread_items`; item_pages.py their pages, payload.py their JSON
    attachments.py   rows of `attachments`
    feedback.py      votes
    ownership.py     where every owned statement starts
    paging.py        limits, orders, cursors
    visible_text.py  what a person reads of an item
    characters.py, times.py, errors.py    what may be stored, and what is said when it is not there
"""
