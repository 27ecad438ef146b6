-- Draws what happens on a connection: diagram.lua [FILE.html]
local scenario = require "secsock.scenario"

local ca = scenario.ca "Example Root"
local issuer = ca:intermediate "Example Services"

-- A mail server that shows a certificate of last year, and another's at that.
local run = scenario.run {
  client = { trust = ca, peername = "mail.example", script = "smtp" },
  server = {
    script = "smtp",
    identity = issuer:issue {
      dns = "www.example", not_before = os.time() - 730 * 86400,
      not_after = os.time() - 365 * 86400,
    },
  },
  diagram = arg[1], -- a page for browsers
}

print(run:sequence())
