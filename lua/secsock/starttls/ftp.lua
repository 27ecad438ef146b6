--- FTP's control connection (RFC 4217). PBSZ and PROT, which protect the data connections, are the
-- program's to say, once it knows to whom it talks.
local talk = require "secsock.starttls.talk"

local function greeting(t)
  local code, lines = t:any_reply(true)
  if code == "120" then code, lines = t:any_reply(true) end -- a delay, then the greeting
  return code and (code == "220" or t:refused(code, lines))
end

-- FEAT need not tell of AUTH, nor be known (RFC 4217, section 6; RFC 2389): the answer decides.
local unknown = { ["500"] = true, ["502"] = true, ["504"] = true }

local function auth(t)
  if not t:say "AUTH TLS" then return nil end
  local code, lines = t:any_reply(true)
  if not code or code == "234" then return code end
  return t:refused(code, lines, unknown[code] and "starttls unavailable")
end

local function features(t)
  if not t:say "FEAT" then return nil end
  local code, lines = t:any_reply(true)
  if not code then return nil end
  if code ~= "211" then return code:find "^5" and t:learn {} or t:refused(code, lines) end
  lines[#lines] = nil
  return t:learn(lines, 2)
end

local go = talk.go "234 AUTH TLS OK"
local first = "503 AUTH TLS comes first"

return {
  client = talk.dialogue("ftp", {}, function(t)
    return greeting(t)
      and auth(t)
      and t:upgrade()
      and features(t)
  end),

  server = talk.server("ftp", { name = "text" }, {
    greeting = "220 $name ready",
    commands = {
      AUTH = function(t, argument)
        local mechanism = argument:upper()
        local known = mechanism == "TLS" or mechanism == "TLS-C"
        if known then return go(t, "") end
        return t:answer "504 Only TLS"
      end,
      FEAT = { "211-Features", " AUTH TLS", " PBSZ", " PROT", "211 End" },
      NOOP = "200 OK",
      QUIT = talk.leave "221 Bye",
      PBSZ = first,
      PROT = first,
    },
    otherwise = "530 AUTH TLS comes first",
  }),
}
