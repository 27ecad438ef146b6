-- secsock.diagram: sequence diagrams, as text and as a page. How the page looks is for
-- diagram_page_spec.lua.
local secsock = require "secsock"
local scenario = require "secsock.scenario"
local parties = require "spec.support.parties"
local support = require "spec.support"
local width = require "secsock.diagram.width"

local function lines_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do lines[#lines + 1] = line end
  return lines
end

-- Every line between two lifelines that stand one below the other, and none too long.
local function check_shape(text)
  local lines = lines_of(text)
  local left, right = width.of(lines[2]:match "^[ %d.]*"), width.of(lines[2])
  for i = 2, #lines do
    local line = lines[i]
    assert.equal(right, width.of(line), line)
    assert.equal(left, width.of(line:match "^[ %d.]*"), line)
    assert.is_truthy(line:find "│$" or line:find "┥$", line)
  end
  assert.is_true(right <= 100, right)
end

-- That a diagram has these parts, one after the other, however long its arrows are.
local function shows(parts, text)
  for _, mark in ipairs { "─", "═", "━", "┄", " " } do
    local count
    repeat text, count = text:gsub(mark .. mark, mark) until count == 0
  end
  local at = 1
  for _, part in ipairs(parts) do
    local _, last = text:find(part, at, true)
    assert.is_truthy(last, part .. "\n" .. text)
    at = last + 1
  end
end

local function plain(who, bytes)
  return { kind = "plain", who = who, bytes = bytes, size = #bytes }
end

local function data(who, length)
  return { kind = "data", who = who, length = length, size = length + 22, protected = true }
end

-- Events in their order, a second apart.
local function timed(events)
  for i, event in ipairs(events) do event.time = i - 1 end
  return events
end

describe("a text in columns", function()
  it("goes on below its beginning", function()
    assert.same({ "one", "  two", "  six" }, width.wrap("one two six", 5, "  "))
  end)

  it("goes on at the left where there would be no room", function()
    assert.same({ "one", "two", "six" }, width.wrap("one two six", 5, (" "):rep(5)))
    assert.same({ "one", "two", "six" }, width.wrap("one two six", 5, (" "):rep(50)))
  end)
end)

local MAIL = { client = { script = "smtp" }, server = { script = "smtp" } }

local function mail(changes)
  local all = { client = MAIL.client, server = MAIL.server }
  for name, value in pairs(changes or {}) do all[name] = value end
  return parties.run(all)
end

describe("the width of text", function()
  it("counts columns, not bytes", function()
    assert.equal(6, width.of "Müller")
    assert.equal(4, width.of "日本")
    assert.equal(1, width.of "e\204\129")
    assert.equal(2, width.of "😀")
    assert.equal(0, width.of "")
  end)

  it("bounds lines, at spaces where there are some", function()
    assert.same({ "one two", "three" }, width.wrap("one two three", 8))
    assert.same({ "onetwoth", "  ree" }, width.wrap("onetwothree", 8, "  "))
    assert.same({ "日本日", "本日本" }, width.wrap("日本日本日本", 7))
    assert.same({ "" }, width.wrap("", 8))
  end)
end)

describe("a diagram as text", function()
  it("shows what was said in the clear, the upgrade, the handshake, the verdict and the data",
    function()
      local text = secsock.diagram(mail())
      check_shape(text)
      shows({
        "client server\n", "│◀─ 250 STARTTLS ─│", "│─ STARTTLS ─▶│", "┝━ both ends begin TLS ━┥",
        "│─ client_hello 14", "─▶│", "│◀═ certificate ", "│ ✓ mail.example is trusted │",
        "│ CN=Test Root (trust anchor) │", "│ └─ CN=mail.example │",
        "✓ is secure: TLSv1.3, TLS_AES_128_GCM_SHA256, X25519MLKEM768",
        '│═ 6 bytes: "ping\\r\\n" ═▶│', "│═ close_notify ═▶│", "│ · closes │",
      }, text)
    end)

  it("shows problems in their place, the alert, and that the connection fails", function()
    local text = secsock.diagram(mail { client = { script = "smtp", peername = "other.example" } })
    check_shape(text)
    shows({
      "✗ other.example is not trusted: 1 problem", "└─ CN=mail.example │",
      "! name_mismatch: issued for mail.example", "│═ fatal alert: bad_certificate (42) ═▶│",
      "✗ fails: other.example was refused",
    }, text)
  end)

  it("shows what the wire does between the lines", function()
    local text = secsock.diagram(mail {
      wire = { to_server = { inject = { after = "STARTTLS", bytes = "NOOP\r\n" } } },
    })
    check_shape(text)
    shows({ "STARTTLS", '│┄ on the way to the server: the wire injects "NOOP\\r\\n" ┄│' }, text)
    assert.not_matches("client begins TLS", text)
  end)

  it("shows a law that is crossed", function()
    local crossing = { kind = "crossing", who = "client", law = 4, text = "x" }
    shows({ "✗ CROSSES LAW 4: x" }, secsock.diagram(timed { crossing }))
  end)

  it("keeps its shape, whatever strangers say", function()
    local evil = "<b>\27[31m\226\128\174" .. ("日本Müller "):rep(30)
    check_shape(secsock.diagram(timed {
      plain("client", evil .. "\r\n"), plain("server", evil), plain("client", "\0\255\r\n"),
      { kind = "stray", who = "server", bytes = evil, size = #evil },
      { kind = "note", who = "client", text = evil },
      { kind = "failed", who = "server", message = ("x"):rep(400) .. evil },
      { kind = "wire", who = "wire", direction = "to_client", text = "says " .. evil },
    }))
  end)

  it("names what cannot be read", function()
    local text = secsock.diagram(timed {
      { kind = "handshake", who = "client", size = 45, protected = true },
      { kind = "alert", who = "server", size = 31, protected = true },
      { kind = "data", who = "client", size = 12345, protected = true },
      { kind = "encrypted", who = "server", size = 1, protected = true },
    })
    for _, part in ipairs { "encrypted handshake, 45 bytes", "encrypted alert, 31 bytes",
                            "encrypted data, 12.3 kB", "encrypted, 1 byte " } do
      assert.is_truthy(text:find(part, 1, true), text)
    end
  end)

  it("draws what s:trace() has told", function()
    local events, p = {}, support.pair {
      client = { hook = function() return true end }, server = { identity = parties.identity },
    }
    p.client:trace(function(event) events[#events + 1] = event end)
    p:upgrade()
    p.client:close()
    local text = secsock.diagram(events)
    check_shape(text)
    assert.matches("server_hello", text)
    assert.matches("issuer_unknown", text)
    assert.equal(text, secsock.diagram(events, "text"))
  end)

  it("is empty where nothing has happened", function()
    assert.equal(1, #lines_of(secsock.diagram {}))
  end)

  it("throws over what cannot be drawn, at the caller", function()
    for text, arguments in pairs {
      ["a run, or a list of events, expected"] = { "x" },
      ["'text' or 'html' expected, got 'pdf'"] = { {}, "pdf" },
    } do
      local ok, err = pcall(function()
        local drawn = secsock.diagram(arguments[1], arguments[2])
        return drawn
      end)
      assert.is_false(ok)
      assert.matches("diagram_spec.lua:%d+: " .. text, err)
    end
  end)
end)

describe("a long run", function()
  it("is folded where the same follows again and again", function()
    local events = { plain("server", "hello\r\n") }
    for _ = 1, 950 do events[#events + 1] = data("client", 16000) end
    events[#events + 1] = data("server", 2)
    local text = secsock.diagram(timed(events))
    shows({ "│═ × 950 records of data, 15.2 MB ═▶│" }, text)
    assert.equal(4, #lines_of(text))
  end)

  it("is folded where both ends talk by turns", function()
    local events = {}
    for i = 1, 10000 do events[i] = data(i % 2 == 0 and "client" or "server", 100) end
    local text = secsock.diagram(timed(events))
    check_shape(text)
    shows({ "│◀═ × 4997 records of data, 499.7 kB ═│", "│═ × 4997 records of data, 499.7 kB ═▶│" },
          text)
    assert.equal(9, #lines_of(text))
  end)

  it("is folded whatever comes so often", function()
    local events = {}
    for i = 1, 10000 do
      events[i] = { kind = "handshake", who = "client", size = 27, protected = true,
                    messages = { { name = "key_update", size = 5 } } }
    end
    for i = 1, 200 do events[#events + 1] = plain("server", i .. "\r\n") end
    events[#events + 1] = { kind = "stray", who = "client", bytes = "x", size = 1 }
    for _ = 1, 20 do events[#events + 1] = events[#events] end
    local text = secsock.diagram(timed(events))
    assert.matches("× 9998 key_update 5", text)
    assert.matches("× 180 more lines, ", text)
    assert.matches("× 19 times what is not TLS, 19 bytes", text)
    assert.matches("× 180 more lines, ", secsock.diagram(events, "html"))
  end)

  it("leaves the events as they are", function()
    local events = timed { data("client", 1), data("client", 1), data("client", 1),
                           data("client", 1) }
    secsock.diagram(events)
    assert.equal(4, #events)
    assert.same({ 1, nil }, { events[1].length, events[1].count })
  end)
end)

describe("a diagram as a page", function()
  local evil = [[</li><script>alert('1')</script><img src="http://evil.example/">&]]

  -- What would be fetched, or run.
  local function check_harmless(page)
    local bare = page:gsub("<style>.-</style>", "")
    assert.is_nil(bare:find "<script")
    assert.is_nil(bare:find "<img")
    assert.is_nil(bare:find "<link")
    for _, word in ipairs { "url%(", "@import", "%ssrc=", "%shref=", "%son%a+=" } do
      local tags = page:gsub(">[^<]*<", "><")
      assert.is_nil(tags:find(word), word)
    end
    assert.is_truthy(page:find("default-src 'none'", 1, true))
  end

  it("escapes whatever comes from elsewhere", function()
    local page = secsock.diagram(timed {
      plain("client", evil .. "\r\n"), { kind = "note", who = "server", text = evil },
      { kind = "failed", who = "client", message = evil },
      { kind = "secure", who = "server", info = { version = evil, cipher = evil } },
      { kind = "alert", who = "client", level = "fatal", name = evil, number = 1, size = 9 },
      { kind = "handshake", who = "client", size = 9, messages = { { name = evil, size = 1 } } },
    }, "html")
    check_harmless(page)
    local _, count = page:gsub("&lt;/li&gt;&lt;script&gt;", "")
    assert.equal(7, count)
  end)

  it("escapes what is in certificates", function()
    local ca = scenario.ca { subject = { { "CN", evil } } }
    local r = scenario.run {
      client = { trust = ca, peername = "other.example" },
      server = { identity = ca:issue { dns = "mail.example" } },
    }
    local page = secsock.diagram(r, "html")
    check_harmless(page)
    assert.matches("CN=[^<]*script[^<]*alert", page)
    assert.matches("trust anchor", page)
  end)

  it("says by which seed it comes again, where it is a run's", function()
    local r = mail()
    r.seed = "7 <b>"
    assert.matches(", seed 7 &lt;b&gt;</p>", secsock.diagram(r, "html"), 1, true)
    assert.is_nil(secsock.diagram(r.events, "html"):find("seed", 1, true))
  end)

  it("has the same words as the text", function()
    local page = secsock.diagram(mail(), "html")
    check_harmless(page)
    for _, part in ipairs { "<code>250 STARTTLS</code>", "both ends begin TLS", "client_hello <b",
                            "mail.example is trusted", "X25519MLKEM768", "close_notify" } do
      assert.is_truthy(page:find(part, 1, true), part)
    end
  end)
end)

describe("scenario.run{ diagram = }", function()
  local path

  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  it("writes a page, or, where the name does not end in .html, text", function()
    local r = mail { diagram = path }
    assert.equal(secsock.diagram(r) .. "\n", support.read(path))
    local page = path .. ".html"
    r = mail { diagram = page }
    local written = support.read(page)
    os.remove(page)
    assert.equal(secsock.diagram(r, "html") .. "\n", written)
  end)

  it("names the file that it cannot write", function()
    for _, where in ipairs { "/nowhere/x.html", "/dev/full" } do
      local ok, err = pcall(mail, { diagram = where })
      assert.is_false(ok)
      assert.matches("option 'diagram': " .. where, err, 1, true)
    end
  end)
end)
