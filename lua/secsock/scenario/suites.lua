--- Ready-made suites for anybody's program: what attackers do to STARTTLS and to TLS, case by case.
--
--     local scenario = require "secsock.scenario"
--
--     describe("msmtp", function()
--       scenario.suites.starttls_client {
--         protocol = "smtp",
--         client = { "msmtp", "--host=$name", "--port=$port", "--tls", "--tls-trust-file=$ca",
--           "--auth=plain", "--user=me", "--passwordeval=echo $secret", "--from=me@example",
--           "you@example", input = "Subject: hello\n\n$secret\n" },
--       }:each(it)
--     end)
--
--     print(scenario.suites.starttls_server { protocol = "imap", server = { port = 143 } }:run())
--
-- Whom to try is a program's words, a text for the shell, a host and a port, or an end of
-- secsock's: see secsock.scenario.suites.subject. In words, $port is where to connect or to listen,
-- $host is 127.0.0.1, $name whom the client is to find there, $ca a PEM file with the root that it
-- is to trust, $home an empty folder of its own and $secret what it is to tell nobody else: a
-- password, a user's name, the mail. A program runs with $home as its home.
--
-- What came out is evidence and no guess. A client is tried where all is right first: it must
-- complete the handshake and tell its secret there, else every case says "cannot judge". Then
-- "accepted" means that the attacker has got what the case says; "refused", that the attack has
-- reached the program and got nothing. The first connection counts; what a program tries after that
-- is not seen.
--
-- A suite has `cases`, `each(it)` for Busted, `try(name)` for one case, and `run(options)`. `only`
-- makes a smaller one: names of cases and of their classes.
local against_client = require "secsock.scenario.suites.against_client"
local against_server = require "secsock.scenario.suites.against_server"
local check = require "secsock.check"

---@class secsock.scenario.for_client
---@field client secsock.scenario.subject
---@field protocol? string    of secsock.starttls; to the validation suite also "https" or "tls"
---@field name? string        whom the client is to find: "localhost" unless said
---@field versions? string[]  of TLS, that the server speaks
---@field only? string|string[]  names and classes of cases: these alone

---@class secsock.scenario.for_server
---@field server secsock.scenario.subject
---@field protocol string
---@field name? string
---@field user? string      an account of whoever tries, and
---@field password? string  both without quotes and backslashes
---@field only? string|string[]

---@class secsock.scenario.suites
---@field starttls_client fun(from: secsock.scenario.for_client): secsock.scenario.suite
---@field starttls_server fun(from: secsock.scenario.for_server): secsock.scenario.suite
---@field tls_client_validation fun(from: secsock.scenario.for_client): secsock.scenario.suite

local SUBJECT = "string|table|function"
local for_client = {
  client = SUBJECT, protocol = "string", name = "string", versions = "table",
  only = "string|table",
}
local for_server = {
  server = SUBJECT, protocol = "string", name = "string", user = "string", password = "string",
  only = "string|table",
}

local function checked(make, run, options, known, needed)
  check.inner_options(options, known)
  for _, name in ipairs(needed) do
    if options[name] == nil then error(("option '%s' is missing"):format(name), 0) end
  end
  return make(run, options)
end

--- Makes the suites of what runs their scenarios.
---@param run fun(options: secsock.scenario.options): secsock.scenario.run
---@return secsock.scenario.suites
return function(run)
  local function maker(make, known, ...)
    local needed = { ... }
    return function(options)
      return (check.blame_caller(checked, make, run, options, known, needed))
    end
  end
  return {
    starttls_client = maker(against_client.starttls, for_client, "client", "protocol"),
    starttls_server = maker(against_server.starttls, for_server, "server", "protocol"),
    tls_client_validation = maker(against_client.validation, for_client, "client"),
  }
end
