#!/bin/sh
# Puts the passwords of the server's two databases where libpq looks for them, then becomes the server, without them in
# its environment or in the addresses that it shows.
set -eu
umask 077

line() { # database and role, password; libpq wants ":" and "\" escaped
    printf '*:*:%s:%s:%s\n' "$1" "$1" "$(printf '%s' "$2" | sed 's/[\\:]/\\&/g')"
}

PGPASSFILE=$(mktemp)
export PGPASSFILE
{
    line mlflow "${MLFLOW_DB_PASSWORD:?is missing}"
    line mlflow_auth "${MLFLOW_AUTH_DB_PASSWORD:?is missing}"
} >"$PGPASSFILE"
unset MLFLOW_DB_PASSWORD MLFLOW_AUTH_DB_PASSWORD
exec "$@"
