--- SMTP (RFC 3207), and LMTP, which differs in one word (RFC 2033, section 4.1).
local talk = require "secsock.starttls.talk"

-- `options.name` is what this end calls itself. A client may well say nothing about itself.
local known = { name = "text" }

local function dialect(protocol, service, hello)
  local function greet(t)
    local lines = t:say("%s %s", hello, t.options.name or "[127.0.0.1]") and t:reply "250"
    return lines and t:learn(lines, 2)
  end

  return {
    client = talk.dialogue(protocol, known, function(t)
      return t:reply "220"
        and greet(t)
        and t:need "STARTTLS"
        and t:say "STARTTLS" and t:reply "220"
        and t:upgrade()
        and greet(t)
    end),

    server = talk.server(protocol, known, {
      greeting = "220 $name " .. service,
      commands = {
        [hello] = { "250-$name", "250 STARTTLS" },
        NOOP = "250 2.0.0 Ok",
        QUIT = talk.leave "221 2.0.0 Bye",
        STARTTLS = talk.go("220 2.0.0 Ready to start TLS", "501 5.5.4 No parameters allowed"),
      },
      otherwise = "530 5.7.0 Must issue a STARTTLS command first",
    }),
  }
end

return { smtp = dialect("smtp", "ESMTP", "EHLO"), lmtp = dialect("lmtp", "LMTP", "LHLO") }
