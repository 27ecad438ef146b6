-- Looks into a mailbox, under TLS or not at all:
-- imap.lua [HOST [PORT [NAME [TRUST [USER [PASSWORD]]]]]]
package.path = (arg[0]:match "^.*/" or "") .. "?.lua;" .. package.path
local secsock = require "secsock"
local starttls = require "secsock.starttls"
local trace = require "trace"

local host, port = arg[1] or "localhost", tonumber(arg[2] or 143)
local name, trust = arg[3] or host, arg[4] or { system = true }
local user, password = arg[5] or "demo", arg[6] or "secret"

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
end

local s = check(secsock.new { defer = true, trust = trust, timeout = 10 })
check(s:connect(host, port))

-- Greeting, CAPABILITY, STARTTLS, handshake, the hook's judgement, CAPABILITY again.
trace(s)
local session = check(starttls.imap.client(s, { peername = name }))
check(not session.capabilities.LOGINDISABLED, "it lets nobody in")

-- Gives a command and shows what comes of it.
local function command(tag, words)
  local line = s:send(tag .. " " .. words .. "\r\n") and s:receive "*l"
  while line and line:sub(1, #tag + 1) ~= tag .. " " do line = s:receive "*l" end
  check(line, s:lasterror())
  check(line:find("OK", 1, true), "it refuses that")
end

command("x1", ("LOGIN %s %s"):format(user, password))
command("x2", "STATUS INBOX (MESSAGES UNSEEN)")
command("x3", "LOGOUT")
s:close()
