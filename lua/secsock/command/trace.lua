--- A socket that tells what is said on it. A STARTTLS dialogue needs of a socket only what is here,
-- so that it takes a traced one for a socket of its own.
local trace = {}
trace.__index = trace

-- Protocols without lines.
local binary = { ldap = true, mysql = true, postgres = true }

--- `told(who, text, secure)` hears each line that "client" or "server" says, or, where there are no
-- lines, each message, in hex; `upgraded(ok)` hears of the upgrade.
function trace.wrap(socket, protocol, told, upgraded)
  return setmetatable({
    socket = socket, told = told, upgraded = upgraded, binary = binary[protocol] or false,
    me = socket:role(), pending = "",
  }, trace)
end

local other = { client = "server", server = "client" }

local function hex(bytes)
  return (bytes:gsub(".", function(byte) return ("%02x "):format(byte:byte()) end):sub(1, -2))
end

--- Tells what has been said and not told, although its line may not have ended.
function trace:flush()
  if self.pending == "" then return end
  local text = self.pending
  self.pending = ""
  self.told(self.who, self.binary and hex(text) or text, self.secure or false)
end

local function add(self, who, bytes)
  if self.who ~= who then self:flush() end
  self.who, self.pending = who, self.pending .. bytes
  if self.binary then return end
  local rest = self.pending:gsub("([^\n]*)\n", function(line)
    self.told(who, (line:gsub("\r$", "")), self.secure or false)
    return ""
  end)
  self.pending = rest
end

--- So many bytes: dialogues ask for nothing else.
function trace:receive(count)
  local data, err, partial = self.socket:receive(count)
  add(self, other[self.me], data or partial or "")
  return data, err, partial
end

function trace:send(data)
  add(self, self.me, data)
  return self.socket:send(data)
end

function trace:upgrade(name)
  self:flush()
  local ok, err, details = self.socket:upgrade(name)
  self.secure = ok ~= nil
  self.upgraded(ok)
  return ok, err, details
end

function trace:lasterror() return self.socket:lasterror() end
function trace:peername() return self.socket:peername() end

function trace:close()
  self:flush()
  return self.socket:close()
end

return trace
