"""The try-it page and the element, as built from `web/` into `app/static/`.

    routes.py      their addresses, and the policy a browser applies to them
    composer.py    what its composer offers
    signed_out.py  what stands at its address for whoever is not let in
    files.py       a built file as a response: compressed, and sent only where the browser's copy is another

Must not know of the server more than what the page has to show.
"""

from app.page.routes import STATIC, page_router

__all__ = ["STATIC", "page_router"]
