"""The socket that the server listens on. Light: it is bound before anything of weight is imported."""

import socket

from app.errors import ConfigurationError


def listening_socket(host: str, port: int) -> socket.socket:
    """Bind before anything is started, so that a port in use is said in one sentence and at once."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        bound = socket.socket(family[0], family[1])
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(family[4])
    except OSError as error:
        raise ConfigurationError(
            f"Cannot listen on {host} port {port} ({error.strerror or error}); "
            "choose another with --host and --port."
        ) from None
    return bound
