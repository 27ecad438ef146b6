# Prosody: an XMPP server for the domain chat.example, to clients only.
# shellcheck shell=sh disable=SC2034,SC2154
protocols=xmpp
user=prosody

configure() {
    install -d -o prosody -m 700 data
    cat >prosody.cfg.lua <<END
interfaces = { "127.0.0.1" }
c2s_ports = { $xmpp_port }
c2s_require_encryption = true
modules_enabled = { "saslauth", "tls" }
modules_disabled = { "s2s" }
data_path = "$PWD/data"
log = "*console"
ssl = { certificate = "$PWD/tls.pem", key = "$PWD/tls.key" }
VirtualHost "chat.example"
END
}

run() {
    exec setsid setpriv --reuid=prosody --regid=prosody --init-groups \
        env -i LC_ALL=C.UTF-8 PATH="$PATH" prosody -F --config "$PWD/prosody.cfg.lua"
}
