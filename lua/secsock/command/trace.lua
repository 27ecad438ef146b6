--- What is said on a socket, line by line, in the clear and under TLS.
local trace = {}
trace.__index = trace

-- Protocols without lines.
local binary = { ldap = true, mysql = true, postgres = true }

--- Has `told(who, text, secure)` hear each line that "client" or "server" says, or, where there are
-- no lines, each message, in hex; `upgraded(ok)` hears of the upgrade.
function trace.follow(socket, protocol, told, upgraded)
  local self = setmetatable({
    socket = socket, told = told, upgraded = upgraded, binary = binary[protocol] or false,
    pending = "",
  }, trace)
  socket:trace(function(event) self:hear(event) end, { data = true })
  return self
end

local function hex(bytes)
  return (bytes:gsub(".", function(byte) return ("%02x "):format(byte:byte()) end):sub(1, -2))
end

-- Tells what has been said and not told, although its line may not have ended.
local function flush(self)
  if self.pending == "" then return end
  local text = self.pending
  self.pending = ""
  self.told(self.who, self.binary and hex(text) or text, self.secure)
end

local function say(self, who, bytes, secure)
  if self.who ~= who or self.secure ~= secure then flush(self) end
  self.who, self.secure, self.pending = who, secure, self.pending .. bytes
  if self.binary then return end
  self.pending = self.pending:gsub("([^\n]*)\n", function(line)
    self.told(who, (line:gsub("\r$", "")), secure)
    return ""
  end)
end

--- By kind of event; of an upgrade only the first word counts.
function trace:hear(event)
  if event.bytes and (event.kind == "plain" or event.kind == "data") then
    say(self, event.who, event.bytes, event.kind == "data")
  elseif event.kind == "secure" or event.kind == "failed" then
    flush(self)
    if not self.is_over then self.upgraded(event.kind == "secure") end
    self.is_over = true
  end
end

--- Tells what is left, and nothing of what follows.
function trace:finish()
  flush(self)
  self.socket:trace(nil)
end

return trace
