-- Men in the middle, and what becomes of them. Both ends run here, over memory; somebody is on the
-- wire in between.
local scenario = require "secsock.scenario"

local ca = scenario.ca "Example Root"
local identity = ca:issue { dns = "mail.example" }

-- Mail, from the greeting in the clear to a word under TLS, over a wire of that kind.
local function mail(title, wire)
  local run = scenario.run {
    client = { trust = ca, peername = "mail.example", script = "smtp" },
    server = { identity = identity, script = "smtp" },
    wire = wire,
  }
  print(title)
  print(run:sequence())
  print(("client: %s, server: %s\n"):format(run.client.err or "ok", run.server.err or "ok"))
  return run
end

assert(mail("Nobody", {}).client.secure)

-- He hides that the server can do TLS, and hopes for a password in the clear.
local stripped = mail("He strips STARTTLS", { to_client = { strip = "STARTTLS" } })
assert(stripped.client.err == "starttls unavailable" and stripped.client.sent.after == "")

-- He puts a command of his behind the client's last word in the clear, and hopes that the server
-- takes it for the first one under TLS.
local injected = mail("He injects a command", {
  to_server = { inject = { after = "STARTTLS", bytes = "MAIL FROM:<mallory@evil.example>\r\n" } },
})
assert(injected.server.err == "injected")

-- He cuts the connection off, and hopes that nobody asks whether that was all.
local cut = mail("He loses the end", { to_server = { truncate = true } })
assert(cut.server.err == "truncated")
