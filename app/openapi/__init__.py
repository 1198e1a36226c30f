"""`GET /openapi.json`: every route of this server, described for programs in OpenAPI 3.1.

    routes.py      the address
    document.py    the document as a whole; made once, when it is first asked for
    operations.py  what is said of a route
    protocol.py    the routes of the ChatKit protocol, its files among them
    hosted.py      the routes of the hosted API's shape
    page.py        the page, its scripts, health
    refusals.py    the refusals, from the one family of errors
    schemas.py     what is sent and answered, from the types that are used for it

The tables here are the one place that says which route gives which answers; routes say nothing of it. Tests
compare them with the routes there are, and attack each route for an answer that stands in none of them.
Describes only: must not be asked for anything by what answers requests.
"""

from app.openapi.routes import openapi_router

__all__ = ["openapi_router"]
