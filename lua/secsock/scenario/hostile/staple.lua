--- An OCSP response beside the certificate, whatever it is, for a client that asks for one (RFC
-- 6066, section 8; RFC 8446, section 4.4.2.1).
local bytes = require "secsock.tls.bytes"
local extensions = require "secsock.tls.extensions"

local OCSP = "\1"

local function is_asked(peer)
  return peer.role == "server" and extensions.find(peer.hello.extensions, "status_request") ~= nil
end

---@param response string  in DER
---@return table  a part of what a peer does
return function(response)
  local status = OCSP .. bytes.vector(3, response)
  local part = { message = {} }

  function part.message.certificate(message, peer)
    if peer.version ~= "1.3" or not is_asked(peer) then return end
    message.extensions = { extensions.one("status_request", status) }
  end

  function part.message.server_hello(message, peer)
    if peer.version ~= "1.2" or not is_asked(peer) then return end
    extensions.set(message.extensions, "status_request", "")
  end

  function part.plan(plan, peer)
    if peer.version ~= "1.2" or peer.role ~= "server" then return end
    plan:after("certificate", function()
      if is_asked(peer) then peer:send("certificate_status", { data = status }) end
    end)
  end

  return part
end
