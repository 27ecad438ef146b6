-- secsock in one process with OpenSSL, which LuaSec and luaossl bring along.
local pki = require "spec.support.pki"
local process = require "spec.support.process"
local support = require "spec.support"

-- The Lua that runs this suite.
local function interpreter()
  local first = 0
  while arg[first - 1] do first = first - 1 end
  return arg[first]
end

local orders = {
  { "secsock", "ssl", "openssl.ssl.context" },
  { "secsock", "openssl.ssl.context", "ssl" },
  { "ssl", "secsock", "openssl.ssl.context" },
  { "openssl.ssl.context", "secsock", "ssl" },
  { "ssl", "openssl.ssl.context", "secsock" },
  { "openssl.ssl.context", "ssl", "secsock" },
}

describe("a process with secsock, LuaSec and luaossl", function()
  local known -- to the leak sanitizer, where there is one: luaossl forgets certificates

  setup(function() known = support.write "leak:libcrypto.so\n" end)
  teardown(function() os.remove(known) end)
  after_each(process.stopall)

  for _, order in ipairs(orders) do
    it("does TLS with all three at once, loaded as " .. table.concat(order, ", "), function()
      local program = process.start {
        "env", "LSAN_OPTIONS=print_suppressions=0:suppressions=" .. known,
        interpreter(), "spec/support/coexist.lua", pki ".", order[1], order[2], order[3],
      }
      local status, said = program:finish()
      local lines = {}
      for line in said:gmatch "[^\n]+" do lines[#lines + 1] = line end
      table.sort(lines)
      assert.same({
        "LuaSec was refused: sslv3 alert bad certificate",
        "OpenSSL is as it was",
        "secsock has refused LuaSec: certificate rejected",
        "secsock has served LuaSec",
        "secsock has served luaossl",
        "secsock was served by LuaSec",
        "secsock was served by luaossl",
      }, lines)
      assert.equal(0, status)
    end)
  end
end)
