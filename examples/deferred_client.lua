-- The deferred handshake, the client's side: the eleven steps of a Windows CE secure socket, by
-- their old names and in their old order. It speaks SMTP by hand, to examples/deferred_server.lua
-- or to any mail server: deferred_client.lua [HOST [PORT [NAME [TRUST]]]]
local secsock = require "secsock"

local host, port = arg[1] or "127.0.0.1", tonumber(arg[2] or 2525)
local name, trust = arg[3] or "localhost", arg[4] or "build/certificates/root.pem"

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
end

local function say(s, line)
  print("C: " .. line)
  check(s:send(line .. "\r\n"), s:lasterror())
end

-- Reads a reply, of one or more lines, and goes on if it has the code that is hoped for.
local function expect(s, code)
  local line
  repeat
    line = check(s:receive "*l", s:lasterror())
    print("S: " .. line)
  until not line:find "^%d%d%d%-"
  check(line:sub(1, 3) == code, "this is not what was hoped for")
end

-- 9. The hook: is told everything that there is to know about the peer, and judges.
local function judge(_, verdict)
  print("--- the verdict\n" .. verdict:explain() .. "---")
  return nil -- as the verdict says; CE had SSL_ERR_OKAY here, whatever it had found
end

-- 1. socket(), and 2. SO_SECURE: it is born secure.
local s = check(secsock.new { trust = trust })
-- 3. SO_SSL_SET_PEERNAME
s:setpeername(name)
-- 4. SO_SSL_SET_VALIDATE_CERT_HOOK
s:setvalidatehook(judge)
-- 5. SSL_FLAG_DEFER_HANDSHAKE
s:defer(true)
-- 6. connect()
check(s:connect(host, port))
-- 7. send() and recv(), in the clear
expect(s, "220")
say(s, "EHLO client.example")
expect(s, "250")
say(s, "STARTTLS")
expect(s, "220")
-- 8. SO_SSL_PERFORM_HANDSHAKE, from which the hook is called: step 9
check(s:upgrade())
-- 10. send() and recv(), protected: what was said before the upgrade counts no more
print("--- " .. s:info "version" .. ", " .. s:info "cipher")
say(s, "EHLO client.example")
expect(s, "250")
say(s, "QUIT")
expect(s, "221")
-- 11. closesocket()
s:close()
