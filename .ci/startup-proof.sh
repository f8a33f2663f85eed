#!/usr/bin/env bash
# A fresh clone starts with `npm start` as an ordinary user, with LANG unset, and as root in a folder that nobody
# else may enter; it starts again after kill -9, and leaves no database server behind. Needs root, for the users.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
ordinary=nobody
ready_within_seconds=180
gone_within_seconds=45
passed=0
failed=0

if [ "$(id -u)" -ne 0 ]; then
  echo 'This proof starts the service as root and as another user, so it has to run as root.'
  exit 1
fi

scratch=$(mktemp -d)
chmod 755 "$scratch"
npm_pid=''
folder=''
home=''
cleanup() {
  if [ -n "$npm_pid" ]; then stop_service KILL || true; fi
  rm -rf "$scratch"
}
trap cleanup EXIT

# The checkout may belong to someone else.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
# Another user has no npm settings of his own.
npm_config_registry=$(npm config get registry)
export npm_config_registry npm_config_update_notifier=false npm_config_cache="$scratch/npm-cache"
unset DATABASE_URL REDIS_URL DATA_DIR

check() {
  local name=$1
  shift
  if "$@"; then
    echo "ok     $name"
    passed=$((passed + 1))
    return 0
  fi
  echo "FAILED $name"
  failed=$((failed + 1))
  if [ -f "$scratch/service.log" ]; then tail -n 30 "$scratch/service.log"; fi
  return 1
}

free_port() {
  node -e "const s=require('net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})"
}

# Runs a command in $folder as $owner, with LANG and its relatives unset when $lang is "unset".
as_owner() {
  local -a lang_off=()
  if [ "$lang" = unset ]; then lang_off=(-u LANG -u LC_ALL -u LC_CTYPE -u LANGUAGE); fi
  if [ "$owner" = root ]; then
    (cd "$folder" && exec env "${lang_off[@]}" "$@")
  else
    (cd "$folder" && exec runuser -u "$owner" -- env "${lang_off[@]}" HOME="$scratch/home" "$@")
  fi
}

start_service() {
  port=$(free_port)
  as_owner PORT="$port" npm start >"$scratch/service.log" 2>&1 </dev/null &
  npm_pid=$!
}

is_ready() {
  for _ in $(seq "$ready_within_seconds"); do
    if node -e "fetch('http://127.0.0.1:$port/health/ready').then((r) => process.exit(r.status === 200 ? 0 : 1), () => process.exit(1))"; then
      return 0
    fi
    kill -0 "$npm_pid" 2>/dev/null || return 1
    sleep 1
  done
  return 1
}

# The service's own pid, not npm's, stands in its lock file.
stop_service() {
  local pid=''
  if [ -f "$folder/.data/service.lock" ]; then pid=$(cut -d ' ' -f 2 "$folder/.data/service.lock"); fi
  kill "-$1" "${pid:-$npm_pid}" 2>/dev/null || true
  wait "$npm_pid" 2>/dev/null || true
  npm_pid=''
}

has_server() {
  local file
  for file in /proc/[0-9]*/cmdline; do
    if [[ $(tr '\0' ' ' 2>/dev/null <"$file" || true) == *"postgres -D $home/pg "* ]]; then return 0; fi
  done
  return 1
}

has_no_server() {
  for _ in $(seq "$gone_within_seconds"); do
    has_server || return 0
    sleep 1
  done
  return 1
}

prove() {
  local name=$1
  start_service
  if ! check "$name: ready" is_ready; then
    stop_service KILL
    return 0
  fi
  home=$(node -p "JSON.parse(require('fs').readFileSync('$folder/.data/embedded.json', 'utf8')).home")
  check "$name: its own database server runs" has_server || true
  stop_service KILL
  check "$name: killed, and no database server is left" has_no_server || true
  start_service
  check "$name: ready again" is_ready || true
  stop_service TERM
  check "$name: stopped, and no database server is left" has_no_server || true
}

mkdir -p "$scratch/home" "$scratch/npm-cache"
owner=$ordinary lang=set folder="$scratch/ordinary"
git clone --quiet "$root" "$folder"
chown -R "$ordinary:" "$folder" "$scratch/home" "$scratch/npm-cache"
check 'npm ci as an ordinary user' as_owner npm ci --no-audit --no-fund || true
prove 'as an ordinary user'

# The other two take over what was installed and compiled, to save minutes.
owner=$ordinary lang=unset folder="$scratch/no-lang"
git clone --quiet "$root" "$folder"
cp -a "$scratch/ordinary/node_modules" "$scratch/ordinary/build" "$folder/"
chown -R "$ordinary:" "$folder"
prove 'with LANG unset'

owner=root lang=set folder="$scratch/closed"
git clone --quiet "$root" "$folder"
cp -a "$scratch/ordinary/node_modules" "$scratch/ordinary/build" "$folder/"
chown -R root: "$folder"
chmod 700 "$folder"
prove 'as root in a 0700 folder'
case $home in /var/lib/school-fees/*) rm -rf "$home" ;; esac

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
