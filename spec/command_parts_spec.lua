-- What the command is made of: JSON, options, URLs, and sockets that tell what is said on them.
local cjson = require "cjson"
local command = require "secsock.command"
local json = require "secsock.command.json"
local options = require "secsock.command.options"
local status = require "secsock.command.status"
local target = require "secsock.command.target"
local parties = require "spec.support.parties"
local support = require "spec.support"
local trace = require "secsock.command.trace"

-- What a function ends the command with: the name of a status and a message.
local function failure(f, ...)
  local ok, err = pcall(f, ...)
  assert.is_false(ok)
  assert.is_true(status.is_failure(err), tostring(err))
  return err.status, err.message
end

describe("JSON", function()
  it("is what another reader takes it for", function()
    local value = {
      text = 'quotes " and \\ and \n and \0 and \127 and ü and 日本 and 😀',
      numbers = { 0, -1, 1764547200, 0.1, 1e15, -2.5 },
      nested = { { a = true }, { b = false, c = { "x" } } },
    }
    assert.same(value, cjson.decode(json.encode(value)))
  end)

  it("tells an empty list from an empty object", function()
    assert.equal("[]", json.encode(json.list()))
    assert.equal("{}", json.encode {})
  end)

  it("has its keys in order, and is indented", function()
    assert.equal('{\n  "a": [\n    1,\n    2\n  ],\n  "b": true\n}',
      json.encode { b = true, a = { 1, 2 } })
  end)

  it("writes whole numbers without a fraction", function()
    assert.equal("1764547200", json.encode(1764547200.0))
  end)

  -- RFC 3629: overlong forms, surrogates, beyond Unicode, cut off, no beginning.
  local malformed = {
    "\192\128", "\224\128\128", "\240\128\128\128", "\237\160\128", "\244\144\128\128", "\195",
    "\226\130", "\128", "\255",
  }
  for _, bytes in ipairs(malformed) do
    local hex = bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)
    it("is UTF-8 where the text is not: " .. hex, function()
      local encoded = json.encode("a" .. bytes .. "z")
      assert.equal('"a' .. ("\239\191\189"):rep(#bytes) .. 'z"', encoded)
    end)
  end

  it("has no function, no infinity and no numbers for keys", function()
    assert.has_error(function() json.encode(print) end, "JSON has no function")
    assert.has_error(function() json.encode(math.huge) end, "JSON has no such number")
    assert.has_error(function() json.encode { [true] = 1 } end,
      "a key of a JSON object is a string")
  end)
end)

describe("options", function()
  local some = {
    arguments = { 1, 2 }, usage = "[OPTION]... A [B]",
    groups = {
      { "First", { "name", "NAME", "a name" }, { "dry-run", nil, "do nothing" } },
      { "Second", { "trust", "FILE", "files", many = true }, { "time", "DATE", "when" },
        { "tls", "VERSION", "which", of = { "1.2", "1.3" } }, { "port", "PORT", "where" },
        { "pin", "PIN", "a pin" }, { "max", "NUMBER", "how many" } },
    },
  }

  local function parse(...)
    return options.parse(some, { "it", ... }, 2)
  end

  it("may stand before and behind the other arguments, with their values or =", function()
    local found, rest = parse("--name", "x", "a", "--trust=b", "--dry-run", "--trust", "c", "d")
    assert.same({ name = "x", trust = { "b", "c" }, dry_run = true }, found)
    assert.same({ "a", "d" }, rest)
  end)

  it("end with --, and - is none", function()
    assert.same({ "-", "--name" }, select(2, parse("-", "--", "--name")))
  end)

  it("take empty values and values with =", function()
    assert.same({ name = "", trust = { "a=b" } }, (parse("--name=", "--trust=a=b", "x")))
  end)

  it("ask for help whatever else is missing", function()
    assert.is_true(parse("--help").help)
    assert.is_true(parse("-h").help)
  end)

  local moments = {
    ["1970-01-01T00:00:00Z"] = 0,
    ["1970-01-01"] = 43200,
    ["2000-02-29"] = 951825600,
    ["2026-11-30 12:34:56"] = 1796042096,
    ["2100-03-01T00:00:00"] = 4107542400,
  }
  for text, seconds in pairs(moments) do
    it("read the moment " .. text, function()
      assert.equal(seconds, parse("--time", text, "x").time)
    end)
  end

  local mistakes = {
    { {}, "an argument is missing: [OPTION]... A [B]" },
    { { "a", "b", "c" }, "one argument too many: 'c'" },
    { { "--nam", "x", "a" }, "unknown option '--nam'" },
    { { "-n", "a" }, "unknown option '-n'" },
    { { "--=x", "a" }, "unknown option '--=x'" },
    { { "a", "--name" }, "--name: NAME is missing" },
    { { "--dry-run=yes", "a" }, "--dry-run takes no value" },
    { { "--name=a", "--name=b", "a" }, "--name comes twice" },
    { { "--tls", "1.1", "a" }, "--tls: one of 1.2, 1.3 expected, not '1.1'" },
    { { "--port", "65536", "a" }, "--port: a port expected, not '65536'" },
    { { "--port", "-1", "a" }, "--port: a port expected, not '-1'" },
    { { "--max", "1.5", "a" }, "--max: a whole number expected, not '1.5'" },
    { { "--pin", "x", "a" }, "--pin: the base64 of a SHA-256 digest expected, not 'x'" },
  }
  for _, moment in ipairs {
    "today", "2026-02-30", "2026-13-01", "2026-11-30T24:00:00Z", "2026-11-30T12:00", "1900-02-29",
  } do
    local message = "--time: a date as 2026-11-30 or 2026-11-30T12:00:00Z expected, not '%s'"
    mistakes[#mistakes + 1] = { { "--time", moment, "a" }, message:format(moment) }
  end
  for _, mistake in ipairs(mistakes) do
    it("are refused: " .. mistake[2], function()
      local name, message = failure(parse, (table.unpack or unpack)(mistake[1]))
      assert.same({ "usage", mistake[2] }, { name, message })
    end)
  end
end)

describe("the commands", function()
  it("say what they are for, and what each option does", function()
    for _, one in ipairs(command.all()) do
      assert.is_string(one.summary)
      assert.is_string(one.about[1])
      assert.equal(one, command.find(one.name))
      local seen = {}
      for option in options.each(one.groups) do
        assert.is_string(option[3], option[1])
        assert.is_nil(seen[option[1]], option[1])
        seen[option[1]] = true
      end
    end
  end)
end)

describe("a URL", function()
  local good = {
    ["smtp://mail.example"] = { "smtp://mail.example:25", "mail.example", 25, "smtp" },
    ["submission://mail.example:"] =
      { "submission://mail.example:587", "mail.example", 587, "smtp" },
    ["HTTPS://www.example/path?query:1"] = { "https://www.example:443", "www.example", 443 },
    ["localhost:8443"] = { "tls://localhost:8443", "localhost", 8443 },
    ["postgresql://[::1]:5433"] = { "postgresql://[::1]:5433", "::1", 5433, "postgres" },
    ["[2001:db8::1]:1"] = { "tls://[2001:db8::1]:1", "2001:db8::1", 1 },
  }
  for url, is in pairs(good) do
    it("is understood: " .. url, function()
      local where = target.parse(url)
      assert.same({ is[1], is[2], is[3], is[4] },
        { where.url, where.host, where.port, where.dialogue })
    end)
  end

  for _, url in ipairs {
    "", "tls://", "localhost", "gopher://localhost", "smtp://localhost:0", "smtp://localhost:65536",
    "smtp://localhost:x", "smtp://user@localhost", "smtp://::1", "smtp://[::1", "tls://localhost",
    "smtp://[::1]x:25",
  } do
    it("is refused: '" .. url .. "'", function()
      assert.equal("usage", (failure(target.parse, url)))
    end)
  end
end)

describe("the dialogue on a socket", function()
  local told, upgrades, p

  -- A client and its server, of which the client's dialogue is told.
  local function follow(protocol)
    told, upgrades = {}, {}
    p = support.pair {
      client = { trust = parties.ca:cert(), peername = "mail.example" },
      server = { identity = parties.identity },
    }
    p.client:settimeout(0)
    return trace.follow(p.client, protocol,
      function(who, text, secure) told[#told + 1] = { who, text, secure } end,
      function(ok) upgrades[#upgrades + 1] = ok end)
  end

  -- The server says something, and the client takes it.
  local function hear(text)
    p.server:send(text)
    p:pump()
    p.client:receive(#text)
  end

  it("is told by lines, also one that does not end, and whether it is protected", function()
    local dialogue = follow "smtp"
    hear "220 x\r\n"
    p.client:send "EHLO a\r\nNOOP\r\n"
    p:pump()
    p.server:receive(14)
    hear "un"
    p:upgrade()
    hear "a\n"
    hear "b"
    dialogue:finish()
    hear "c\n"
    assert.same({
      { "server", "220 x", false }, { "client", "EHLO a", false }, { "client", "NOOP", false },
      { "server", "un", false }, { "server", "a", true }, { "server", "b", true },
    }, told)
    assert.same({ true }, upgrades)
  end)

  it("is told in hex where there are no lines, and that the upgrade fails", function()
    local dialogue = follow "postgres"
    p.client:send "\0\10\255"
    p:pump()
    p.server:receive(3)
    hear "\10S"
    p.client:setpeername "other.example"
    p:upgrade()
    dialogue:finish()
    assert.same({ { "client", "00 0a ff", false }, { "server", "0a 53", false } }, told)
    assert.same({ false }, upgrades)
  end)
end)
