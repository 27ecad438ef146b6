--- POP3 (RFC 2595, section 4; RFC 2449).
local talk = require "secsock.starttls.talk"

local function status(t, otherwise)
  local line = t:line()
  if not line then return nil end
  if line:find "^%+OK" then return true end
  return t:unexpected(line:find "^%-ERR" and otherwise or "protocol", line)
end

-- A server that does not know CAPA knows no STLS either.
local function capabilities(t)
  local lines = t:say "CAPA" and status(t, "starttls unavailable") and t:block()
  return lines and t:learn(lines)
end

return {
  client = talk.dialogue("pop3", {}, function(t)
    return status(t, "starttls refused")
      and capabilities(t)
      and t:need "STLS"
      and t:say "STLS" and status(t, "starttls refused")
      and t:upgrade()
      and capabilities(t)
  end),

  server = talk.server("pop3", { name = "text" }, {
    greeting = "+OK $name ready",
    commands = {
      CAPA = { "+OK", "STLS", "RESP-CODES", "." },
      QUIT = talk.leave "+OK Bye",
      STLS = talk.go("+OK Begin TLS negotiation", "-ERR No parameters allowed"),
    },
    otherwise = "-ERR [SYS/PERM] STLS comes first",
  }),
}
