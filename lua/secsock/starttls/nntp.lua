--- NNTP (RFC 4642; RFC 3977).
local talk = require "secsock.starttls.talk"

local function capabilities(t)
  local lines = t:say "CAPABILITIES" and t:reply "101" and t:block()
  return lines and t:learn(lines)
end

-- 200: posting allowed; 201: reading only.
local function greeting(t)
  local code, lines = t:any_reply()
  return code and (code == "200" or code == "201" or t:refused(code, lines))
end

return {
  client = talk.dialogue("nntp", {}, function(t)
    return greeting(t)
      and capabilities(t)
      and t:need "STARTTLS"
      and t:say "STARTTLS" and t:reply "382"
      and t:upgrade()
      and capabilities(t)
  end),

  server = talk.server("nntp", { name = "text" }, {
    greeting = "201 $name ready, no posting",
    commands = {
      CAPABILITIES = { "101 Capability list:", "VERSION 2", "STARTTLS", "." },
      QUIT = talk.leave "205 Bye",
      STARTTLS = talk.go("382 Continue with TLS negotiation", "501 No parameters allowed"),
    },
    otherwise = "483 STARTTLS comes first",
  }),
}
