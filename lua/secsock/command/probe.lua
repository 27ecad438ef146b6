--- secsock probe: asks a server for TLS, and shows who answers.
local secsock = require "secsock"
local starttls = require "secsock.starttls"
local facts = require "secsock.command.facts"
local farewell = require "secsock.command.farewell"
local json = require "secsock.command.json"
local settings = require "secsock.command.settings"
local show = require "secsock.command.show"
local status = require "secsock.command.status"
local target = require "secsock.command.target"
local terminal = require "secsock.command.terminal"
local trace = require "secsock.command.trace"

local TIMEOUT = 10
local FAREWELL = 1 -- seconds that a server gets to say what it thinks of us

local probe = {
  name = "probe",
  summary = "ask a server for TLS, and show who answers",
  usage = "[OPTION]... URL",
  arguments = { 1, 1 },
  about = {
    "Connects to the server that URL names, as in smtp://mail.example:25, asks for TLS in its "
      .. "protocol, and shows what is said in the clear, what is negotiated, the certificates, "
      .. "what is wrong with them, and what is said under protection. The port may be left out. "
      .. "The schemes: " .. table.concat(target.schemes(), ", ") .. ". With tls, which is meant "
      .. "where there is no scheme, TLS comes at once.",
    "The exit status is the verdict. So as to see everything, the handshake is completed with a "
      .. "server that is not trusted, too; but not with --cert or --store, lest a stranger learn "
      .. "who asks.",
    "In JSON there are url, host, port, outcome (trusted, untrusted, unreachable, unsecured) and "
      .. "dialogue; and, as far as it came to that, protocol, address, negotiated, verdict, and "
      .. "error with its word and message. Other keys may be added.",
  },
  groups = {
    { "What is asked",
      { "name", "NAME", "whom the certificate should be issued for; the host unless said" },
      { "domain", "DOMAIN", "XMPP: the domain that is asked for; NAME unless said" },
      settings.timeout, settings.capture },
    settings.judging,
    settings.offering,
    settings.identity,
    { "How to tell it", settings.json, settings.pem },
  },
  examples = {
    { "secsock probe smtp://mail.example", "a mail server, judged by the system's certificates" },
    { "secsock probe postgres://127.0.0.1 --name db.example --trust ca.pem",
      "a database, by its address, judged by one's own" },
    { "secsock probe https://www.example --tls 1.2 --json", "as JSON, under TLS 1.2" },
  },
}

-- --------------------------------------------------------------------------------- how it is told

-- For people: at once.
local function shown(where, options)
  local protected = false
  return {
    connected = function(address, port)
      show.title("%s (%s)", where.url, show.end_of(address, port))
    end,
    said = function(secure, who, text)
      if secure and not protected then show.title "Under protection" end
      protected = secure
      show.said(who, text)
    end,
    judged = function(verdict, info)
      if info then show.negotiated(info) end
      show.verdict(verdict, options.pem)
    end,
    failed = function(_, details) terminal.complain("secsock probe: %s", details.message) end,
    ended = function() end,
  }
end

-- For programs: in the end.
local function collected(where, options)
  local result = {
    url = where.url, host = where.host, port = where.port, protocol = where.dialogue,
    dialogue = json.list(),
  }
  return {
    connected = function(address) result.address = address end,
    said = function(secure, who, text)
      table.insert(result.dialogue, { from = who, text = text, secure = secure })
    end,
    judged = function(verdict, info)
      result.verdict = facts.verdict(verdict, options.pem)
      result.negotiated = facts.negotiated(info)
    end,
    failed = function(err, details) result.error = facts.failure(err, details) end,
    ended = function(outcome)
      result.outcome = outcome
      settings.tell_json(result)
    end,
  }
end

-- ------------------------------------------------------------------------------------- the steps

-- A hook that goes on with everybody.
local function see_all() return true end

-- What makes the connection secure: a dialogue, or the upgrade alone.
local function upgrade(s, where, domain)
  if not where.dialogue then return s:upgrade() end
  return starttls[where.dialogue].client(s, where.dialogue == "xmpp" and { domain = domain } or nil)
end

-- Says goodbye. A server that misses a client's certificate may say so only now (TLS 1.3).
local function leave(s)
  local err, details = farewell(s, FAREWELL)
  if err == "alert" then return nil, err, details end
  return true
end

local function talk(s, where, options, tell)
  local dialogue = trace.follow(s, where.dialogue, function(who, text, secure)
    tell.said(secure, who, text)
  end, function(ok)
    local verdict = s:verdict()
    if verdict then tell.judged(verdict, ok and s:info()) end
  end)
  local done, err, details = upgrade(s, where, options.domain or options.name)
  dialogue:finish()
  if done then done, err, details = leave(s) end
  s:close()
  return done, err, details
end

-- How it ended, in the name of a status.
local function outcome_of(s, done)
  local verdict = s:verdict()
  if verdict and not verdict:ok() then return "untrusted" end
  return done and "trusted" or "unsecured"
end

function probe.run(options, arguments)
  local where = target.parse(arguments[1])
  local tell = (options.json and collected or shown)(where, options)
  local s = status.attempt(secsock.new, {
    config = settings.config(options),
    defer = true,
    peername = options.name or where.host,
    hook = not (options.cert or options.store) and see_all or nil,
    timeout = options.time_out or TIMEOUT,
  })
  local finish_capture = settings.record(s, options, where.dialogue)
  local outcome = "unreachable"
  local done, err, details = s:connect(where.host, where.port)
  if done then
    tell.connected(s:getpeername())
    done, err, details = talk(s, where, options, tell)
    outcome = outcome_of(s, done)
  end
  if not done then tell.failed(err, details) end
  tell.ended(outcome)
  finish_capture()
  return status[outcome]
end

return probe
