-- AES-GCM and ChaCha20 with and without the accelerator, beside OpenSSL's.
local core = require "secsock.core"
local support = require "spec.support"
local meeting = require "spec.support.meeting"
local openssl = require "spec.support.openssl"
local process = require "spec.support.process"

local numbers = meeting.numbers(16 * 1024)

local ciphers = {
  ["TLSv1.3"] = {
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
  },
  ["TLSv1.2"] = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
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

describe("an accelerated cipher", function()
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

-- What `read` makes of each line that a command prints.
local function each_line(command, read)
  local pipe = io.popen(command)
  for line in pipe:lines() do read(line) end
  pipe:close()
end

-- The addresses of all its functions: whether they are called by ours. Some have several names.
local function functions()
  local called, found = {}, {}
  each_line("nm -u build/release/internal/libsecsock_internal.a", function(line)
    called[line:match " U (%S+)$" or ""] = true
  end)
  each_line("nm " .. taken, function(line)
    local address, name = line:match "^(%x+) T (%S+)$"
    if address then found[address] = found[address] or called[name] or false end
  end)
  return found
end

if there then
  there:close()
  describe("the code of Intel's library", function()
    it("clears the registers before each return of a function that uses wide ones", function()
      local found = functions()
      local called, wide, returns, left = false, false, 0, {}
      each_line("objdump -d --no-show-raw-insn " .. taken, function(line)
        local address = line:match "^(%x+) <%S+>:$"
        if found[address] ~= nil then called, wide = found[address], false end
        if line:find "%%[yz]mm%d" then wide = true end
        if line:find "vzeroupper" then wide = false end
        if called and line:find "\tret" then
          returns = returns + 1
          if wide then left[#left + 1] = line end
        end
        assert.is_nil(line:find "\tcall")
      end)
      assert.is_true(returns > 8)
      assert.same({}, left)
    end)
  end)
end
