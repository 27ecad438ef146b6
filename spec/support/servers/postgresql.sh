# PostgreSQL: everyone on this machine may log in, but only over TLS.
# shellcheck shell=sh disable=SC2034,SC2154
protocols=postgres
user=postgres
signal=INT # the fast shutdown; TERM would wait for the clients

as_postgres() {
    setpriv --reuid=postgres --regid=postgres --init-groups env -i LC_ALL=C.UTF-8 "$@"
}

configure() {
    bin=$(find /usr/lib/postgresql -name postgres -path '*/bin/*' | sort -V | tail -n 1)
    bin=${bin%/*}
    install -d -o postgres -m 700 data
    as_postgres "$bin/initdb" --no-sync --auth=trust --username=demo --encoding=UTF8 -D data
    cat >>data/postgresql.conf <<END
listen_addresses = '127.0.0.1'
port = $postgres_port
unix_socket_directories = ''
fsync = off
ssl = on
ssl_cert_file = '$PWD/tls.pem'
ssl_key_file = '$PWD/tls.key'
END
    echo 'hostssl all all 127.0.0.1/32 trust' >data/pg_hba.conf
}

run() {
    exec setsid setpriv --reuid=postgres --regid=postgres --init-groups \
        env -i LC_ALL=C.UTF-8 "$bin/postgres" -D data
}
