--- Suites that a server is tried with: it meets a client that does not keep to the protocol.
local lab = require "secsock.scenario.suites.lab"
local lines = require "secsock.scenario.suites.lines"
local messages = require "secsock.scenario.suites.messages"
local servers = require "secsock.scenario.suites.servers"
local starttls = require "secsock.starttls"
local subject = require "secsock.scenario.suites.subject"
local suite = require "secsock.scenario.suites.suite"
local visit = require "secsock.scenario.suites.visit"
local watched = require "secsock.scenario.suites.watched"

local ask, wait = watched.ask, watched.wait

-- ------------------------------------------------------------------------------------ both ends

-- What an end of secsock's does that has no script of its own.
local function server_script(protocol)
  return function(me)
    local ok, err, details = starttls[protocol].server(me.socket, messages.options[protocol])
    if not ok then me:fail(err, details) end
    if lines[protocol] then return visit.continue(me, lines[protocol]) end
    return messages.words[protocol].serve(me)
  end
end

-- The socket as a dialogue sees it. `asking(me)` runs before the request for TLS and may return
-- what follows it in the same segment; `upgrade(me)` takes the upgrade's place. The dialogue ends
-- there, and the socket stays open.
local function changed(me, words, client)
  local real, own = me.socket, {}
  function own.send(_, data)
    if data:find(words.ask, 1, true) then
      client.reached = true
      data = data .. (client.asking and client.asking(me) or "")
    end
    return real:send(data)
  end
  function own.upgrade()
    client.may = true
    if client.upgrade then
      client.upgrade(me)
    else
      client.secure = real:upgrade() ~= nil
    end
    return nil, "over", { message = "the dialogue ends here" }
  end
  own.close = function() return 1 end
  return setmetatable(own, { __index = function(_, name)
    local value = real[name]
    if type(value) ~= "function" then return value end
    return function(_, ...) return value(real, ...) end
  end })
end

-- ---------------------------------------------------------------------------------------- cases

local function first_line(text) return text:match "[^\r\n]*" end

local function begins(answer, patterns)
  for _, pattern in ipairs(patterns) do
    if answer:find(pattern) then return true end
  end
  return false
end

-- A case's `asking` and `upgrade` are the client's. What it has heard is `client.heard`: what
-- `after(me, words)` returns, which it does in TLS, or an answer in the clear. `shows` says why
-- that is what the attacker was after. A `possible` case returns whether it can be judged, and why
-- not.

---@class secsock.scenario.server_case: secsock.scenario.suite.case
---@field needs string        what the words of a protocol must have
---@field account? boolean    it takes a user and a password
---@type secsock.scenario.server_case[]
local cases = {
  {
    name = "command_injected", class = "command injection", needs = "extra",
    text = "a command follows the request for TLS in the same segment, in the clear",
    reference = "CVE-2011-0411, CVE-2021-23214; NO STARTTLS",
    judged = "it is answered in TLS, although nobody has said it there",
    asking = function(_, words) return words.extra end,
    after = function(me) return wait(me) end,
    shows = function(heard, control, words)
      local more = heard:sub(#control.unasked + 1)
      return more:find(words.taken) and "it answers in TLS what was said in the clear"
    end,
  },
  {
    name = "state_kept", class = "session fixation", needs = "before",
    text = "what is begun in the clear is gone on with in TLS",
    reference = "RFC 3207, section 4.2; NO STARTTLS",
    judged = "the second step is answered otherwise than without the first",
    asking = function(me, words)
      for _, command in ipairs(words.before) do ask(me, command) end
    end,
    after = function(me, words)
      ask(me, words.hello)
      return ask(me, words.probe)
    end,
    shows = function(heard, control)
      local fresh = control.fresh()
      local differs = heard ~= "" and fresh ~= "" and heard ~= fresh
      return differs and ('it answers "%s" and not "%s"'):format(first_line(heard),
        first_line(fresh))
    end,
  },
  {
    name = "hello_kept", class = "session fixation", needs = "second",
    text = "who has said hello in the clear does not say it in TLS",
    reference = "RFC 3207, section 4.2; NO STARTTLS",
    judged = "it is answered otherwise than who has never said it",
    after = function(me, words) return ask(me, words.second) end,
    shows = function(heard, control)
      local fresh = control.blunt()
      return heard ~= fresh and ('it answers "%s" and not "%s"'):format(first_line(heard),
        first_line(fresh))
    end,
    possible = function(control)
      return control.blunt() ~= "", "it gives TLS to nobody who has not said hello"
    end,
  },
  {
    name = "login_kept", class = "session fixation", needs = "enter", account = true,
    text = "somebody logs in in the clear, and asks for TLS then",
    reference = "RFC 9051, section 6.2.1; RFC 2595, section 4; NO STARTTLS",
    judged = "whoever goes on in TLS is logged in",
    asking = function(me, _, _, self) self:enter(me) end,
    after = function(me, words)
      ask(me, words.hello)
      return ask(me, words.inside)
    end,
    shows = function(heard, _, words)
      return heard:find(words.is_inside) and ('it answers "%s"'):format(first_line(heard))
    end,
    possible = function(control, words)
      local outside, inside = control.outside(), control.inside()
      return inside:find(words.is_inside) and not outside:find(words.is_inside),
        "nobody can log in so in TLS"
    end,
  },
  {
    name = "twice", class = "session fixation", needs = "go",
    text = "TLS is asked for in TLS",
    reference = "RFC 3207, section 4.2",
    judged = "it gives the go-ahead",
    after = function(me, words)
      ask(me, words.hello)
      return ask(me, words.again or words.ask)
    end,
    shows = function(heard, _, words)
      return heard:find(words.go) and "it gives the go-ahead in TLS"
    end,
  },
  {
    name = "login_in_clear", class = "plaintext", needs = "login",
    text = "somebody logs in before the upgrade",
    reference = "RFC 8314, section 4.1; RFC 2595, section 2.3",
    judged = "the password is looked at: the answer is the same as in TLS",
    asking = function(me, words, client)
      client.heard = ask(me, words.login)
    end,
    shows = function(heard, control)
      return heard == control.login()
        and ('it answers "%s" in the clear'):format(first_line(heard))
    end,
    possible = function(control, words)
      return begins(control.login(), words.judged), "it does not judge passwords in TLS either"
    end,
  },
  {
    name = "clear_after_go", class = "plaintext", needs = "extra",
    text = "a command comes in the clear where the handshake should begin",
    reference = "RFC 3207, section 4.1; CVE-2023-40217",
    judged = "it is answered as a command",
    upgrade = function(me, words, client)
      client.heard = ask(me, words.hello)
    end,
    shows = function(heard, _, words)
      return heard:find(words.answered) and "it answers in the clear"
    end,
  },
}

-- -------------------------------------------------------------------------------------- judging

local against = {}
against.__index = against

local PATIENCE = 10 -- seconds that the client waits for a server to say something

-- A client that asks for TLS at once, without a hello.
local function ask_bluntly(me, words, client)
  client.reached = me.socket:receive "*l" ~= nil
  client.may = ask(me, words.ask):find(words.go) ~= nil
  client.secure = client.may and me.socket:upgrade() ~= nil
end

local function client_script(self, case, client)
  local words = self.words
  return function(me)
    if case.blunt then
      ask_bluntly(me, words, client)
    else
      starttls[self.protocol].client(changed(me, words, client), { peername = self.lab.name })
    end
    if client.secure and case.after then client.heard = case.after(me, words, self) end
    me:close()
  end
end

-- Runs a client: what it has heard, and the run.
local function perform(self, case)
  local words = self.words
  local client = {}
  client.asking = case.asking and function(me) return case.asking(me, words, client, self) end
  client.upgrade = case.upgrade and function(me) return case.upgrade(me, words, client) end
  local ok, run = pcall(function()
    local server = subject.as_end(self.server, self.lab, {
      identity = self.lab.ca:make(self.lab:description()), script = server_script(self.protocol),
    })
    return self.run { server = server, client = {
      timeout = PATIENCE, hook = function() return true end,
      script = client_script(self, case, client),
    } }
  end)
  self.lab:close()
  if not ok then error(run, 0) end
  return client, run
end

-- What is heard by a well-behaved client that does `after` in TLS.
local function heard_by(self, after, blunt)
  local heard
  return function()
    heard = heard or perform(self, { after = after, blunt = blunt }).heard or ""
    return heard
  end
end

--- Logs in.
function against:enter(me)
  local heard
  for _, command in ipairs(self.words.enter(self.user, self.password)) do
    heard = ask(me, command)
  end
  return heard
end

-- What the cases compare with.
local function add_controls(self)
  local function saying(name)
    return function(me, words)
      ask(me, words.hello)
      return ask(me, words[name])
    end
  end
  self.fresh = heard_by(self, saying "probe")
  self.login = heard_by(self, saying "login")
  self.outside = heard_by(self, saying "inside")
  self.inside = heard_by(self, function(me, words)
    ask(me, words.hello)
    self:enter(me)
    return ask(me, words.inside)
  end)
  self.blunt = heard_by(self, function(me, words) return ask(me, words.second) end, true)
end

-- What a well-behaved client hears: of itself, in answer to a step without the one before it, and
-- to a wrong password.
local function control(self)
  local client, run = perform(self, { after = function(me, words)
    self.unasked = wait(me)
    return ask(me, words.hello)
  end })
  if not client.reached then return "it does not offer TLS", run end
  if not client.secure then return "the handshake fails", run end
  if not client.heard:find(self.words.answered) then
    return "it does not answer in TLS", run
  end
  return nil, run
end

local function attempt(self, case)
  local possible, why_not = true, nil
  if case.possible then possible, why_not = case.possible(self, self.words) end
  if not possible then return "cannot judge", why_not end
  local client, run = perform(self, case)
  if not client.reached then
    return "cannot judge", "the attack could not reach it", run
  end
  if client.heard == "" and case.name == "login_in_clear" then
    return "cannot judge", "it does not answer in the clear", run
  end
  local why = client.heard and case.shows(client.heard, self, self.words)
  if why then return "accepted", why, run end
  local how = client.heard and "it does not take it" or client.may and "the handshake fails"
  return "refused", how or "it does not give TLS then", run
end

--- Throws without a place.
function against.starttls(run, options)
  local words = servers[options.protocol]
  if not words then
    error(("option 'protocol': there is no '%s'"):format(options.protocol), 0)
  end
  local self = setmetatable({
    run = run, server = options.server, protocol = options.protocol, words = words,
    lab = lab.new(options.name or "localhost"), user = options.user, password = options.password,
  }, against)
  add_controls(self)
  local own = {}
  for _, case in ipairs(cases) do
    local applies = not case.account or (options.user and options.password)
    if words[case.needs] and applies then own[#own + 1] = case end
  end
  return suite.new {
    title = "STARTTLS server, " .. options.protocol, cases = own, only = options.only,
    control = function() return control(self) end,
    attempt = function(case) return attempt(self, case) end,
  }
end

return against
