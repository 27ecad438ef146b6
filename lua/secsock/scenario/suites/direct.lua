--- Servers that speak TLS at once.
local watched = require "secsock.scenario.suites.watched"

local RESPONSE = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nhello\r\n"

return {
  -- It hears whatever is said.
  tls = function(me)
    me:upgrade()
    watched.wait(me)
    me:close()
  end,

  -- A response that ends where the connection does.
  https = function(me)
    me:upgrade()
    repeat local line = me.socket:receive "*l" until not line or line == ""
    me:send(RESPONSE)
    me:close()
  end,
}
