"""A PostgreSQL server of our own, for the first minute and for tests.

    postgres    all of it together: start or join, stop
    begun       the same, started ahead of time
    binaries    which programs there are          staging     a copy of them where they can be run
    account     whom they run as                  command     how one is started, through `launcher`
    layout      where things lie                  versions    which PostgreSQL's data they are
    lock        who runs a server there           pid_file    what PostgreSQL itself says of that
    cluster     making new data                   server      the process, with its `options`

A server never outlives the process that started it: on Linux the kernel sees to that. Elsewhere a process
that is killed leaves its server running, and the next start finds and uses it.
"""

from app.db.embedded.postgres import ConnectionUrls, EmbeddedPostgres, running_urls

__all__ = ["ConnectionUrls", "EmbeddedPostgres", "running_urls"]
