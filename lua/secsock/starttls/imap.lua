--- IMAP (RFC 9051, section 6.2.1).
local talk = require "secsock.starttls.talk"

-- One response: its first line. Literals (RFC 9051, section 4.3) are read and passed over.
local function response(t)
  local first = t:line()
  local line = first
  while line do
    local count = line:match "{(%d+)}$"
    if not count then return first end
    line = t:bytes(tonumber(count)) and t:line()
  end
  return nil
end

-- Gives a command and awaits its end. What comes untagged in between is noise, but for the
-- capabilities and the server's farewell.
local function command(t, verb)
  t.commands = (t.commands or 0) + 1
  local tag = "a" .. t.commands
  if not t:say("%s %s", tag, verb) then return nil end
  while true do
    local line = response(t)
    if not line then return nil end
    local mark, kind, rest = line:match "^(%S+) (%a+) ?(.*)$"
    kind = kind and kind:upper()
    if mark == tag then
      return kind == "OK" or t:unexpected("starttls refused", line)
    elseif mark ~= "*" and not line:find "^%* " then
      return t:unexpected("protocol", line)
    elseif kind == "BYE" then
      return t:unexpected("starttls refused", line)
    elseif kind == "CAPABILITY" then
      local names = {}
      for name in rest:gmatch "%S+" do names[#names + 1] = name end
      t:learn(names)
    end
  end
end

-- A server that says PREAUTH takes us for logged in already, and STARTTLS is then impossible: a
-- man in the middle says it to keep us in the clear.
local function greeting(t)
  local line = response(t)
  if not line then return nil end
  local kind = (line:match "^%* (%a+)" or ""):upper()
  if kind == "OK" then return true end
  local words = { PREAUTH = "preauth", BYE = "starttls refused" }
  return t:unexpected(words[kind] or "protocol", line)
end

local function capabilities(t)
  t.facts.capabilities = nil
  if not command(t, "CAPABILITY") then return nil end
  return t.facts.capabilities and true or t:fail("protocol", "the server lists no capabilities")
end

local refuse = talk.refuse "$tag NO [PRIVACYREQUIRED] STARTTLS comes first"

return {
  client = talk.dialogue("imap", {}, function(t)
    return greeting(t)
      and capabilities(t)
      and t:need "STARTTLS"
      and command(t, "STARTTLS")
      and t:upgrade()
      and capabilities(t)
  end),

  server = talk.server("imap", { name = "text" }, {
    greeting = "* OK $name IMAP4rev1",
    parse = function(line)
      local tag, verb, argument = line:match '^([^%c (){%%*"\\+]+) (%a+) ?(.*)$'
      if not tag then return "", line, "*" end
      return verb, argument, tag
    end,
    commands = {
      CAPABILITY = { "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED", "$tag OK Done" },
      NOOP = "$tag OK Done",
      LOGOUT = talk.leave { "* BYE", "$tag OK Done" },
      STARTTLS = talk.go("$tag OK Begin TLS negotiation now", "$tag BAD No parameters allowed"),
      LOGIN = refuse,
      AUTHENTICATE = refuse,
    },
    otherwise = talk.refuse "$tag BAD Not here, or not before STARTTLS",
  }),
}
