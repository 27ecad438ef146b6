--- What a suite tries a program with: the name that it is to find, a root that it is to trust in, a
-- secret that it is to tell nobody else, and a folder of its own.
local mint = require "secsock.mint"
local pem = require "secsock.mint.pem"

---@class secsock.scenario.lab
---@field name string         whom the client wants to reach
---@field secret string       what the client is to tell only whom it means
---@field ca secsock.mint.ca  whom the client trusts
---@field folder? string      private, where there is a program: its $home
local lab = {}
lab.__index = lab

-- Nothing that any protocol, shell or configuration file would have to quote. A multiple of three
-- octets, for base64's sake.
local SECRET = "OpenSesame4711x"

---@param name string
function lab.new(name)
  return setmetatable({ name = name, secret = SECRET, ca = mint.ca "Suite Root" }, lab)
end

--- The field of a certificate's description that `name` belongs to.
function lab:kind()
  return self.name:find "^%d+%.%d+%.%d+%.%d+$" and "ip" or "dns"
end

--- What is right in a certificate, and what a case changes.
---@param changes? secsock.mint.description
---@return secsock.mint.description
function lab:description(changes)
  local from = { [self:kind()] = self.name }
  for key, value in pairs(changes or {}) do from[key] = value end
  return from
end

-- ---------------------------------------------------------------------------------- the secret

-- Base64 of a secret that stands behind `count` octets, without what depends on its neighbours.
local function encoded(secret, count)
  local text = pem(("\0"):rep(count) .. secret):match "\n(.-)\n"
  return count == 0 and text or text:sub(5, -5)
end

--- Whether a text gives the secret away, as it is or in base64.
---@param text string
---@return boolean
function lab:is_told(text)
  if text:find(self.secret, 1, true) then return true end
  for count = 0, 2 do
    if text:find(encoded(self.secret, count), 1, true) then return true end
  end
  return false
end

-- ---------------------------------------------------------------------------------- the folder

local function run(command, ...)
  local ok = os.execute(command:format(...))
  if ok ~= true and ok ~= 0 then error(("failed: " .. command):format(...), 0) end
end

--- Makes the folder, with the root in it.
function lab:open()
  self.folder = os.tmpname()
  os.remove(self.folder)
  run("mkdir -m 700 '%s'", self.folder)
  local file = assert(io.open(self.folder .. "/ca.pem", "wb"))
  file:write(self.ca:pem())
  file:close()
end

function lab:close()
  if self.folder then run("rm -rf '%s'", self.folder) end
  self.folder = nil
end

--- Replaces $name, $host, $ca, $secret and $home in a text; $port is scenario.external's.
---@param text string
---@return string
function lab:fill(text)
  local values = {
    name = self.name, host = "127.0.0.1", ca = self.folder .. "/ca.pem", secret = self.secret,
    home = self.folder,
  }
  return (text:gsub("%$(%l+)", values))
end

return lab
