--- Debian's programs, as clients for secsock.scenario.suites: how each is started, in texts for the
-- shell, with what it does by itself and with what its manual recommends.

-- A program that is given the name, the port, the root and the secret as its words.
local function with_words(program)
  return function(text)
    return { program[1], program[2], text, "$name", "$port", "$ca", "$secret" }
  end
end

local python = with_words { "python3", "-c" }
local perl = with_words { "perl", "-e" }

local BEGIN = [[
import sys, ssl, smtplib, imaplib, poplib, ftplib
name, port, ca, secret = sys.argv[1:]
port = int(port)
context = ssl.create_default_context(cafile=ca)
]]

local function smtplib(starttls)
  return python(BEGIN .. "s = smtplib.SMTP(name, port, \"client.example\", timeout=8)\n" .. starttls
    .. "\ns.login('me', secret)\ns.sendmail('me@a.example', ['you@a.example'], 'x')\ns.quit()")
end

local function imaplib(starttls)
  return python(BEGIN .. "s = imaplib.IMAP4(name, port, timeout=8)\n" .. starttls
    .. "\ns.login('me', secret)\ns.select()\ns.logout()")
end

local function poplib(stls)
  return python(BEGIN .. "s = poplib.POP3(name, port, timeout=8)\n" .. stls
    .. "\ns.user('me')\ns.pass_(secret)\ns.stat()\ns.quit()")
end

local function ftplib(options)
  return python(BEGIN .. "s = ftplib.FTP_TLS(timeout=8" .. options .. ")\ns.connect(name, port)\n"
    .. "s.login('me', secret)\ns.pwd()\ns.quit()")
end

local function python_socket(wrap)
  return python(BEGIN .. "import socket\ns = " .. wrap
    .. "\ns.sendall(b'GET /' + secret.encode() + b' HTTP/1.0\\r\\n\\r\\n')"
    .. "\nwhile s.recv(999): pass")
end

local function net_smtp(starttls)
  return perl("use Net::SMTP; my ($to, $at, $root, $word) = @ARGV;"
    .. "my $s = Net::SMTP->new($to, Port => $at, Timeout => 8) or die; " .. starttls
    .. " $s->auth('me', $word) or die; $s->mail('me@a.example'); $s->quit;")
end

local ruby = with_words { "ruby", "-e" }

local RUBY = "require 'net/smtp'; require 'net/imap'; name, port, ca, secret = ARGV; "

local function ruby_smtp(options, context)
  return ruby(RUBY .. "s = Net::SMTP.new(name, port.to_i); s.open_timeout = s.read_timeout = 8; "
    .. "store = OpenSSL::X509::Store.new; store.add_file(ca); " .. options .. context
    .. "s.start('me', 'me', secret, :plain) "
    .. "{ |t| t.sendmail('x', 'me@a.example', 'you@a.example') }")
end

local function ruby_imap(starttls)
  return ruby(RUBY .. "s = Net::IMAP.new(name, port: port.to_i, open_timeout: 8); " .. starttls
    .. "; s.login('me', secret); s.select('INBOX'); s.logout")
end

-- LuaSec as its documentation shows it, behind LuaSocket; what is read ahead stays in LuaSocket's
-- buffer.
local function luasec(options, check, hello, starttls, login)
  local text = ([[
local socket, ssl = require "socket", require "ssl"
local name, port, ca, secret = arg[1], arg[2], arg[3], arg[4]
local s = assert(socket.connect(name, port))
s:settimeout(8)
local function expect(last)
  repeat local line = assert(s:receive()) until line:find(last)
end
%s
%s
s = assert(ssl.wrap(s, { mode = "client", protocol = "any", %s }))
s:sni(name)
assert(s:dohandshake())
%s
%s
]]):format(hello, starttls, options, check, login)
  local run = 'printf %s "$0" >$home/client.lua; exec lua5.4 $home/client.lua "$@"'
  return { "sh", "-c", run, text,
    "$name", "$port", "$ca", "$secret" }
end

local function luasec_smtp(options, check)
  return luasec(options, check or "", 'expect "^220 " s:send "EHLO me\\r\\n" expect "^250 "',
    's:send "STARTTLS\\r\\n" expect "^220 "',
    's:send "EHLO me\\r\\n" expect "^250 " '
      .. 's:send("AUTH LOGIN\\r\\n") expect "^334" s:send("bWU=\\r\\n") expect "^334" '
      .. 's:send(secret .. "\\r\\n") expect "^235"')
end

local LUASEC_NAME = [[
local function matches(cert)
  for _, entry in pairs(cert:extensions()) do
    for _, dns in ipairs(entry.dNSName or {}) do
      if dns:lower() == name then return true end
    end
  end
end
assert(matches(s:getpeercertificate()), "another name")]]

-- What is typed: the secret, and what ends a conversation.
local farewell = { smtp = "QUIT\n", https = "\n" }

local function s_client(protocol, options)
  local input = "$secret\n" .. farewell[protocol]
  return { "sh", "-c", "openssl s_client -ign_eof -connect $name:$port -CAfile $ca " .. options,
    input = input }
end

local function gnutls_cli(protocol, options)
  return { "sh", "-c", "gnutls-cli --x509cafile $ca --port $port " .. options .. " $name",
    input = "$secret\n" .. farewell[protocol] }
end

local function curl(url, options)
  return "printf 'Subject: x\\r\\n\\r\\nx\\r\\n' | "
    .. "curl -sS --max-time 8 --cacert $ca -u me:$secret " .. url .. " " .. options
end

local function curl_smtp(options)
  return curl("smtp://$name:$port --mail-from me@a.example --mail-rcpt you@a.example -T -",
    options)
end

local function msmtp(options)
  return "printf 'Subject: x\\n\\nx\\n' | msmtp --host=$name --port=$port --auth=plain --user=me "
    .. "--passwordeval='echo $secret' --from=me@a.example --timeout=8 " .. options
    .. " you@a.example"
end

local function send_email(options)
  return "printf 'From: me@a.example\nSubject: x\n\nx\n' >$home/mail; cd $home; "
    .. "git -c user.name=me -c user.email=me@a.example " .. options .. " send-email "
    .. "--smtp-server=$name --smtp-server-port=$port --smtp-user=me --smtp-pass=$secret "
    .. "--smtp-encryption=tls --from=me@a.example --to=you@a.example --confirm=never "
    .. "--suppress-cc=all $home/mail"
end

local function s_nail(options)
  return "echo x | s-nail -:/ -Sv15-compat -Smta=smtp://me:$secret@$name:$port "
    .. "-Stls-ca-file=$ca -Ssmtp-auth=plain -Sfrom=me@a.example -Ssocket-connect-timeout=8 "
    .. options .. " -s x you@a.example"
end

local function sieve_connect(options)
  return "echo $secret >$home/word; sieve-connect --server $name --port $port --user me "
    .. "--passwordfd 3 --tlscafile $ca --list " .. options .. " 3<$home/word"
end

local function swaks(options)
  return "swaks --server $name:$port --to you@a.example --from me@a.example --auth PLAIN "
    .. "--auth-user me --auth-password $secret --timeout 8 " .. options
end

local function fetchmail(protocol, options)
  return "echo 'poll $name service $port protocol " .. protocol .. " auth password username me "
    .. "password $secret sslcertfile $ca " .. options .. "' | "
    .. "fetchmail --nosyslog --timeout 8 -m cat -f -"
end

local function mpop(options)
  return "mpop --host=$name --port=$port --auth=user --user=me --passwordeval='echo $secret' "
    .. "--delivery=mbox,$home/mbox --timeout=8 " .. options
end

-- Writes lines into a file of the program's home.
local function written(file, lines)
  return "printf '%s\\n' '" .. table.concat(lines, "' '") .. "' >$home/" .. file .. "; "
end

local function mbsync(type)
  return written("mbsyncrc", {
    "IMAPAccount a", "Host $name", "Port $port", "User me", "Pass $secret", "Timeout 8", type,
    "CertificateFile $ca", "", "IMAPStore far", "Account a", "", "MaildirStore near",
    "Path $home/", "Inbox $home/inbox", "", "Channel c", "Far :far:", "Near :near:",
  }) .. "mbsync -c $home/mbsyncrc c"
end

-- They want a terminal, and ask there what to do where something is wrong.
local function mutt(program, option)
  return written("muttrc", {
    "set imap_user=me imap_pass=$secret ssl_ca_certificates_file=$ca folder=$home", option,
    "push <quit>",
  }) .. "TERM=xterm timeout 5 script -qec '" .. program
    .. " -n -F $home/muttrc -f imap://$name:$port/' /dev/null </dev/null"
end

local function lftp(options)
  return "lftp -c 'set net:timeout 8; set net:max-retries 1; set ssl:ca-file $ca; " .. options
    .. "open -u me,$secret -p $port $name; pwd; quote PWD'"
end

local function ldapsearch(options)
  return "LDAPTLS_CACERT=$ca ldapsearch -x -D cn=me -w $secret -H ldap://$name:$port -s base "
    .. "-o nettimeout=8 " .. options
end

local function psql(mode)
  return "PGCONNECT_TIMEOUT=8 psql 'host=$name port=$port user=$secret dbname=x sslrootcert=$ca"
    .. mode .. "' -c 'select 1'"
end

local function mariadb(options)
  return "mariadb --no-defaults --protocol=tcp -h $name -P $port -u $secret --connect-timeout=8 "
    .. "--ssl-ca=$ca " .. options .. " -e 'select 1'"
end

-- --------------------------------------------------------------------------------------- all rows

local rows = {}

local function row(protocol, package, program, setting, client, name)
  local one = {
    protocol = protocol, package = package, program = program, setting = setting,
    client = client, name = name,
  }
  rows[#rows + 1] = one
  return one
end

local NO_NAME = "-verify_return_error"

row("smtp", "curl", "curl", "`--ssl`", curl_smtp "--ssl")
row("smtp", "curl", "curl", "`--ssl-reqd`", curl_smtp "--ssl-reqd")
row("smtp", "openssl", "openssl s_client", "by itself", s_client("smtp", "-starttls smtp"))
row("smtp", "openssl", "openssl s_client", "`-verify_return_error`",
  s_client("smtp", "-starttls smtp " .. NO_NAME))
row("smtp", "openssl", "openssl s_client", "… and `-verify_hostname`",
  s_client("smtp", "-starttls smtp -verify_hostname $name " .. NO_NAME))
row("smtp", "gnutls-bin", "gnutls-cli", "by itself", gnutls_cli("smtp", "--starttls-proto=smtp"))
row("smtp", "python3", "python3 smtplib", "`starttls()`", smtplib "s.starttls()")
row("smtp", "python3", "python3 smtplib", "`starttls(context=…)`",
  smtplib "s.starttls(context=context)")
row("smtp", "msmtp", "msmtp", "`--tls`, a trust file", msmtp "--tls --tls-trust-file=$ca")
row("smtp", "msmtp", "msmtp", "… `--tls-certcheck=off`", msmtp "--tls --tls-certcheck=off")
row("smtp", "swaks", "swaks", "`--tls-optional`", swaks "--tls-optional")
row("smtp", "swaks", "swaks", "`--tls`", swaks "--tls")
row("smtp", "swaks", "swaks", "`--tls --tls-verify`",
  swaks "--tls --tls-verify --tls-ca-path $ca")
row("smtp", "libio-socket-ssl-perl", "perl Net::SMTP", "`starttls`, unchecked",
  net_smtp "$s->starttls(SSL_ca_file => $root);")
row("smtp", "libio-socket-ssl-perl", "perl Net::SMTP", "`starttls or die`",
  net_smtp "$s->starttls(SSL_ca_file => $root) or die;")
row("smtp", "ruby", "ruby Net::SMTP", "`enable_starttls_auto`",
  ruby_smtp("s.enable_starttls_auto", "(Net::SMTP.default_ssl_context.tap { |c| "
    .. "c.cert_store = store }); "))
row("smtp", "ruby", "ruby Net::SMTP", "`enable_starttls`",
  ruby_smtp("s.enable_starttls", "(Net::SMTP.default_ssl_context.tap { |c| "
    .. "c.cert_store = store }); "))
row("smtp", "git-email", "git send-email", "`--smtp-encryption=tls`",
  send_email "-c sendemail.smtpsslcertpath=$ca")
row("smtp", "git-email", "git send-email", "… `smtpsslcertpath=`",
  send_email "-c sendemail.smtpsslcertpath=")
row("smtp", "s-nail", "s-nail", "`smtp-use-starttls`", s_nail "-Ssmtp-use-starttls")
row("smtp", "s-nail", "s-nail", "… `tls-verify=ignore`",
  s_nail "-Ssmtp-use-starttls -Stls-verify=ignore")
row("smtp", "lua-sec", "lua LuaSec", "by itself", luasec_smtp "")
row("smtp", "lua-sec", "lua LuaSec", '`verify = "peer"`',
  luasec_smtp 'verify = "peer", cafile = ca')
row("smtp", "lua-sec", "lua LuaSec", "… and the names read",
  luasec_smtp('verify = "peer", cafile = ca', LUASEC_NAME))

row("imap", "curl", "curl", "`--ssl`", curl("imap://$name:$port/INBOX", "--ssl"))
row("imap", "curl", "curl", "`--ssl-reqd`", curl("imap://$name:$port/INBOX", "--ssl-reqd"))
row("imap", "python3", "python3 imaplib", "`starttls()`", imaplib "s.starttls()")
row("imap", "python3", "python3 imaplib", "`starttls(context)`", imaplib "s.starttls(context)")
row("imap", "ruby", "ruby Net::IMAP", "`starttls(ca_file: …)`", ruby_imap "s.starttls(ca_file: ca)")
row("imap", "ruby", "ruby Net::IMAP", "`starttls(ca, false)`", ruby_imap "s.starttls(ca, false)")
row("imap", "isync", "mbsync", "`SSLType STARTTLS`",
  mbsync "SSLType STARTTLS")
row("imap", "fetchmail", "fetchmail", "by itself", fetchmail("imap", ""))
row("imap", "fetchmail", "fetchmail", '`sslproto "TLS1.2+"`',
  fetchmail("imap", 'sslproto "TLS1.2+"'))
row("imap", "mutt", "mutt", "by itself", mutt("mutt", ""))
row("imap", "mutt", "mutt", "`ssl_force_tls`", mutt("mutt", "set ssl_force_tls=yes"))
row("imap", "neomutt", "neomutt", "by itself", mutt("neomutt", ""))

row("pop3", "curl", "curl", "`--ssl`", curl("pop3://$name:$port/", "--ssl"))
row("pop3", "curl", "curl", "`--ssl-reqd`", curl("pop3://$name:$port/", "--ssl-reqd"))
row("pop3", "python3", "python3 poplib", "`stls()`", poplib "s.stls()")
row("pop3", "python3", "python3 poplib", "`stls(context)`", poplib "s.stls(context)")
row("pop3", "fetchmail", "fetchmail", "by itself", fetchmail("pop3", ""))
row("pop3", "fetchmail", "fetchmail", '`sslproto "TLS1.2+"`',
  fetchmail("pop3", 'sslproto "TLS1.2+"'))
row("pop3", "mpop", "mpop", "`--tls`, a trust file", mpop "--tls --tls-trust-file=$ca")

row("ftp", "curl", "curl", "`--ssl`", curl("ftp://$name:$port/x", "--ssl"))
row("ftp", "curl", "curl", "`--ssl-reqd`", curl("ftp://$name:$port/x", "--ssl-reqd"))
row("ftp", "python3", "python3 ftplib", "`FTP_TLS()`", ftplib "")
row("ftp", "python3", "python3 ftplib", "`FTP_TLS(context=…)`", ftplib ", context=context")
row("ftp", "lftp", "lftp", "by itself", lftp "")
row("ftp", "lftp", "lftp", "`ftp:ssl-force`", lftp "set ftp:ssl-force true; ")

row("sieve", "sieve-connect", "sieve-connect", "by itself", sieve_connect "")
row("sieve", "sieve-connect", "sieve-connect", "`--notlsverify`", sieve_connect "--notlsverify")

row("ldap", "ldap-utils", "ldapsearch", "`-Z`", ldapsearch "-Z", "127.0.0.1")
row("ldap", "ldap-utils", "ldapsearch", "`-ZZ`", ldapsearch "-ZZ", "127.0.0.1")

-- By its manual it tries again without TLS where a connection with TLS has failed.
row("postgres", "postgresql-client-15", "psql", "`sslmode=prefer`", psql "").unsure = {
  handshake_fails = true, issuer_unknown = true, self_signed = true, expired = true,
}
row("postgres", "postgresql-client-15", "psql", "`sslmode=require`, a root",
  psql " sslmode=require")
row("postgres", "postgresql-client-15", "psql", "`sslmode=verify-full`",
  psql " sslmode=verify-full")

row("mysql", "mariadb-client", "mariadb", "`--ssl`", mariadb "--ssl")
row("mysql", "mariadb-client", "mariadb", "`--ssl-verify-server-cert`",
  mariadb "--ssl-verify-server-cert")

row("https", "curl", "curl", "by itself",
  "curl -sS --max-time 8 --cacert $ca --resolve $name:$port:127.0.0.1 https://$name:$port/$secret")
row("https", "wget", "wget", "by itself",
  "wget -q -O - --tries=1 --timeout=8 --ca-certificate=$ca https://localhost:$port/$secret",
  "localhost")
row("https", "openssl", "openssl s_client", "by itself", s_client("https", ""))
row("https", "openssl", "openssl s_client", "`-verify_return_error`", s_client("https", NO_NAME))
row("https", "openssl", "openssl s_client", "… and `-verify_hostname`",
  s_client("https", "-verify_hostname $name " .. NO_NAME))
row("https", "gnutls-bin", "gnutls-cli", "by itself", gnutls_cli("https", ""))
row("https", "python3", "python3 ssl", "`create_default_context`", python_socket
  "context.wrap_socket(socket.create_connection((name, port), 8), server_hostname=name)")
row("https", "python3", "python3 ssl", "`SSLContext()`", python_socket
  "ssl.SSLContext().wrap_socket(socket.create_connection((name, port), 8), server_hostname=name)")

-- These show what comes, and do not judge whether it is all.
for _, one in ipairs(rows) do
  local shows = one.program == "openssl s_client" or one.program == "gnutls-cli"
  if one.protocol == "https" and shows then one.unsure = { cut = true } end
end

return rows
