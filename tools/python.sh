#!/bin/sh
# Print the Python that .venv is made with: $PYTHON where it is set, else the newest suitable one on the PATH.
# Each candidate is run, not only looked up: a version manager leaves names on the PATH that start nothing.
set -u

recent='import sys; sys.exit(sys.version_info < (3, 11))'
complete='import ensurepip, venv'
version='import sys; print("%d.%d" % sys.version_info[:2])'

if [ -n "${PYTHON:-}" ]; then
    set -- "$PYTHON"
else
    set -- python3.13 python3.12 python3.11 python3 python
fi

incomplete=
for candidate in "$@"; do
    "$candidate" -c "$recent" >/dev/null 2>&1 || continue
    if "$candidate" -c "$complete" >/dev/null 2>&1; then
        command -v -- "$candidate"
        exit 0
    fi
    incomplete=${incomplete:-$candidate}
done

if [ -n "$incomplete" ]; then
    package="python$("$incomplete" -c "$version")-venv"
    echo "$incomplete cannot make virtual environments: install $package (Debian, Ubuntu) or name another with PYTHON=…" >&2
elif [ -n "${PYTHON:-}" ]; then
    echo "PYTHON=$PYTHON is not a Python 3.11 or newer that starts." >&2
else
    echo "No Python 3.11 or newer found: install one, or name it with PYTHON=/path/to/python3." >&2
fi
exit 1
