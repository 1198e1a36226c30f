#!/bin/sh
# Write `.env` for docker-compose.yml, with fresh random passwords. Never replaces one that is there.
set -eu
cd -- "$(dirname -- "$0")/.."

if [ -e .env ]; then
    echo ".env is already there and holds the passwords of your database; it stays as it is." >&2
    exit 1
fi

# Hexadecimal, because the passwords stand in URLs.
random() {
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

umask 077
cat >.env <<END
DATABASE_ADMIN_PASSWORD=$(random)
DATABASE_OWNER_PASSWORD=$(random)
DATABASE_APP_PASSWORD=$(random)

# A real model instead of the demo:
#OPENAI_API_KEY=
#CHATKIT_MODEL=
END
echo "Wrote .env; now: docker compose up --build --detach"
