-- Asks a mail server for TLS and shows who it is: hello.lua [HOST [PORT [TRUST]]]
local secsock, starttls = require "secsock", require "secsock.starttls"

local host = arg[1] or "localhost"
local s = assert(secsock.new { defer = true, trust = arg[3] or { system = true } })
assert(s:connect(host, tonumber(arg[2] or 25)))                       -- plain TCP
local session, _, why = starttls.smtp.client(s, { peername = host })  -- EHLO, STARTTLS, TLS
if not session then error(tostring(why), 0) end
print(s:verdict():chain()[1]:subject(), s:info("version"), session.capabilities.SIZE)
s:close()
