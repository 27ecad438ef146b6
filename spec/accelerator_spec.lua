-- AES-GCM with and without the accelerator, beside OpenSSL's.
local core = require "secsock.core"
local support = require "spec.support"
local meeting = require "spec.support.meeting"
local openssl = require "spec.support.openssl"
local process = require "spec.support.process"

local numbers = meeting.numbers(16 * 1024)

local ciphers = {
  ["TLSv1.3"] = { "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384" },
  ["TLSv1.2"] = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  },
}

-- Sends and receives the numbers at once.
local function exchange(program, s, file)
  program:pour(file)
  local received
  support.run(
    function() assert(s:send(numbers)) end,
    function() received = assert(s:receive(#numbers)) end)
  assert.is_true(numbers == received)
  program:expect(numbers:match "[^\n]+\n$")
end

describe("AES-GCM", function()
  local file -- in which the numbers are

  setup(function() file = support.write(numbers) end)
  teardown(function() os.remove(file) end)
  after_each(process.stopall)

  -- One case for each cipher, end and setting; `run` is given what OpenSSL meets.
  local function each(sentence, versions, run)
    for _, version in ipairs(versions) do
      for _, cipher in ipairs(ciphers[version]) do
        for role, other in pairs { client = "server", server = "client" } do
          for word, on in pairs { accelerated = true, plain = false } do
            it(("%s, %s, %s of OpenSSL's %s, %s"):format(sentence, cipher, role, other, word),
              function()
                local ours = { acceleration = on }
                if role == "server" then ours.identity = meeting.identity "server" end
                run(meeting.meet[role](openssl, { version = version, cipher = cipher }, ours))
              end)
          end
        end
      end
    end
  end

  each("carries much both ways", { "TLSv1.2", "TLSv1.3" }, function(program, s, err, details)
    assert(s, ("%s: %s"):format(tostring(err), tostring(details)))
    exchange(program, s, file)
    s:close()
  end)

  each("follows the peer's key updates", { "TLSv1.3" }, function(program, s, err, details)
    assert(s, ("%s: %s"):format(tostring(err), tostring(details)))
    for _ = 1, 3 do
      exchange(program, s, file)
      program:write "K\n"
      -- What it reads along with the K would be lost: so its key update is waited for.
      assert.is_true(core.poll(s:getfd(), "read", 30))
    end
    exchange(program, s, file)
    s:close()
  end)
end)

-- What is taken from Intel's library is as it should be; see script/lib/archive.
local taken = "build/release/internal/ipsec_mb.o"
local there = io.open(taken)

if there then
  there:close()
  describe("the AES-GCM of Intel's library", function()
    it("clears the registers before each return of a function that uses wide ones", function()
      local pipe = io.popen("objdump -d --no-show-raw-insn " .. taken)
      local wide, returns, left = false, 0, {}
      for line in pipe:lines() do
        if line:find "%%[yz]mm%d" then wide = true end
        if line:find "vzeroupper" then wide = false end
        if line:find "\tret" then
          returns = returns + 1
          if wide then left[#left + 1] = line end
          wide = false
        end
      end
      pipe:close()
      assert.is_true(returns > 6)
      assert.same({}, left)
    end)
  end)
end
