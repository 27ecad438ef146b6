--- GnuTLS's gnutls-serv and gnutls-cli as peers, told what to do in secsock's own words.
local pki = require "spec.support.pki"
local process = require "spec.support.process"

local gnutls = {
  -- What its programs say when their peer shows no certificate, when they resume, when a connection
  -- ends orderly for the one or the other, and when it is cut.
  misses_certificate = {
    ["TLSv1.2"] = "No certificate was found", ["TLSv1.3"] = "Certificate is required",
  },
  resumed = "This is a resumed session",
  orderly = {
    client = "Peer has closed the GnuTLS connection",
    server = "Alert%[1|0%] %- Close notify %- was received",
  },
  cut = "The TLS connection was non%-properly terminated",
  -- The one alert that its client has for all certificates, and its server for all that it cannot
  -- agree on.
  complaint = "bad_certificate",
  refusal = "handshake_failure",
}

--- Peers with whom nobody can agree: what they have, how to start them, what we do, our alert.
gnutls.strangers = {
  { "TLS 1.0 only", { version = "TLSv1.0" }, {}, "protocol_version" },
  { "TLS 1.1 only", { version = "TLSv1.1" }, {}, "protocol_version" },
  { "RSA key exchange only", { version = "TLSv1.2", priority = "-KX-ALL:+RSA" }, {},
    "handshake_failure" },
  { "finite fields only", { version = "TLSv1.2", priority = "-KX-ALL:+DHE-RSA" }, {},
    "handshake_failure" },
  { "CBC ciphers only", { version = "TLSv1.2", priority = "-CIPHER-ALL:+AES-128-CBC" }, {},
    "handshake_failure" },
}

local groups = {
  X25519 = "X25519", ["P-256"] = "SECP256R1", ["P-384"] = "SECP384R1", ["P-521"] = "SECP521R1",
}

-- What a cipher suite is made of: its cipher, and under TLS 1.2 the key that it goes with.
local function parts(suite)
  local cipher = suite:match "AES_%d+_GCM" or "CHACHA20_POLY1305"
  return (cipher:gsub("_", "-")), suite:match "^TLS_ECDHE_(%u+)_WITH"
end

-- Priority strings: what is said first goes, then the one thing comes.
local function priority(is)
  local words = { "NORMAL" }
  local function only(kind, name)
    words[#words + 1] = ("-%s-ALL:+%s-%s"):format(kind, kind, name)
  end
  if is.version then only("VERS", (is.version:gsub("v", ""))) end
  if is.group then only("GROUP", groups[is.group]) end
  if is.cipher then
    local cipher, key = parts(is.cipher)
    words[#words + 1] = "-CIPHER-ALL:+" .. cipher
    if key then words[#words + 1] = "-KX-ALL:+ECDHE-" .. key end
  end
  words[#words + 1] = is.priority
  return table.concat(words, ":")
end

-- Adds words to a command.
local function add(command, ...)
  for i = 1, select("#", ...) do command[#command + 1] = (select(i, ...)) end
end

local function common(command, is)
  add(command, "--priority", priority(is), "--x509cafile", pki "ca.pem")
  if is.alpn then add(command, "--alpn", is.alpn) end
  if is.identity then
    add(command, "--x509certfile", pki(is.identity .. (is.alone and ".pem" or "-chain.pem")),
        "--x509keyfile", pki(is.identity .. ".key"))
  end
  for _, word in ipairs(is.words or {}) do add(command, word) end
  return command
end

--- Starts a server, which is at program.port and sends lines back. `clients`: that they "may" or
-- "must" show a certificate. It listens on every address: it cannot do otherwise.
function gnutls.server(is)
  -- It tells of alerts at this level of detail only.
  local command = common({ "gnutls-serv", "--port", 0, "--debug", 5 }, is)
  add(command, is.http and "--http" or "--echo")
  if is.clients then
    add(command, "--verify-client-cert")
  else
    add(command, "--disable-client-cert")
  end
  if is.clients == "must" then add(command, "--require-client-cert") end
  local program = process.start(command)
  program:expect "listening on IPv4 [^\n]+done\n"
  program.port, program.echoes = program:port(), true
  return program
end

--- Starts a client for a port. It trusts the specs' CA and looks for mail.example, which it says by
-- SNI, unless it is `anonymous`.
function gnutls.client(port, is)
  local command = common({ "gnutls-cli", "--port", port, "--verify-hostname", "mail.example",
                           "127.0.0.1" }, is)
  if is.anonymous then
    add(command, "--disable-sni")
  else
    add(command, "--sni-hostname", "mail.example")
  end
  command.listens = true
  return process.start(command)
end

--- Lets a client end its connection orderly.
function gnutls.leave(program)
  program:hangup()
end

--- A pattern for what a peer says that has agreed on these facts.
function gnutls.agreement(info)
  local description = ("(%s-X.509)-(ECDHE-%s)-(%s)-(%s)"):format(
    info.version:gsub("v", ""), groups[info.group], "SIGNATURE", (parts(info.cipher)))
  return (description:gsub("%W", "%%%0"):gsub("SIGNATURE", "[%%w-]+"))
end

--- A pattern for what a peer says that has been sent an alert.
function gnutls.alert(number)
  return ("[Aa]lert ?%%[2?|?%d%%]"):format(number)
end

return gnutls
