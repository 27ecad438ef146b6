--- Suites that a client is tried with: it meets a server that is not what it should be.
local validation = require "secsock.scenario.suites.validation"
local client_cases = require "secsock.scenario.suites.clients"
local direct = require "secsock.scenario.suites.direct"
local lab = require "secsock.scenario.suites.lab"
local lines = require "secsock.scenario.suites.lines"
local messages = require "secsock.scenario.suites.messages"
local relay = require "secsock.scenario.relay"
local starttls = require "secsock.starttls"
local subject = require "secsock.scenario.suites.subject"
local suite = require "secsock.scenario.suites.suite"
local visit = require "secsock.scenario.suites.visit"

local against = {}
against.__index = against

local PATIENCE = 15 -- seconds that the server waits for a client to say something

-- ------------------------------------------------------------------------------------ both ends

-- What the server does in a run.
local function server_script(self, twist, seen)
  local protocol = self.protocol
  if direct[protocol] then return direct[protocol] end
  return function(me)
    if lines[protocol] then return visit.serve(me, lines[protocol], twist, seen) end
    return messages.serve(me, protocol, twist, seen)
  end
end

-- What an end of secsock's does that has no script of its own.
local function client_script(self)
  local protocol = self.protocol
  return function(me)
    if direct[protocol] then
      me:upgrade()
      me:say(self.lab.secret .. "\r\n")
      me:receive "*a"
    else
      local ok, err, details = starttls[protocol].client(me.socket)
      if not ok then me:fail(err, details) end
      me:say(self.lab.secret)
    end
    me:close()
  end
end

-- Another server, which is nobody's but counts who comes.
local function other_server(twist, seen)
  local listener = assert(relay.listen())
  twist.elsewhere = "127.0.0.1:" .. select(2, listener:getsockname())
  return function()
    local visitor = listener:accept()
    seen.went = visitor ~= nil
    if visitor then visitor:close() end
    listener:close()
  end
end

-- Runs a case: what was seen, and the run.
local function perform(self, twist, case)
  local seen = { clear = {}, struck = false }
  local count = case and case.elsewhere and other_server(twist, seen) or function() end
  local server = case and case.server and case.server(self.lab, self.version)
    or { identity = self.lab.ca:make(self.lab:description()) }
  server.versions, server.timeout = self.versions, PATIENCE
  server.script = server_script(self, twist, seen)
  local ok, run = pcall(function()
    local client = subject.as_end(self.client, self.lab, {
      trust = self.lab.ca, peername = self.lab.name, versions = self.versions,
      script = client_script(self),
    })
    return self.run { client = client, server = server, wire = case and case.wire }
  end)
  self.lab:close()
  count()
  if not ok then error(run, 0) end
  local received = run.server.received
  seen.secure, seen.ok, seen.after = run.server.secure, run.client.ok == true, received.after
  seen.told_before = self.lab:is_told(received.before)
  seen.told = self.lab:is_told(received.after)
  if self.weak then seen.told = received.after ~= "" end
  return seen, run
end

-- -------------------------------------------------------------------------------------- judging

-- Why a client that has met nothing wrong has not done well. From one whose secret is not seen
-- then, whatever it says in TLS is taken for it, unless it was given one.
local function control(self)
  local seen, run = perform(self, {})
  if seen.clear[1] or seen.told_before then
    return "it says in the clear what is for the server alone", run
  elseif not seen.secure then
    return "it does not complete the handshake", run
  elseif not seen.told and (subject.has_secret(self.client) or seen.after == "") then
    return "it does not say what is for the server", run
  end
  self.weak = not seen.told
  self.ends_well = seen.ok
  self.version = run.server.info.version:match "1%.%d"
  return nil, run
end

-- Why a case cannot be judged, or nil.
local function obstacle(self, case)
  if case.ends_well and not self.ends_well then
    return "it does not end well even where all is right"
  elseif case.server and not self:takes_right() then
    return "it does not take a right certificate either from whoever shows the wrong ones"
  end
  return case.obstacle and case.obstacle(self, lines[self.protocol])
end

local function attempt_once(self, case)
  local twist = case.twist and case.twist(lines[self.protocol] or messages.words[self.protocol])
  local seen, run = perform(self, twist or {}, case)
  if case.twist and next(twist) and not seen.struck then
    return "cannot judge", "it left before the attack could reach it", run
  end
  local why = case.shows(seen, self, lines[self.protocol])
  if why then return "accepted", why, run end
  return "refused", run.client.err or "the attacker gets nothing", run
end

-- The attacker needs one success.
local function attempt(self, case)
  local why_not = obstacle(self, case)
  if why_not then return "cannot judge", why_not end
  local verdict, why, run
  for _ = 1, case.tries or 1 do
    verdict, why, run = attempt_once(self, case)
    if verdict ~= "refused" then break end
  end
  return verdict, why, run
end

--- Whether the client tells its secret to who shows a right certificate as they do wrong ones.
function against:takes_right()
  if self.right == nil then self.right = perform(self, {}, validation.right).told end
  return self.right
end

--- What the client says in TLS to a server that says nothing there, or nothing but a text.
---@param said true|string
function against:silent(said)
  self.unanswered[said] = self.unanswered[said] or perform(self, { silent = said })
  return self.unanswered[said]
end

--- What the client does where a way to log in is offered nowhere.
function against:unoffered(secured)
  self.without = self.without or perform(self, { secured = secured })
  return self.without
end

local function make(run, options, title, cases)
  local self = setmetatable({
    run = run, client = options.client, protocol = options.protocol, versions = options.versions,
    lab = lab.new(options.name or "localhost"), unanswered = {},
  }, against)
  local own = {}
  for _, case in ipairs(cases) do
    local applies = not case.applies or case.applies(self)
    if applies then own[#own + 1] = case end
  end
  return suite.new {
    title = ("%s, %s"):format(title, options.protocol), cases = own, only = options.only,
    control = function() return control(self) end,
    attempt = function(case) return attempt(self, case) end,
  }
end

-- ------------------------------------------------------------------------------------- the suites

local function known_protocol(name, ...)
  for _, list in ipairs { ... } do
    if list[name] then return end
  end
  error(("option 'protocol': there is no '%s'"):format(name), 0)
end

--- Throws without a place, as does what follows.
function against.starttls(run, options)
  known_protocol(options.protocol, starttls)
  local service = lines[options.protocol] or messages.words[options.protocol]
  local cases = {}
  for _, case in ipairs(client_cases) do
    if case.twist(service) then cases[#cases + 1] = case end
  end
  return make(run, options, "STARTTLS client", cases)
end

function against.validation(run, options)
  options.protocol = options.protocol or "tls"
  known_protocol(options.protocol, starttls, direct)
  return make(run, options, "TLS client", validation.all)
end

return against
