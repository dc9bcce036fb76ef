#!/bin/sh
# Run once, by PostgreSQL's image as it makes the database: the role of web and workers, which owns no table.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$WEB_PASSWORD" -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
CREATE ROLE connect_web LOGIN PASSWORD :'password';
SQL
