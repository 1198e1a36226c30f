"""A PostgreSQL server of our own, for the first minute and for tests.

binaries    which programs there are
account     whom they run as
layout      where things lie
lock        who runs a server on them
command     how a program is started, through `launcher`
cluster     a new data folder
server      the server process
postgres    all of it together
"""

from app.db.embedded.postgres import ConnectionUrls, EmbeddedPostgres, running_urls

__all__ = ["ConnectionUrls", "EmbeddedPostgres", "running_urls"]
