#!/bin/sh
# Runs once, when the image makes its data folder: three databases, three users, none may connect to another's.
set -eu
for room in register erasure_log marketing; do
  case "$room" in
    register) variable=REGISTER_DATABASE_PASSWORD ;;
    erasure_log) variable=ERASURE_LOG_DATABASE_PASSWORD ;;
    marketing) variable=MARKETING_DATABASE_PASSWORD ;;
  esac
  # \getenv keeps the password out of every process list.
  psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --set=user="lupa_$room" <<SQL
\getenv password $variable
CREATE ROLE :"user" LOGIN PASSWORD :'password';
CREATE DATABASE :"user" OWNER :"user";
REVOKE CONNECT, TEMPORARY ON DATABASE :"user" FROM PUBLIC;
SQL
done
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres -c 'REVOKE CONNECT ON DATABASE postgres FROM PUBLIC'
