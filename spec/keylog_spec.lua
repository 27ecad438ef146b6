-- Key logs: secsock's beside the other end's.
local secsock = require "secsock"
local openssl = require "spec.support.openssl"
local meeting = require "spec.support.meeting"
local pki = require "spec.support.pki"
local process = require "spec.support.process"
local support = require "spec.support"

-- The lines of a key log in order; OpenSSL's has a comment as well.
local function lines_of(text)
  local lines = {}
  for line in text:gmatch "[^\n]+" do
    if not line:find "^#" then lines[#lines + 1] = line end
  end
  table.sort(lines)
  return lines
end

local function labels_of(lines)
  local labels = {}
  for i, line in ipairs(lines) do labels[i] = line:match "^(%S+) %x+ %x+$" end
  return labels
end

local LABELS = {
  ["TLSv1.2"] = { "CLIENT_RANDOM" },
  ["TLSv1.3"] = {
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0", "EXPORTER_SECRET",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET", "SERVER_TRAFFIC_SECRET_0",
  },
}

local function pair(version)
  return support.pair {
    client = { trust = pki "ca.pem", peername = "mail.example", versions = { version } },
    server = {
      identity = { cert = pki "server-chain.pem", key = pki "server.key" }, versions = { version },
    },
  }
end

describe("A key log", function()
  local path

  before_each(function()
    path = os.tmpname()
    os.remove(path)
  end)

  after_each(function()
    process.stopall()
    os.remove(path)
  end)

  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    for _, role in ipairs { "client", "server" } do
      it(("has the lines that OpenSSL's has, %s, as a %s"):format(version, role), function()
        local told = {}
        local program, s = meeting.meet[role](openssl,
          { version = version, words = { "-keylogfile", path } },
          { keylog = function(line) told[#told + 1] = line end })
        assert(s)
        meeting.talk(program, s)
        table.sort(told)
        assert.same(LABELS[version], labels_of(told))
        assert.same(lines_of(support.read(path)), told)
        s:close()
      end)
    end

    it("is told from outside of any C function, before the hook that judges, " .. version,
      function()
        local p, seen = pair(version), {}
        local function yields(what)
          return function() seen[#seen + 1] = coroutine.yield(what) end
        end
        p.client:setkeyloghook(yields "key")
        p.client:setvalidatehook(yields "verdict")
        local thread = coroutine.wrap(function() p:upgrade() end)
        local what = thread()
        while what do what = thread(what) end
        assert.equal("secure", p.client:state())
        assert.equal("key", seen[1])
        assert.equal(#LABELS[version] + 1, #seen)
      end)
  end

  it("is nobody's until somebody asks, and again when nobody does", function()
    local p, told = pair "TLSv1.3", 0
    p.client:setkeyloghook(function() told = told + 1 end)
    p.client:setkeyloghook(nil)
    p:upgrade()
    assert.equal("secure", p.client:state())
    assert.equal(0, told)
  end)

  it("comes with the socket that it is of", function()
    local p, of = pair "TLSv1.3", nil
    p.server:setkeyloghook(function(_, s) of = s end)
    p:upgrade()
    assert.equal(p.server, of)
  end)

  it("throws what goes wrong in it at whoever upgrades", function()
    local p = pair "TLSv1.3"
    p.client:setkeyloghook(function() error "no room" end)
    assert.error_matches(function() p:upgrade() end, "no room")
  end)

  it("is inherited from a listener", function()
    local told = 0
    local listener, port = support.listen {
      identity = { cert = pki "server-chain.pem", key = pki "server.key" },
      versions = { "TLSv1.3" }, keylog = function() told = told + 1 end,
    }
    local client = assert(secsock.new { trust = pki "ca.pem", peername = "mail.example" })
    support.run(function() assert(client:connect("127.0.0.1", port)) end,
      function() assert(listener:accept()) end)
    assert.equal(5, told)
    listener:close()
  end)

  it("does not keep its socket alive", function()
    assert.is_false(support.is_kept(function()
      local s = secsock.new()
      s:setkeyloghook(function() return s end)
      return s
    end))
  end)

  it("takes a function", function()
    assert.error_matches(function() secsock.new():setkeyloghook "x" end, "function expected")
  end)
end)
