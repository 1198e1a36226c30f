"""What the Makefile and the gate run. Not part of the installed package; the server must not import it."""
