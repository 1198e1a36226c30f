"""The server's settings that hold whatever the data folder's own `postgresql.conf` says."""

from pathlib import Path

_ALWAYS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "cluster_name": "chatkit",
    "timezone": "UTC",
    # To us, on the pipe, one line a message.
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_line_prefix": "",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Statements and rows hold what people wrote: their errors go to the client, not to the log.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}

_FAST = {"fsync": "off", "full_page_writes": "off"}


def server_options(socket_folder: Path, *, durable: bool) -> list[str]:
    """Return command line options for `postgres`; `durable=False` risks the data in a power cut."""
    quoted = str(socket_folder).replace('"', '""')
    settings = {**_ALWAYS, "unix_socket_directories": f'"{quoted}"', **({} if durable else _FAST)}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
