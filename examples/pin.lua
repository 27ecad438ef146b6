-- Pins a key: the one it knows is accepted and no other, whoever has certified it; with TRUST, a
-- PEM file, the chain must be right besides. Without a PIN it tells the one it finds, and refuses
-- it.
--
--     pin.lua [PROTOCOL [HOST [PORT [NAME [PIN [TRUST]]]]]]
--
-- A pin is the SHA-256 of the public key, in base64 (RFC 7469): it outlives a certificate that is
-- renewed for the same key.
local secsock = require "secsock"
local starttls = require "secsock.starttls"

local protocol, host, port = arg[1] or "imap", arg[2] or "localhost", tonumber(arg[3] or 143)
local name, pin, trust = arg[4] or host, arg[5], arg[6]

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
end

local function judge(_, verdict)
  local leaf = verdict:chain()[1]
  if leaf then print("The peer's key is " .. leaf:pin()) end
  if not pin then return false, "it is not pinned yet" end
  return nil -- as the verdict says
end

local s = check(secsock.new {
  trust = trust or pin and { pin = pin }, -- instead of the chain,
  pins = trust and pin,                   -- or in addition to it
  defer = true, hook = judge, timeout = 10,
})
check(s:connect(host, port))
check(starttls[protocol].client(s, { peername = name }))
print("It is the right one. " .. s:info "version")
s:close()
