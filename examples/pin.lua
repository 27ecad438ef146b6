-- A validation hook that pins: it accepts the one key it knows and no other, whoever has certified
-- it. Without a PIN it tells the one it finds, and refuses it.
--
--     pin.lua [PROTOCOL [HOST [PORT [NAME [PIN]]]]]
--
-- A pin is the SHA-256 of the public key, in base64 (RFC 7469): it outlives a certificate that is
-- renewed for the same key.
local secsock = require "secsock"
local starttls = require "secsock.starttls"

local protocol, host, port = arg[1] or "imap", arg[2] or "localhost", tonumber(arg[3] or 143)
local name, pin = arg[4] or host, arg[5]

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
end

-- Who has issued the certificate, and by which rules, does not matter. These do.
local matters = { "name_mismatch", "name_unchecked", "expired", "not_yet_valid" }

local function judge(_, verdict)
  local leaf = verdict:chain()[1]
  print("The peer's key is " .. leaf:pin())
  if leaf:pin() ~= pin then return false, "it is not the key that was pinned" end
  for _, problem in ipairs(matters) do
    if verdict:has(problem) then return problem end
  end
  return true
end

local s = check(secsock.new { defer = true, hook = judge, timeout = 10 })
check(s:connect(host, port))
check(starttls[protocol].client(s, { peername = name }))
print("It is the right one. " .. s:info "version")
s:close()
