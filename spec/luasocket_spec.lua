-- What LuaSocket does is what secsock does, in the clear and under TLS: each scenario is played
-- with LuaSocket's own sockets too, and must end the same.
local luasocket = require "socket"
local secsock = require "secsock"
local parties = require "spec.support.parties"
local support = require "spec.support"

local function pack(...)
  return { n = select("#", ...), ... }
end

-- Three results, whatever their number: nil where there is none.
local function three(...)
  local a, b, c = ...
  return { a, b, c }
end

-- Waits until something of what was sent is there; what follows does not wait for long.
local function await(near)
  near:settimeout(support.PATIENCE)
  near:receive(0)
  near:settimeout(0.01)
end

local scenarios = {
  {
    "gives lines without their ends, and drops every CR",
    function(near, far)
      far:send "unix\nd\ros\r\n\n\r\nlast\n"
      local lines = {}
      for i = 1, 5 do lines[i] = near:receive() end
      return lines
    end,
  },
  {
    "gives the part of a line that has come, and takes it back as a prefix",
    function(near, far)
      far:send "par\rt"
      await(near)
      local first = three(near:receive "*l")
      far:send "ial\r\n"
      await(near)
      return { first, three(near:receive("*l", first[3])), three(near:receive "*l") }
    end,
  },
  {
    "keeps the CR of a prefix",
    function(near, far)
      far:send "c\rd\n"
      return three(near:receive("*l", "a\rb"))
    end,
  },
  {
    "counts a prefix towards a number",
    function(near, far)
      far:send "7890"
      await(near)
      return {
        three(near:receive(10, "123456")),
        three(near:receive(8, "87654321")),
        three(near:receive(4, "87654321")),
        three(near:receive(5, "123")),
        three(near:receive(0, "prefix")),
      }
    end,
  },
  {
    "takes numbers as text and cuts fractions off",
    function(near, far)
      far:send "abcdefghij"
      return { near:receive(3.9), near:receive "2", near:receive(1) }
    end,
  },
  {
    "gives the part of a number that has come",
    function(near, far)
      far:send "abc"
      await(near)
      return three(near:receive(5))
    end,
  },
  {
    "looks whether there is anything, with receive(0)",
    function(near, far)
      near:settimeout(0)
      local before = three(near:receive(0))
      far:send "x\n"
      near:settimeout(support.PATIENCE)
      local after = three(near:receive(0))
      local line = three(near:receive())
      far:close()
      return { before, after, line, three(near:receive(0)) }
    end,
  },
  {
    "gives everything up to the end, and then says closed",
    function(near, far)
      far:send "first\nsecond"
      far:close()
      return { three(near:receive "*a"), three(near:receive "*a"), three(near:receive("*a", "x")) }
    end,
  },
  {
    "puts a prefix before everything",
    function(near, far)
      far:send "all"
      far:close()
      return three(near:receive("*a", "this is "))
    end,
  },
  {
    "gives what has come of everything when its time is over",
    function(near, far)
      far:send "so far"
      await(near)
      return three(near:receive("*a", "only "))
    end,
  },
  {
    "gives a line that the end has cut off as a part",
    function(near, far)
      far:send "cut\r off"
      far:close()
      return { three(near:receive()), three(near:receive()), three(near:receive(3)) }
    end,
  },
  {
    "needs no more of a pattern than its first letters",
    function(near, far)
      far:send "line\nrest"
      far:close()
      return { near:receive "*line", near:receive "*all" }
    end,
  },
  {
    "throws on patterns that are none",
    function(near)
      return {
        (pcall(near.receive, near, "*x")),
        (pcall(near.receive, near, "l")),
        (pcall(near.receive, near, -1)),
        (pcall(near.receive, near, {})),
        (pcall(near.receive, near, "*l", {})),
      }
    end,
  },
  {
    "sends ranges, and says where they ended",
    function(near, far)
      local ranges = {
        {}, { 2 }, { 2, 3 }, { -3 }, { -3, -2 }, { 0 }, { 0, 0 }, { 1, 1 }, { 5, 5 }, { 6 }, { 9 },
        { 3, 2 }, { 1, 99 }, { -99, 2 }, { 2.9, 4.9 }, { 1, -1 }, { -1, -1 }, { 4, -3 },
      }
      local ends = {}
      for i, range in ipairs(ranges) do
        ends[i] = three(near:send("hello", range[1], range[2]))
      end
      near:close()
      return { ends, (far:receive "*a") }
    end,
  },
  {
    "sends nothing when there is nothing to send",
    function(near)
      return three(near:send "")
    end,
  },
  {
    "sends bytes of every value",
    function(near, far)
      local bytes = {}
      for i = 0, 255 do bytes[#bytes + 1] = string.char(i) end
      near:send(table.concat(bytes):rep(8))
      near:close()
      return { far:receive(256 * 8) }
    end,
  },
  {
    "throws on data that is none",
    function(near)
      local send = near.send
      return { (pcall(send, near)), (pcall(send, near, {})), (pcall(send, near, "a", {})) }
    end,
  },
  {
    "says closed to whoever closed it",
    function(near)
      local first, again = near:close(), near:close()
      return {
        first, again, near:getfd(), three(near:receive()), three(near:receive "*a"),
        three(near:receive(1)), three(near:receive(0)),
        three(near:send "x"), three(near:send("xy", 2)),
      }
    end,
  },
  {
    "notices while sending that the peer has gone",
    function(near, far)
      far:close()
      local sent, err
      repeat sent, err = near:send(("x"):rep(10000)) until not sent
      return { err }
    end,
  },
  {
    "keeps what was received before an end that came with it",
    function(near, far)
      far:send "a\nb"
      far:shutdown "send"
      local got = { near:receive(), three(near:receive()) }
      near:send "still\n"
      got[#got + 1] = far:receive()
      return got
    end,
  },
  {
    "keeps time limits as numbers",
    function(near)
      local limits = { pack(near:gettimeout()) }
      for _, limit in ipairs {
        { 1.5 }, { 2, "t" }, { 3, "total" }, { 4, "r" }, { 5, "block" }, { -1 }, { nil, "t" },
        { 0 },
      } do
        limits[#limits + 1] = near:settimeout(limit[1], limit[2])
        limits[#limits + 1] = pack(near:gettimeout())
      end
      limits[#limits + 1] = pcall(near.settimeout, near, 1, "x")
      limits[#limits + 1] = pcall(near.settimeout, near, {})
      return limits
    end,
  },
  {
    "counts bytes",
    function(near, far)
      far:send "12345\n"
      near:receive()
      near:send "abc"
      far:receive(3)
      local received, sent, age = near:getstats()
      local set = near:setstats(100, 200, 300)
      local received_now, sent_now, age_now = near:getstats()
      return {
        received, sent, age >= 0 and age < 60, set, received_now, sent_now,
        age_now >= 300 and age_now < 360,
      }
    end,
  },
  {
    "is dirty while it holds what select cannot see",
    function(near, far)
      far:send "one\ntwo\n"
      local before = near:dirty()
      near:receive()
      local between = near:dirty()
      local ready = luasocket.select({ near }, nil, 0)
      near:receive()
      local quiet, _, err = luasocket.select({ near }, nil, 0)
      return { before, between, ready[1] == near, near:dirty(), #quiet, err }
    end,
  },
  {
    "can be selected for reading and for writing",
    function(near, far)
      far:send "x"
      await(near)
      local readable, writable = luasocket.select({ near }, { near }, support.PATIENCE)
      return { readable[near] == 1, writable[near] == 1 }
    end,
  },
  {
    "tells both addresses",
    function(near, far)
      local near_ip, near_port, near_family = near:getsockname()
      local far_ip, far_port, far_family = far:getpeername()
      return {
        near_ip, near_family, far_ip, far_family, tonumber(near_port) == tonumber(far_port),
      }
    end,
  },
  {
    "moves megabytes both ways without waiting",
    function(near, far)
      local data = ("0123456789abcdef"):rep(131072) -- 2 MB
      near:settimeout(0)
      far:settimeout(0)
      local parts, sent, size, stalled = {}, 0, 0, false
      while size < #data do
        if sent < #data then
          local last, err, at = near:send(data, sent + 1)
          stalled = stalled or err == "timeout"
          sent = last or at
        end
        local part, _, partial = far:receive(#data)
        part = part or partial
        parts[#parts + 1] = part
        size = size + #part
      end
      return { sent, size, stalled, table.concat(parts) == data }
    end,
  },
  {
    "goes on with a line of megabytes",
    function(near, far)
      local data = ("x"):rep(1000000) .. "\r\n"
      near:settimeout(0)
      far:settimeout(0)
      local at, line, err, partial = 0, nil, "timeout", ""
      while err == "timeout" do
        if at < #data then
          local last, _, stuck = near:send(data, at + 1)
          at = last or stuck
        end
        line, err, partial = far:receive("*l", partial)
      end
      return { #line, line == ("x"):rep(1000000) }
    end,
  },
}

local kinds = {}

-- LuaSocket itself: the measure.
function kinds.luasocket()
  local listener = assert(luasocket.bind("127.0.0.1", 0))
  local near = assert(luasocket.connect("127.0.0.1", (select(2, listener:getsockname()))))
  local far = assert(listener:accept())
  listener:close()
  return near, far
end

describe("A secsock connection, like one of LuaSocket's,", function()
  function kinds.plain() return support.loopback(parties.options) end
  function kinds.secure() return support.secure(parties.options) end
  function kinds.wrapped()
    local near, far = kinds.luasocket()
    return secsock.wrap(near, "client"), secsock.wrap(far, "server", parties.options.server)
  end

  local function outcome(kind, play)
    local near, far = kinds[kind]()
    near:settimeout(support.PATIENCE) -- so that what would hang fails
    far:settimeout(support.PATIENCE)
    local result = play(near, far)
    near:close()
    far:close()
    return result
  end

  local expected = {}

  for _, kind in ipairs { "plain", "secure", "wrapped" } do
    describe("when it is " .. kind .. ",", function()
      for i, scenario in ipairs(scenarios) do
        it(scenario[1], function()
          expected[i] = expected[i] or outcome("luasocket", scenario[2])
          assert.same(expected[i], outcome(kind, scenario[2]))
        end)
      end
    end)
  end
end)

describe("secsock.wrap", function()
  it("takes the descriptor and what was read ahead, and leaves an inert object", function()
    local near, far = kinds.luasocket()
    far:send "greeting\nand more\n"
    assert.equal("greeting", near:receive())
    assert.is_true(near:dirty())
    local fd = near:getfd()
    local s = assert(secsock.wrap(near, "client"))
    assert.equal(fd, s:getfd())
    assert.equal(-1, near:getfd())
    assert.is_false(near:dirty())
    assert.equal("and more", s:receive())
    assert.equal("plain", s:state())
    near:close()
    far:send "alive\n"
    assert.equal("alive", s:receive())
  end)

  it("does not let what was read ahead pass for protected", function()
    local near, far = kinds.luasocket()
    far:send "go ahead\nEVIL\n"
    assert.equal("go ahead", near:receive())
    local s = assert(secsock.wrap(near, "client", { trust = parties.ca:cert() }))
    local ok, err = s:upgrade "mail.example"
    assert.is_nil(ok)
    assert.equal("injected", err)
  end)

  it("gives the beginning of a handshake that was read ahead to the handshake", function()
    local near, far = kinds.luasocket()
    local memory = assert(secsock.new(parties.options.client))
    assert(memory:attachmemory "client")
    memory:upgrade()
    near:send("STARTTLS\n" .. memory:drain())
    assert.equal("STARTTLS", far:receive())
    assert.is_true(far:dirty())
    local identity = parties.identity
    local s = assert(secsock.wrap(far, "server", { identity = identity, timeout = 0 }))
    local ok, err = s:upgrade()
    assert.is_nil(ok)
    assert.equal("timeout", err)
    assert.equal("read", s:want())
    assert.is_true((select(2, s:getstats())) == 0)
    near:settimeout(support.PATIENCE)
    assert.equal("\22\3\3", near:receive(3)) -- a record of the ServerHello
  end)

  it("leaves the object alone when it cannot take over", function()
    local near = kinds.luasocket()
    local s, err, details = secsock.wrap(near, "server") -- without an identity
    assert.is_nil(s)
    assert.equal("no key", err)
    assert.is_string(details.message)
    assert.is_true(near:getfd() >= 0)
  end)
end)
