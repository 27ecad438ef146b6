--- secsock serve: a server for trying clients with.
local secsock = require "secsock"
local starttls = require "secsock.starttls"
local facts = require "secsock.command.facts"
local farewell = require "secsock.command.farewell"
local settings = require "secsock.command.settings"
local show = require "secsock.command.show"
local status = require "secsock.command.status"
local target = require "secsock.command.target"
local terminal = require "secsock.command.terminal"
local trace = require "secsock.command.trace"

local TIMEOUT, PIECE = 10, 16384

local serve = {
  name = "serve",
  summary = "serve TLS, for trying clients with",
  usage = "[OPTION]... --cert FILE | --store FOLDER",
  arguments = { 0, 0 },
  about = {
    "Serves one connection after the other, and shows what is said in the clear, what is "
      .. "negotiated, and who the client is. Then it sends back whatever it receives, or sends "
      .. "what it is told to and ends the connection.",
    "It ends after as many connections as --count says. The exit status is then 0 if all of them "
      .. "became secure, 1 if a client was not trusted, and 4 if anything else failed.",
  },
  groups = {
    { "Where and how",
      { "host", "ADDRESS", "where to listen; 127.0.0.1 unless said, * for everywhere" },
      { "port", "PORT", "where to listen; 8443 unless said, 0 for a free one" },
      { "protocol", "NAME", "the dialogue before TLS; none unless said",
        of = target.schemes(true) },
      { "answer", "TEXT", "send this to each client" },
      { "answer-file", "FILE", "send what is in this file" },
      { "count", "NUMBER", "how many connections to serve" },
      settings.timeout, settings.capture },
    settings.identity,
    { "Clients",
      { "client-auth", "MODE", "what to ask of clients; none unless said",
        of = { "none", "request", "verify", "require" } } },
    settings.judging,
    settings.offering,
    { "What else to send",
      { "ocsp", "FILE", "the OCSP response to staple, in DER" } },
  },
  examples = {
    { "secsock serve --cert server.pfx --protocol smtp --port 2525",
      "a mail server that can do nothing but STARTTLS" },
    { "secsock serve --cert server.pem --client-auth require --trust ca.pem",
      "one that wants to know its clients" },
  },
}

-- ----------------------------------------------------------------------------------- what is said

-- Sends back what comes, as it comes; how many bytes.
local function echo(s, timeout)
  local count = 0
  while true do
    s:settimeout(timeout)
    local first, err = s:receive(1)
    if not first then return count, err end
    s:settimeout(0)
    local more, _, partial = s:receive(PIECE - 1)
    local piece = first .. (more or partial)
    s:settimeout(timeout)
    local sent, why = s:send(piece)
    if not sent then return count, why end
    count = count + #piece
  end
end

-- Sends an answer and its end. What the client still says is read, for it would lose the answer
-- otherwise.
local function answer(s, text, timeout)
  local sent, err = s:send(text)
  if sent then err = farewell(s, timeout) end
  return sent and #text or 0, err
end

local function finish(s, text, timeout)
  local count, err
  if text then
    count, err = answer(s, text, timeout)
  else
    count, err = echo(s, timeout)
  end
  local words = { closed = "the client ended it", timeout = "the client was silent for too long" }
  terminal.say("--- %d bytes %s; %s", count, text and "sent" or "sent back", words[err] or err)
  return words[err] ~= nil
end

-- ------------------------------------------------------------------------------- one connection

-- For MySQL, what the client is to scramble its password with: 20 random bytes, none of them zero.
local function scramble()
  local file = status.check(io.open("/dev/urandom", "rb"))
  local bytes = ""
  while #bytes < 20 do bytes = bytes .. file:read(20):gsub("%z", "") end
  file:close()
  return bytes:sub(1, 20)
end

local function upgrade(s, protocol)
  if not protocol then return s:upgrade() end
  return starttls[protocol].server(s, protocol == "mysql" and { scramble = scramble() } or nil)
end

-- Whether the client has shown, or missed, what it is not trusted for.
local function is_untrusted(s)
  local verdict = s:verdict()
  return verdict ~= nil and not verdict:ok() and (#verdict:chain() > 0 or s:state() == "failed")
end

local function show_client(s)
  local info, verdict = s:info(), s:verdict()
  if info then show.negotiated(info) end
  if verdict and (#verdict:chain() > 0 or not verdict:ok()) then show.verdict(verdict) end
end

-- How it ended, in the name of a status.
local function serve_one(s, options, protocol, text)
  show.title("--- a client: %s", show.end_of(s:getpeername()))
  local timeout = options.time_out or TIMEOUT
  s:settimeout(timeout)
  local untrusted
  local dialogue = trace.follow(s, protocol, show.said, function()
    untrusted = is_untrusted(s)
    show_client(s)
  end)
  local ok, err, details = upgrade(s, protocol)
  dialogue:finish()
  if ok then
    ok = finish(s, text, timeout)
  else
    terminal.say("--- it failed: %s", terminal.harmless(facts.failure(err, details).message))
  end
  s:close()
  return untrusted and "untrusted" or ok and "trusted" or "unsecured"
end

-- ------------------------------------------------------------------------------------- the server

local function listen(options)
  if not (options.cert or options.store) then
    status.stop("usage", "whose certificate? Say --cert or --store")
  end
  local listener = status.attempt(secsock.new, {
    config = settings.config(options, { clientauth = options.client_auth, staple = options.ocsp }),
    defer = true,
  })
  local ok, _, details = listener:listen(options.host or "127.0.0.1", options.port or 8443)
  if not ok then status.stop("unreachable", "%s", details.message) end
  return listener
end

local function text_of(options)
  if not options.answer_file then return options.answer end
  if options.answer then status.stop("usage", "--answer and --answer-file exclude each other") end
  return terminal.read(options.answer_file)
end

function serve.run(options)
  local protocol = options.protocol and target.dialogue(options.protocol)
  local text = text_of(options)
  local listener = listen(options)
  local finish_capture = settings.record(listener, options, protocol)
  terminal.say("--- listening on %s port %d", listener:getsockname())
  local worst, served = status.trusted, 0
  while served ~= options.count do
    local s, _, details = listener:accept()
    if not s then status.stop("unreachable", "%s", details.message) end
    local outcome = serve_one(s, options, protocol, text)
    if worst ~= status.untrusted and outcome ~= "trusted" then worst = status[outcome] end
    served = served + 1
  end
  finish_capture()
  return worst
end

return serve
