#!/bin/sh
# Several servers over one Redis, or over a small Cluster, behind HAProxy, on this machine and without containers.
#
#   deploy/cluster.sh up DIR          start what is not running, and wait until it answers
#   deploy/cluster.sh run DIR         the same, and stop everything with Ctrl-C
#   deploy/cluster.sh down DIR        stop everything; DIR keeps what was stored
#   deploy/cluster.sh start DIR PART  one part: redis-1 …, server-1 …, proxy
#   deploy/cluster.sh wait DIR PART   until it answers
#
# DIR gets a folder for each part, with its log; DIR/*.pid say what runs. It needs redis-server, redis-cli, haproxy and
# `jiaohao` (JIAOHAO: another command for it). For machines of their own, take each part's command from here.
#
#   REDIS=single    one Redis that flushes every write (appendfsync always); `cluster`: three masters, a replica each
#   SERVERS=3       how many servers, nine at most
#   PORT=8000       HAProxy's; servers and Redis take the ports after it, up to PORT+40
#   HOST=127.0.0.1  address that HAProxy listens on
#   DEMO=           1: server 1 makes the demo's halls and writes everybody's credentials to DIR/server-1/demo.json
#   NODE_TIMEOUT=5000  ms after which the Cluster takes a silent master for dead
#
# What is set of JIAOHAO_… is passed on to the servers.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
PATH=$here/../.venv/bin:$PATH:/usr/sbin # what make installs, and where Debian has haproxy
command=${1:?"say what to do: up, run, down, start or wait"}
folder=${2:?"say in which folder"}
part=${3:-}
mkdir -p "$folder"
folder=$(CDPATH='' cd -- "$folder" && pwd -P)

: "${REDIS:=single}" "${SERVERS:=3}" "${PORT:=8000}" "${HOST:=127.0.0.1}" "${DEMO:=}" "${NODE_TIMEOUT:=5000}"
: "${JIAOHAO:=jiaohao}"
case $REDIS in
single) nodes=1 ;;
cluster) nodes=6 ;;
*) echo "REDIS is single or cluster, not $REDIS" >&2 && exit 2 ;;
esac
[ "$SERVERS" -le 9 ] || { echo "SERVERS is nine at most" >&2 && exit 2; }

redis_port() { echo $((PORT + 10 + $1)); }
server_port() { echo $((PORT + $1)); }
numbers() { seq 1 "$1"; }

parts() {
    for n in $(numbers "$nodes"); do echo "redis-$n"; done
    for n in $(numbers "$SERVERS"); do echo "server-$n"; done
    echo proxy
}

# Whether it lives: a process of that number in that folder. After the machine was started anew, somebody else may have it.
running() {
    [ -f "$folder/$1.pid" ] && [ "$(readlink "/proc/$(cat "$folder/$1.pid")/cwd")" = "$folder/$1" ]
}

# In the background and out of Ctrl-C's reach, in a folder of its own, with a log; DIR/PART.pid has its process.
begin() {
    name=$1
    shift
    mkdir -p "$folder/$name"
    (
        cd "$folder/$name"
        setsid "$@" >>"$folder/$name/log" 2>&1 </dev/null &
        echo $! >"$folder/$name.pid"
    )
}

start_redis() {
    port=$(redis_port "$1")
    set -- --port "$port" --bind 127.0.0.1 --dir "$folder/redis-$1" --appendonly yes --appendfsync always --save ''
    if [ "$REDIS" = cluster ]; then
        set -- "$@" --cluster-enabled yes --cluster-port $((port + 20)) --cluster-node-timeout "$NODE_TIMEOUT" \
            --cluster-require-full-coverage no --repl-diskless-sync-delay 0
    fi
    begin "redis-$((port - PORT - 10))" redis-server "$@"
}

start_server() {
    n=$1
    verb=serve
    { [ -z "$DEMO" ] || [ "$n" != 1 ]; } || verb=demo
    store=redis://127.0.0.1:$(redis_port 1)
    [ "$REDIS" = single ] || store=$store,127.0.0.1:$(redis_port 2),127.0.0.1:$(redis_port 3)
    # shellcheck disable=SC2086  # a command may have words
    JIAOHAO_STORE=$store JIAOHAO_ARCHIVE=${JIAOHAO_ARCHIVE:-$folder/archive} \
        JIAOHAO_DATA="$folder/server-$n" JIAOHAO_PORT=$(server_port "$n") \
        JIAOHAO_TRUSTED_PROXIES=127.0.0.1 begin "server-$n" $JIAOHAO $verb
}

# A line for each server, where haproxy.cfg wants them.
start_proxy() {
    mkdir -p "$folder/proxy"
    for n in $(numbers "$SERVERS"); do
        echo "    server server-$n 127.0.0.1:$(server_port "$n")"
    done >"$folder/proxy/servers.cfg"
    sed "/# SERVERS/r $folder/proxy/servers.cfg" "$here/haproxy.cfg" >"$folder/proxy/haproxy.cfg"
    BIND="$HOST:$PORT" begin proxy haproxy -db -f "$folder/proxy/haproxy.cfg"
}

start() {
    case $1 in
    redis-*) start_redis "${1#redis-}" ;;
    server-*) start_server "${1#server-}" ;;
    proxy) start_proxy ;;
    *) echo "there is no part $1" >&2 && exit 2 ;;
    esac
}

# Whether whoever listens at that address takes commands.
ready() {
    python3 -c '
import sys, urllib.request
try:
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=2)
except OSError:
    sys.exit(1)' "http://$1/readyz"
}

answers() {
    case $1 in
    redis-*) [ "$(redis-cli -p "$(redis_port "${1#redis-}")" ping 2>/dev/null)" = PONG ] ;;
    server-*) ready "127.0.0.1:$(server_port "${1#server-}")" ;;
    proxy) ready "$HOST:$PORT" ;;
    esac
}

await() {
    tries=600
    until answers "$1"; do
        running "$1" || { echo "$1 ended; see $folder/$1/log" >&2 && exit 1; }
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { echo "$1 does not answer; see $folder/$1/log" >&2 && exit 1; }
        sleep 0.1
    done
}

# Three masters and a replica each, once: the nodes remember it.
make_cluster() {
    [ ! -f "$folder/cluster" ] || return 0
    addresses=""
    for n in $(numbers "$nodes"); do addresses="$addresses 127.0.0.1:$(redis_port "$n")"; done
    # shellcheck disable=SC2086  # the addresses are words on purpose
    redis-cli --cluster create $addresses --cluster-replicas 1 --cluster-yes >"$folder/cluster.log"
    touch "$folder/cluster"
}

up() {
    for each in $(parts); do
        case $each in
        server-1)
            [ "$REDIS" = single ] || make_cluster
            ;;
        esac
        running "$each" || start "$each"
        case $each in
        redis-* | server-1) await "$each" ;; # the first server makes the demo's halls before the others come
        esac
    done
    for each in $(parts); do await "$each"; done
}

# Whatever was started here, also by other values of REDIS and SERVERS. Whoever writes before what is written to: a server
# that stops has something to say still.
down() {
    # shellcheck disable=SC2046  # names of parts are words
    stop $(started | grep -v redis)
    # shellcheck disable=SC2046
    stop $(started | grep redis)
}

started() {
    for file in "$folder"/*.pid; do
        [ ! -f "$file" ] || basename "$file" .pid
    done
}

stop() {
    for each in "$@"; do
        end "$each" TERM
    done
    for each in "$@"; do
        tries=100
        while running "$each"; do
            tries=$((tries - 1))
            [ $tries -gt 0 ] || end "$each" KILL # what was answered is on disk
            sleep 0.1
        done
        rm -f "$folder/$each.pid"
    done
}

end() {
    ! running "$1" || kill -s "$2" "$(cat "$folder/$1.pid")" 2>/dev/null || : # it ended meanwhile
}

case $command in
up) up ;;
run)
    trap 'down; exit 0' INT TERM
    up
    echo "http://$HOST:$PORT is ready: $SERVERS servers over a $REDIS Redis in $folder. Stop with Ctrl-C."
    while :; do sleep 1; done
    ;;
down) down ;;
start) start "$part" ;;
wait) await "$part" ;;
*) echo "say what to do: up, run, down, start or wait" >&2 && exit 2 ;;
esac
