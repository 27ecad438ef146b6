-- How the pages of secsock.diagram look, in headless Chromium: it lays all of them out at once, and
-- a script measures them. Which Lua made them does not matter, so that one of them is enough.
if _VERSION ~= "Lua 5.4" then return end

local cjson = require "cjson"
local secsock = require "secsock"
local browser = require "spec.support.browser"
local parties = require "spec.support.parties"
local support = require "spec.support"

local function mail(changes)
  local all = { client = { script = "smtp" }, server = { script = "smtp" } }
  for name, value in pairs(changes or {}) do all[name] = value end
  return parties.run(all)
end

local evil = [[</li><script>document.title = "evil"</script><img src=x onerror=alert(1)>]]

-- Each with the facts by which it is known in its page.
local RUNS = {
  good = {
    run = mail,
    facts = { "problems 0", "certificates 2", "wire 0", "alarms ", "folded 0" },
  },
  wrong = {
    run = function()
      local sub = parties.ca:intermediate("Issuing CA " .. evil)
      local identity = sub:issue { dns = "mail.example", not_after = os.time() - 86400 }
      return mail {
        client = { script = "smtp", peername = "other.example" },
        server = { script = "smtp", identity = identity },
      }
    end,
    facts = { "problems 2", "certificates 3", "alarms from-client", "scripts 0" },
  },
  injected = {
    run = function()
      return mail { wire = { to_server = { inject = { after = "STARTTLS", bytes = evil } } } }
    end,
    facts = { "wire 1", "certificates 0", "scripts 0" },
  },
  mutual = {
    run = function()
      return mail {
        client = { versions = { "TLSv1.2" }, script = "smtp",
                   identity = parties.ca:issue { email = "joe@mail.example" } },
        server = { clientauth = "require", trust = parties.ca, script = "smtp" },
      }
    end,
    facts = { "problems 0", "certificates 4" },
  },
  long = {
    run = function()
      local word = ("long"):rep(200)
      return parties.run {
        client = { script = function(me)
          me:say(word)
          me:upgrade()
          for _ = 1, 300 do me:send(("x"):rep(1000)) end
          me:expect "^done$"
          me:close()
        end },
        server = { script = function(me)
          me:expect(word)
          me:upgrade()
          me:receive(300000)
          me:say "done"
          me:expect_close()
        end },
      }
    end,
    facts = { "folded 1" },
  },
}

-- What seldom happens, or must never.
local function seldom()
  local events = {
    { kind = "plain", who = "server", bytes = "220 hello\r\n", size = 11 },
    { kind = "upgrade", who = "client" },
    { kind = "handshake", who = "client", size = 45, protected = true },
    { kind = "handshake", who = "server", size = 16389, continued = "certificate", messages = {} },
    { kind = "encrypted", who = "server", size = 45, protected = true },
    { kind = "stray", who = "server", bytes = evil, size = #evil },
    { kind = "alert", who = "client", size = 45, protected = true },
    { kind = "crossing", who = "client", law = 4, text = "received what nobody sent " .. evil },
    { kind = "clear", who = "client" },
    { kind = "end", who = "client" },
    { kind = "reset", who = "server" },
  }
  for i, event in ipairs(events) do event.time = i / 7 end
  return events
end

RUNS.seldom = {
  run = seldom, facts = { "rows 11", "alarms from-server,from-server", "scripts 0" },
}

local WIDTHS = { wide = 1180, narrow = 400 }

local function pages_of(runs)
  local pages = {}
  for title, of in pairs(runs) do
    local html = secsock.diagram(of.run(), "html")
    for width, pixels in pairs(WIDTHS) do
      for _, dark in ipairs { false, true } do
        pages[#pages + 1] = {
          title = ("%s %s %s"):format(title, width, dark and "dark" or "light"),
          width = pixels, dark = dark, html = html,
        }
      end
    end
  end
  return pages
end

-- A page with all of them, and the script that looks at them.
local function gallery(pages)
  local data = cjson.encode(pages):gsub("</", "<\\/")
  return "<!doctype html><meta charset=utf-8><body style='margin: 0'><pre id=report></pre><script>"
    .. "const pages = " .. data .. "; let left = pages.length;\n"
    .. support.read "spec/support/diagram_probe.js" .. "</script>"
end

describe("a page with a diagram #slow", function()
  local report, picture

  setup(function()
    local document
    document, picture = browser.open(gallery(pages_of(RUNS)))
    report = browser.text(document, "pre", "report")
    assert.is_truthy(report and report ~= "", document:sub(1, 3000))
  end)

  teardown(function() os.remove(picture) end)

  for title, of in pairs(RUNS) do
    for width in pairs(WIDTHS) do
      for _, light in ipairs { "light", "dark" } do
        local page = ("%s %s %s"):format(title, width, light)

        it("is laid out well: " .. page, function()
          local count = 0
          for check, found in report:gmatch("%f[^\n%z]" .. page .. ", (%a+): ([^\n]*)") do
            count = count + 1
            assert.equal("", found, check)
          end
          assert.equal(10, count)
          for _, fact in ipairs(of.facts) do
            assert.is_truthy((report .. "\n"):find(page .. ", " .. fact .. "\n", 1, true), report)
          end
          local dark = page .. ", dark " .. tostring(light == "dark")
          assert.is_truthy(report:find(dark, 1, true), report)
        end)
      end
    end
  end

  it("is not blank", function()
    local width, height, colours = browser.measure(picture)
    assert.same({ 1200, 900 }, { width, height })
    assert.is_true(colours > 100, colours)
  end)
end)

describe("the look at a page #slow", function()
  it("finds what is wrong with one", function()
    local html = secsock.diagram(mail(), "html")
      :gsub("</style>", ".label { transform: translateY(30px); } .record { width: 2000px; "
        .. "max-width: none !important; } .arrow { width: 50%%; } .card { color: #eee; }</style>")
    local page = { title = "bad", width = 800, dark = false, html = html }
    local document, picture = browser.open(gallery { page })
    os.remove(picture)
    local report = browser.text(document, "pre", "report")
    for _, check in ipairs { "overflow", "overlap", "arrows", "legible" } do
      assert.matches("bad, " .. check .. ": [^\n]", report)
    end
  end)
end)

