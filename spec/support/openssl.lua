--- OpenSSL's s_server and s_client as peers, told what to do in secsock's own words.
local pki = require "spec.support.pki"
local process = require "spec.support.process"

local openssl = {
  -- What its programs say when their peer shows no certificate, when they resume, when a connection
  -- ends orderly for the one or the other, and when it is cut.
  misses_certificate = {
    ["TLSv1.2"] = "peer did not return a certificate",
    ["TLSv1.3"] = "peer did not return a certificate",
  },
  resumed = "Reused session%-id",
  orderly = { client = "\nclosed\n", server = "\nDONE\n" },
  cut = "unexpected eof while reading",
}

local weak = { "-cipher", "DEFAULT@SECLEVEL=0" }

--- Peers with whom nobody can agree: what they have, how to start them, what we do, our alert.
openssl.strangers = {
  { "TLS 1.0 only", { words = { "-tls1", weak[1], weak[2] } }, {}, "protocol_version" },
  { "TLS 1.1 only", { words = { "-tls1_1", weak[1], weak[2] } }, {}, "protocol_version" },
  { "TLS 1.2 only where it must be 1.3", { version = "TLSv1.2" }, { versions = { "TLSv1.3" } },
    "protocol_version" },
  { "RSA key exchange only", { version = "TLSv1.2", words = { "-cipher", "AES128-GCM-SHA256" } },
    {}, "handshake_failure" },
  { "CBC ciphers only",
    { version = "TLSv1.2", words = { "-cipher", "ECDHE-RSA-AES128-SHA256" } }, {},
    "handshake_failure" },
  { "a curve only that is not wanted", { version = "TLSv1.2", group = "X25519" },
    { groups = "P-256" }, "handshake_failure" },
  { "a curve only that nobody has", { version = "TLSv1.2", group = "X448" }, {},
    "handshake_failure" },
}

-- What it calls the cipher suites of TLS 1.2; those of 1.3 have one name.
local ciphers = {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 = "ECDHE-ECDSA-AES128-GCM-SHA256",
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 = "ECDHE-ECDSA-AES256-GCM-SHA384",
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 = "ECDHE-ECDSA-CHACHA20-POLY1305",
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 = "ECDHE-RSA-AES128-GCM-SHA256",
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 = "ECDHE-RSA-AES256-GCM-SHA384",
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 = "ECDHE-RSA-CHACHA20-POLY1305",
}

-- Adds words to a command.
local function add(command, ...)
  for i = 1, select("#", ...) do command[#command + 1] = (select(i, ...)) end
end

-- What clients and servers have in common. `alone`: the certificate goes without its issuer.
-- `words` go through as they are.
local function common(command, is)
  if is.version then add(command, is.version == "TLSv1.3" and "-tls1_3" or "-tls1_2") end
  if is.cipher and ciphers[is.cipher] then
    add(command, "-cipher", ciphers[is.cipher])
  elseif is.cipher then
    add(command, "-ciphersuites", is.cipher)
  end
  if is.group then add(command, "-groups", is.group) end
  if is.alpn then add(command, "-alpn", is.alpn) end
  if is.identity then
    add(command, "-cert", pki(is.identity .. ".pem"), "-key", pki(is.identity .. ".key"))
    -- The issuers that are sent along come from here.
    if not is.alone then add(command, "-chainCAfile", pki(is.identity .. "-chain.pem")) end
  end
  for _, word in ipairs(is.words or {}) do add(command, word) end
  return command
end

--- Starts a server for one connection, which is at program.port. `clients`: that they "may" or
-- "must" show a certificate.
function openssl.server(is)
  local command = common({ "openssl", "s_server", "-accept", "127.0.0.1:0",
                           "-naccept", is.connections or 1 }, is)
  if is.clients then
    add(command, is.clients == "must" and "-Verify" or "-verify", 2, "-CAfile", pki "ca.pem",
        "-verify_return_error")
  end
  command.listens = true
  local program = process.start(command)
  program.port = tonumber((program:expect "ACCEPT %S*:(%d+)\n"))
  return program
end

--- Starts a client for a port. It trusts the specs' CA and looks for mail.example, which it says by
-- SNI, unless it is `anonymous`.
function openssl.client(port, is)
  local command = common({ "openssl", "s_client", "-connect", "127.0.0.1:" .. port,
                           "-CAfile", pki "ca.pem", "-verify_return_error",
                           "-verify_hostname", "mail.example" }, is)
  if is.anonymous then
    add(command, "-noservername")
  else
    add(command, "-servername", "mail.example")
  end
  command.listens = true
  return process.start(command)
end

--- Lets a client end its connection orderly.
function openssl.leave(program)
  program:write "Q\n"
end

--- A pattern for what a peer says that has agreed on these facts.
function openssl.agreement(info)
  local cipher = (ciphers[info.cipher] or info.cipher):gsub("%-", "%%-")
  return "C[iI][pP][hH][eE][rR] is " .. cipher .. "\n"
end

--- A pattern for what a peer says that has been sent an alert.
function openssl.alert(number)
  return ("SSL alert number %d\n"):format(number)
end

return openssl
