--- Clients and servers with the faults that secsock.scenario.suites looks for: secsock's dialogues,
-- on sockets that do what they should not.
local secsock = require "secsock"
local lines = require "secsock.scenario.suites.lines"
local messages = require "secsock.scenario.suites.messages"
local starttls = require "secsock.starttls"

local careless = {}

-- ------------------------------------------------------------------------------ sockets gone wrong

-- A socket as a dialogue sees it, with methods of its own; it stays open.
local function wrapped(real, own)
  own.close = function() return 1 end
  return setmetatable(own, { __index = function(_, name)
    local value = real[name]
    if type(value) ~= "function" then return value end
    return function(_, ...) return value(real, ...) end
  end })
end

-- All that is there to be read, at least one byte; nil at the end.
local function read_all(socket)
  local first = socket:receive(1)
  if not first then return nil end
  local block, total = socket:gettimeout()
  socket:settimeout(0)
  local _, _, more = socket:receive(65536)
  socket:settimeout(block, "b")
  socket:settimeout(total, "t")
  return first .. (more or "")
end

-- Reads ahead, and keeps what it has over the upgrade; or what `kept` makes of it.
local function greedy(real, kept)
  local buffer = ""
  return wrapped(real, {
    receive = function(_, count)
      while #buffer < count do
        local more = read_all(real)
        if not more then return nil, "closed", "" end
        buffer = buffer .. more
      end
      local data = buffer:sub(1, count)
      buffer = buffer:sub(count + 1)
      return data
    end,
    upgrade = function()
      local ok, err, details = real:upgrade()
      if kept then buffer = kept(buffer) end
      return ok, err, details
    end,
    -- What it has read, but for the handshake that begins in it.
    kept = function()
      local plain, hello = buffer:match "^(.-)(\22\3.*)$"
      return plain or buffer, hello
    end,
  })
end

local tunnel = {}
tunnel.__index = tunnel

-- Calls a method of the inner socket until it need not wait any more.
local function pumped(self, method, ...)
  while true do
    local data, err = method(self.inner, ...)
    self.real:send(self.inner:drain() or "")
    if data or err ~= "timeout" then return data, err end
    local more = read_all(self.real)
    if not more then return nil, "closed" end
    self.inner:feed(more)
  end
end

function tunnel:send(data) return pumped(self, self.inner.send, data) end

function tunnel:receive(count)
  if count then return pumped(self, self.inner.receive, count) end
  local line = {}
  repeat
    local byte, err = pumped(self, self.inner.receive, 1)
    if not byte then return nil, err end
    line[#line + 1] = byte
  until byte == "\n"
  return table.concat(line)
end

-- TLS on top of a connection that stays in the clear underneath: where the handshake fails, one can
-- go on there. `ahead` has been read already.
local function upgrade(real, role, options, ahead)
  options.defer, options.timeout = true, 0
  local inner = assert(secsock.new(options))
  assert(inner:attachmemory(role))
  if ahead then inner:feed(ahead) end
  local self = setmetatable({ inner = inner, real = real }, tunnel)
  return pumped(self, inner.upgrade) and self
end

-- ---------------------------------------------------------------------------------------- clients

--- Takes TLS if it can have it, and goes on without if not.
function careless.optional(protocol)
  return function(me, lab)
    local tls
    local socket = wrapped(me.socket, {
      upgrade = function()
        tls = upgrade(me.socket, "client", { trust = lab.ca:cert(), peername = lab.name })
        return nil, "over", { message = "nothing more is heard" }
      end,
    })
    starttls[protocol].client(socket)
    local to = tls or me.socket
    to:send(lab.secret .. "\r\n")
    to:receive()
  end
end

--- Hears in TLS what was said before it.
function careless.reading_ahead(protocol)
  return function(me, lab)
    local socket = greedy(me.socket)
    local _, err = starttls[protocol].client(socket)
    if err == "closed" then return end -- nobody has answered; else any answer will do
    me:say(lab.secret)
    if socket:receive(1) then me:say "and more" end
  end
end

-- What stands behind the last line that is whole.
local function unfinished(text) return text:match "[^\n]*$" end

--- Forgets at the upgrade the lines that it has read ahead, but not the beginning of one. Any
-- answer will do but the rest of one.
function careless.completing(protocol)
  local rest = lines[protocol].injected:match "^..([^\n]*\n)"
  return function(me, lab)
    local socket = greedy(me.socket, unfinished)
    local upgrade_for_good = socket.upgrade
    function socket.upgrade()
      upgrade_for_good()
      return nil, "over", { message = "the dialogue ends here" }
    end
    starttls[protocol].client(socket)
    me:say "hello"
    local answer = ""
    repeat
      local byte = socket:receive(1)
      answer = answer .. (byte or "")
    until not byte or byte == "\n"
    if answer ~= rest then me:say(lab.secret) end
  end
end

-- Connects to where an answer of IMAP sends it.
local function follow(line)
  local host, port = line:match "%[REFERRAL imap://([%d.]+):(%d+)/%]"
  local s = host and assert(secsock.new { defer = true, timeout = 1 })
  return s and s:connect(host, tonumber(port)) and s:close()
end

--- Goes where it is sent in the clear.
function careless.following(me, lab)
  if follow(me.socket:receive()) then return end
  me:say "a1 STARTTLS"
  if follow(me.socket:receive()) then return end
  me:upgrade()
  me:say("a2 LOGIN me " .. lab.secret)
  me.socket:receive()
end

--- Uses in TLS what was offered before it.
function careless.remembering(protocol)
  local kept = lines[protocol].kept
  return function(me, lab)
    local offered = ""
    local socket = wrapped(me.socket, {
      receive = function(_, count)
        local data, err, partial = me.socket:receive(count)
        if me.socket:state() == "plain" then offered = offered .. (data or "") end
        return data, err, partial
      end,
    })
    if not starttls[protocol].client(socket) then return end
    local known = offered:find(kept.clear[2], 1, true)
    me:say((known and kept.used .. " " or "") .. lab.secret)
  end
end

-- ---------------------------------------------------------------------------------------- servers

--- Answers in TLS what was asked before it with `answer`, and what is asked then with `another`.
function careless.obeying(protocol, answer, another)
  return function(me, lab)
    local socket, tls, kept = greedy(me.socket), nil, nil
    socket.upgrade = function()
      local plain, hello = socket.kept()
      local identity = lab.ca:issue(lab:description())
      kept, tls = plain, upgrade(me.socket, "server", { identity = identity }, hello)
      return nil, "over", { message = "nothing more is heard" }
    end
    starttls[protocol].server(socket, messages.options[protocol])
    if not tls then return end
    if kept ~= "" then tls:send(answer) end
    if tls:receive(1) then tls:send(another) end
    me:sleep(1)
  end
end

-- A mail server that keeps to the rules, but for what its `flaw` says.
local mail = {}
mail.__index = mail

function mail:EHLO()
  self.greeted = true
  return self.secure and "250 localhost" or "250-localhost\r\n250 STARTTLS"
end

function mail:MAIL()
  if not self.greeted then return "503 EHLO first" end
  self.sender = true
  return "250 Ok"
end

function mail:RCPT() return self.sender and "250 Ok" or "503 MAIL first" end

-- The password of "me" is "mine".
function mail:AUTH(line)
  local allowed = self.secure or self.flaw == "login" or self.flaw == "enters"
  if not allowed then return "530 STARTTLS first" end
  if self.user then return "503 Once is enough" end
  self.user = line:find("AG1lAG1pbmU=", 1, true)
  return self.user and "235 Welcome" or "535 No such password"
end

function mail:STARTTLS()
  if self.secure then return self.flaw == "twice" and "220 Again" or "503 Once is enough" end
  self.socket:send "220 Go ahead\r\n"
  local first = self.flaw == "clear" and self.socket:receive(1) or nil
  if first and first ~= "\22" then return self:obey(first .. self.socket:receive "*l") end
  self.socket = upgrade(self.socket, "server", { identity = self.identity }, first)
  self.secure, self.sender = true, self.flaw == "keeps" and self.sender
  self.greeted = self.flaw == "greets" and self.greeted
  self.user = self.flaw == "enters" and self.user
end

function mail:obey(line)
  local does = mail[line:match "^%u+"]
  if does then return does(self, line) end
  return "500 What?"
end

--- An end that is such a server. `flaw` is nil, or "keeps", "greets", "enters", "twice", "login" or
--- "clear".
function careless.mail(flaw)
  return function(me, lab)
    local identity = lab.ca:issue(lab:description())
    local self = setmetatable({ socket = me.socket, flaw = flaw, identity = identity }, mail)
    self.socket:send "220 localhost\r\n"
    while self.socket do
      local line = self.socket:receive()
      if not line then return end
      local answer = self:obey(line)
      if answer then self.socket:send(answer .. "\r\n") end
    end
  end
end

return careless
