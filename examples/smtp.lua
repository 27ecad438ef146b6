-- Sends a mail, under TLS or not at all: smtp.lua [HOST [PORT [NAME [TRUST]]]]
package.path = (arg[0]:match "^.*/" or "") .. "?.lua;" .. package.path
local secsock = require "secsock"
local starttls = require "secsock.starttls"
local trace = require "trace"

local host, port = arg[1] or "localhost", tonumber(arg[2] or 25)
local name, trust = arg[3] or host, arg[4] or { system = true }

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
end

local s = check(secsock.new { defer = true, trust = trust, timeout = 10 })
check(s:connect(host, port))

-- Greeting, EHLO, STARTTLS, handshake, the hook's judgement, EHLO again.
trace(s)
local session = check(starttls.smtp.client(s, { peername = name, name = "client.example" }))

-- What follows, nobody else can read or write. It is good manners to look at what the server said
-- now and not at what somebody said before.
print("     It takes mails of " .. (session.capabilities.SIZE or "unknown") .. " bytes.")
for _, words in ipairs {
  "MAIL FROM:<me@client.example>",
  "RCPT TO:<you@mail.example>",
  "DATA",
  "Subject: a test\r\n\r\nThis went under TLS.\r\n.",
  "QUIT",
} do
  local reply = s:send(words .. "\r\n") and s:receive "*l"
  check(reply, s:lasterror())
  check(reply:find "^[23]", "it refuses the mail")
end
s:close()
