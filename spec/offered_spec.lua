-- What a client is told by the servers of others that miss or refuse its certificate.
local secsock = require "secsock"
local gnutls = require "spec.support.gnutls"
local meeting = require "spec.support.meeting"
local openssl = require "spec.support.openssl"
local process = require "spec.support.process"

local missing = "a client certificate, and this end offered none"

-- What comes of it: the error and its table. Under TLS 1.3 it comes when the handshake has ended.
local function failure(peer, version, ours)
  local _, s, err, details = meeting.meet.client(peer, { version = version, clients = "must" },
    ours)
  if not s then return err, details end
  local got
  got, err = s:receive()
  assert.is_nil(got)
  return err, s:lasterror()
end

describe("a client whose certificate", function()
  after_each(process.stopall)

  for name, peer in pairs { OpenSSL = openssl, GnuTLS = gnutls } do
    for _, version in ipairs(secsock.list "versions") do
      it(("is missed by %s's server is told so, %s"):format(name, version), function()
        local err, details = failure(peer, version)
        assert.equal("alert", err)
        assert.matches(missing, details.message, 1, true)
      end)
    end
  end

  for _, version in ipairs(secsock.list "versions") do
    it("has the wrong issuer for OpenSSL's server is told so, " .. version, function()
      local err, details = failure(openssl, version, { identity = meeting.identity "stranger" })
      assert.equal("alert", err)
      assert.matches("the server refused the certificate of CN=mail.example,O=secsock: ",
        details.message, 1, true)
    end)
  end
end)
