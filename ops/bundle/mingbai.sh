#!/bin/sh
# mingbai COMMAND…: manage.py of the current release, as the house's user, with the settings of @CONFIG@.
set -eu
set -a
. @CONFIG@
set +a
run="@PREFIX@/current/python/bin/python3 @PREFIX@/current/app/manage.py"
if [ "$(id -u)" = 0 ]; then
  exec setpriv --reuid=mingbai --regid=mingbai --init-groups $run "$@"
fi
exec $run "$@"
