--- PostgreSQL's SSLRequest (protocol 3.0, "SSL Session Encryption"): the first thing said. After
-- the upgrade the client begins as ever, with its StartupMessage.
local talk = require "secsock.starttls.talk"

-- The requests that may come first: 80877103 and its neighbours.
local SSL = "\0\0\0\8\4\210\22\47"
local GSSENC = "\0\0\0\8\4\210\22\48"
local CANCEL = "\4\210\22\46"

-- An answer 'E' would be an error message. It comes in the clear, so that anybody may have written
-- it: it is not read.
local words = { N = "starttls unavailable", E = "starttls refused" }

-- To GSSENC, the server says no, and awaits another request.
local function request(t)
  while true do
    local head = t:bytes(8)
    if not head then return nil end
    t.said = "N"
    if head == SSL then return true end
    if head:sub(5) == CANCEL then return t:fail("closed", "a cancel request came, in the clear") end
    if head ~= GSSENC then
      -- ErrorResponse: severity, SQLSTATE invalid_authorization_specification, message.
      local text = "SFATAL\0C28000\0MSSLRequest comes first\0\0"
      return t:send("E\0\0\0" .. string.char(#text + 4) .. text)
        and t:fail("protocol", "the client does not begin with an SSLRequest")
    end
    if not t:send "N" then return nil end
  end
end

return {
  client = talk.dialogue("postgres", {}, function(t)
    t.said = "SSLRequest"
    local answer = t:send(SSL) and t:bytes(1)
    if answer ~= "S" then return answer and t:unexpected(words[answer] or "protocol", answer) end
    return t:upgrade()
  end),

  server = talk.dialogue("postgres", {}, function(t)
    return request(t) and t:send "S" and t:upgrade()
  end),
}
