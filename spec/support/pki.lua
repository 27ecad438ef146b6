--- Where the keys and certificates are that support/pki.sh makes: pki "server.pem".
local folder = os.getenv "SECSOCK_TEST_PKI"
if not folder then
  folder = "build/test-pki"
  local status = os.execute("sh spec/support/pki.sh " .. folder)
  assert(status == true or status == 0, "spec/support/pki.sh failed")
end

return function(name)
  return folder .. "/" .. name
end
