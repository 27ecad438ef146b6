-- secsock run: scenarios without Busted, with and without luassert.
local command = require "spec.support.command"
local process = require "spec.support.process"
local shell = require "spec.support.shell"
local support = require "spec.support"
local tshark = require "spec.support.tshark"

local PRELUDE = [[
local scenario = require "secsock.scenario"
require "secsock.scenario.assertions"
local ca = scenario.ca "Test Root"
local function meet(name, options)
  options = options or {}
  options.server = { identity = ca:issue { dns = "mail.example" } }
  options.client = { trust = ca, peername = name }
  return scenario.run(options)
end
]]

describe("secsock run", function()
  local folder, count

  setup(function()
    folder, count = os.tmpname(), 0
    os.remove(folder)
    shell.run("mkdir " .. folder)
  end)

  teardown(function() shell.run("rm -rf " .. folder) end)

  -- A file of scenarios.
  local function file(text)
    count = count + 1
    local path = ("%s/%d.lua"):format(folder, count)
    local handle = assert(io.open(path, "w"))
    handle:write(PRELUDE .. text)
    handle:close()
    return path
  end

  local function run(...)
    return command.run(command.with({ "run" }, ...))
  end

  local well, ill

  setup(function()
    well = file [[
      describe("a client", function()
        it("is secure", function() assert.secure(meet "mail.example") end)
        it("refuses others", function()
          assert.rejected(meet("other.example").client, "name_mismatch")
        end)
        describe("in detail", function()
          it("is lawful", function() assert.lawful(meet "mail.example") end)
        end)
        pending "what nobody has written yet"
      end)]]
    ill = file [[
      it("is secure", function() assert.secure(meet "other.example") end)
      it("counts", function()
        meet "mail.example"
        assert.equal(1, 2, "how many?")
      end)
      it("errs", function()
        local nothing
        return nothing.field
      end)
      it("throws what is no text", function() error({}) end)]]
  end)

  it("tells each case, with what it is in", function()
    local code, said, complaint = run(well)
    assert.same({ 0, "" }, { code, complaint })
    assert.equal(well .. [[

  a client
    ok      is secure
    ok      refuses others
    in detail
      ok      is lawful
    pending what nobody has written yet

3 passed, 0 failed, 1 pending, seed 1
]], said)
  end)

  it("tells what failed, where, and what happened", function()
    local code, said = run(ill)
    assert.equal(1, code)
    assert.matches("FAILED  is secure\n +%S+2.lua:10: Expected the client to be secure: ", said)
    assert.matches("name_mismatch.-the client begins TLS", said)
    assert.matches("2.lua:13: how many%?\n.-The last run: seed 1\n.-is secure: TLSv1.3", said)
    assert.matches("2.lua:17: attempt to index", said)
    assert.matches("throws what is no text\n +table: .-2.lua:19", said)
    assert.matches("\n0 passed, 4 failed, seed 1\n$", said)
  end)

  it("speaks TAP", function()
    local code, said = run("--tap", well, ill)
    assert.equal(1, code)
    assert.matches("^TAP version 13\n# %S+1.lua\nok 1 %- a client is secure\n", said)
    assert.matches("\nok 4 %- a client what nobody has written yet # SKIP", said)
    assert.matches("\nnot ok 6 %- counts\n# [^\n]+how many%?\n", said)
    assert.matches("\n1..8\n# seed 1\n$", said)
    for line in said:gmatch "[^\n]+" do
      assert.is_truthy(line:find "^[#T1]" or line:find "^ok" or line:find "^not ok", line)
    end
  end)

  it("is coloured on a terminal, and shows there how far a matrix is", function()
    local path = file [[
      it("is a matrix", function()
        assert.passed(scenario.matrix {
          version = { "TLSv1.2", "TLSv1.3" }, run = function() meet "mail.example" end,
        })
      end)]]
    local _, said = command.on_terminal({ "run", path }, "TERM=xterm"):finish()
    process.stopall()
    assert.is_truthy(said:find("\27[32mok", 1, true))
    assert.matches("1 of 2, 0 failed\r2 of 2, 0 failed", said)
    assert.is_nil(select(3, run(path)):find "of 2")
  end)

  it("takes those cases whose names hold a text, or match a pattern", function()
    local _, said = run(well, "--only", "refuses others")
    assert.matches("1 passed, 0 failed, seed", said)
    _, said = run(well, "--only", "^a client.*%a+ful$")
    assert.matches("ok      is lawful\n\n1 passed", said)
    local code, nothing, complaint = run(well, "--only", "(")
    assert.same({ 2, "" }, { code, nothing })
    assert.matches("there is no case '%('", complaint)
  end)

  describe("with matrices and suites", function()
    local path

    setup(function()
      path = file [[
        local function product(names)
          assert.passed(scenario.matrix {
            name_ = names, split = { 1, "random" },
            run = function(case)
              local r = case.scenario {
                client = { trust = ca, peername = case.name_ },
                server = { identity = ca:issue { dns = "mail.example" } },
                wire = { split = case.split },
              }
              assert.secure(r)
            end,
          })
        end
        describe("a client", function()
          it("is secure", function() product { "other.example", "mail.example" } end)
          it("is secure with one", function() product { "mail.example" } end)
          it("refuses", function()
            local report = scenario.suites.tls_client_validation {
              client = { hook = function() return true end }, only = { "expired", "self_signed" },
            }:run()
            error(report:table(), 0)
          end)
        end)]]
    end)

    it("says how what has failed comes again, and shows the first that did", function()
      local code, said = run(path, "--seed", "a b", "--only", "is secure")
      assert.equal(1, code)
      assert.matches("2 passed, 2 failed, seed a b\n +seed a b name_=other.example split=1\n", said)
      assert.is_nil(said:find "The last run")
      local line = said:match "Again: secsock run ([^\n]*)"
      assert.equal(("'%s' --only 'a client is secure' --seed 'a b'"):format(path), line)
    end)

    it("runs one of their cases again, by its name and the seed", function()
      local name = "name_=other.example split=random"
      local pattern = "^" .. name .. "$"
      for only, part in pairs {
        [name] = name, [pattern] = pattern, ["a client is secure " .. name] = name,
      } do
        for _, seed in ipairs { "7", "7 " .. name } do -- that of the matrix, or its own
          local code, said = run(path, "--only", only, "--seed", seed)
          assert.equal(1, code)
          assert.matches("\n +0 passed, 1 failed, seed " .. seed
            .. "\n +seed 7 name_=other%.example split=random\n", said)
          assert.matches("\n0 passed, 1 failed, seed", said) -- the other matrix has no such case
          local again = ("--only 'a client is secure %s' --seed '%s'\n"):format(part, seed)
          assert.is_truthy(said:find(again, 1, true), said)
        end
      end
      assert.matches("\n +0 refused, 1 accepted, 0 cannot be judged\n",
        (select(2, run(path, "--only", "self_signed"))))
    end)

    it("ends where none has such a case", function()
      local code, said, complaint = run(path, "--only", "name_=nobody")
      assert.same({ 2, "" }, { code, said })
      assert.matches("there is no case 'name_=nobody'", complaint)
      assert.equal(2, (run(path, "--only", "split=1", "--list")))
    end)
  end)

  it("tells the names of the cases", function()
    local code, said = run(well, "--list", "--only", "client")
    assert.same({ 0, "a client is secure\na client refuses others\na client in detail is lawful\n"
      .. "a client what nobody has written yet\n" }, { code, said })
  end)

  it("has a seed for all runs and matrices that have none", function()
    local path = file [[
      it("tells seeds", function()
        local m = scenario.matrix { a = { 1 }, run = function(c) c.scenario(
          { server = { identity = ca:issue { dns = "mail.example" } },
            client = { trust = ca, peername = "mail.example" } }) end }
        error(("%s, %s, %s"):format(meet("mail.example").seed, m.cases[1].run.seed,
          meet("mail.example", { seed = 7 }).seed), 0)
      end)]]
    assert.matches("\n +1, 1 a=1, 7\n", (select(2, run(path))))
    assert.matches("\n +42, 42 a=1, 7\n.*seed 42\n$", (select(2, run(path, "--seed", "42"))))
    assert.matches("\n +word, word a=1, 7\n", (select(2, run(path, "--seed", "word"))))
  end)

  it("runs what goes around cases: from outside in, and back", function()
    local path = file [[
      local told = ""
      local function tell(word) return function() told = told .. word .. " " end end
      setup(tell "SETUP")
      before_each(tell "before")
      after_each(tell "after")
      teardown(function() error(told .. "TEARDOWN", 0) end)
      describe("within", function()
        setup(tell "Setup")
        before_each(tell "Before")
        after_each(tell "After")
        teardown(tell "Teardown")
        it("one", tell "one")
        it("two", function() told = told .. "two " error "oops" end)
      end)
      describe("untouched", function()
        setup(tell "NEVER")
        it("is left out", tell "NEVER")
      end)]]
    local code, said = run(path, "--only", "within")
    assert.equal(1, code)
    assert.matches("SETUP Setup before Before one After after before Before two After after "
      .. "Teardown TEARDOWN\n", said)
    assert.matches("FAILED  the file teardown", said)
  end)

  it("has a failed setup fail all that is in it", function()
    local code, said = run(file [[
      describe("all", function()
        setup(function() error "no setup" end)
        it("one", function() end)
        describe("below", function() it("two", function() end) end)
      end)
      it("three", function() end)]])
    assert.equal(1, code)
    assert.matches("FAILED  one\n.-no setup.-FAILED  two\n.-no setup.-ok      three", said)
  end)

  it("leaves a capture of each run, under the name of its case", function()
    local out = folder .. "/deep/captures"
    local path = file [[
      it("../meets: twice", function() meet "mail.example" meet "mail.example" end)]]
    assert.equal(0, (run(path, "--capture", out)))
    assert.equal("meets-twice-2.pcapng\nmeets-twice.pcapng\n", shell.run("LC_ALL=C ls " .. out))
    local packets = tshark.read(out .. "/meets-twice.pcapng", {
      "tls.handshake.extensions_server_name",
    })
    assert.same({ "mail.example" },
      tshark.all(packets, "tls.handshake.extensions_server_name"))
    local code, _, complaint = run(path, "--capture", out)
    assert.equal(5, code)
    assert.matches("meets%-twice.pcapng is there already", complaint)
    assert.equal(5, (run(path, "--capture", path)))
  end)

  it("draws each run as a page, also that of a case that fails", function()
    local out = folder .. "/pages"
    local path = file [[
      describe("a client", function()
        it("meets", function() meet "mail.example" end)
        it("fails", function() assert.secure(meet "other.example") end)
      end)]]
    assert.equal(1, (run(path, "--diagram", out, "--capture", out)))
    assert.equal("a-client-fails.html\na-client-fails.pcapng\na-client-meets.html\n"
      .. "a-client-meets.pcapng\n", shell.run("LC_ALL=C ls " .. out))
    local page = support.read(out .. "/a-client-fails.html")
    assert.matches("^<!doctype html>", page:lower())
    assert.matches("name_mismatch", page)
    shell.run("echo old >" .. out .. "/a-client-fails.html") -- is replaced; captures never are
    assert.equal(1, (run(path, "--diagram", out)))
    assert.matches("^<!doctype html>", support.read(out .. "/a-client-fails.html"):lower())
    assert.equal(5, (run(path, "--diagram", out, "--capture", out)))
  end)

  it("ends for a file that is there already, even within a matrix", function()
    local out = folder .. "/matrix"
    local path = file [[
      it("product", function()
        scenario.matrix { a = { 1, 2 }, run = function() meet "mail.example" end }
      end)]]
    assert.equal(0, (run(path, "--capture", out)))
    assert.equal(5, (run(path, "--capture", out)))
  end)

  -- Status 2, and what is said.
  local unreadable = {
    { "x = = 1", "lua:10: unexpected symbol near '='" },
    { "local x = nil .. 'x'", "lua:10: attempt to concatenate" },
    { "describe('empty', function() end)", "there is no case in it" },
    { "describe('broken', function() error 'within' end)", "lua:10: within" },
  }
  for _, case in ipairs(unreadable) do
    it("cannot read every file: " .. case[1], function()
      local code, said, complaint = run(file(case[1]))
      assert.same({ 2, "" }, { code, said })
      assert.matches(case[2], complaint)
    end)
  end

  it("cannot read a file that is not there", function()
    assert.matches("/nowhere.lua", (select(3, run "/nowhere.lua")))
    assert.equal(2, (run "/nowhere.lua"))
  end)

  -- What waits for a program, by itself and as one of several cases.
  local waiting = {
    run = [[scenario.run {
      client = scenario.external "PROGRAM; echo $port",
      server = { identity = ca:issue { dns = "mail.example" } },
    }]],
    matrix = [[scenario.matrix { a = { 1, 2 }, run = function(case)
      case.scenario {
        client = scenario.external "PROGRAM; echo $port",
        server = { identity = ca:issue { dns = "mail.example" } },
      }
    end }]],
    suite = [[scenario.suites.tls_client_validation {
      client = "PROGRAM; echo $port", protocol = "tls",
    }:run()]],
  }
  for what, text in pairs(waiting) do
    it("is interrupted while a " .. what .. " waits, and leaves no program behind", function()
      local mark = ("sleep 4%s%d"):format(shell.run("echo $$"):match "%d+", #what) -- nobody else's
      local program = command.start { "run", file(([[
        it("takes long", function()
          os.execute "echo it begins"
          %s
        end)]]):format((text:gsub("PROGRAM", mark)))) }
      program:expect "it begins"
      assert.is_true(process.await(function() return process.is_running(mark) end))
      program:interrupt()
      assert.equal(130, (program:finish()))
      process.await_end(mark)
    end)
  end

  it("says its failures into a pipe that is closed, without a traceback", function()
    local said = shell.run(command.line { "run", ill } .. " | true")
    assert.is_nil(said:find "traceback")
  end)

  describe("without luassert", function()
    -- Where this Lua finds secsock's part in C, and nothing else.
    local function where_core_is()
      for template in package.cpath:gmatch "[^;]+" do
        local found = io.open((template:gsub("%?", "secsock/core")))
        if found then
          found:close()
          return template
        end
      end
    end

    -- Runs a file under a Lua that finds nothing but secsock.
    local function bare(text)
      local main = support.write(([[
        package.path, package.cpath = "lua/?.lua;lua/?/init.lua", %q
        os.exit(require("secsock.command").main { "run", %q })]])
        :format(where_core_is(), file(text)))
      local program = process.start { arg[-1], main }
      local code, said = program:finish()
      os.remove(main)
      return code, said
    end

    it("has the usual assertions", function()
      local code, said = bare [[
        it("holds", function()
          assert(not pcall(require, "luassert"))
          local r = meet "other.example"
          assert.rejected(r.client, "name_mismatch")
          assert.not_secure(r)
          assert.no_plaintext_after_upgrade(r)
          assert.equal(1, 1)
          assert.are_not.equal(1, "1")
          assert.same({ 1, { a = "b" } }, { 1, { a = "b" } })
          assert.not_same({ 1 }, { 1, 2 })
          assert.is_nil(nil)
          assert.is_not_nil(false)
          assert.is.True(true)
          assert.is_false(false)
          assert.truthy(0)
          assert.is_falsy(nil)
          assert.is_string ""
          assert.matches("^a%d", "a1")
          assert.near(1, 1.1, 0.2)
          assert.has_error(function() error "oops" end, "oops")
          assert.has_no.errors(function() end)
          assert.equal("x", assert("x", "never"))
        end)]]
      assert.equal(0, code, said)
    end)

    -- An assertion that fails, and what it says.
    local failing = {
      { "assert.equal(1, 2)", "1, got 2" },
      { "assert.equal('a', 'b', 'which?')", 'which%?\n +Expected "a", got "b"' },
      { "assert.same({ a = 1 }, { a = 2 })", "Expected { a = 1 }, got { a = 2 }" },
      { "assert.is_not_nil(nil)", "Expected otherwise than nil, got nil" },
      { "assert.has_error(function() end)", "the error of any kind, got none" },
      { "assert.has_error(function() error 'a' end, 'b')", 'the error "b", got ".-a"' },
      { "assert.secure(meet 'other.example')", "the client to be secure.-the client begins TLS" },
      { "assert.frob(1)", "there is no assertion 'frob'" },
      { "assert(nil, 'why not')", "why not" },
    }
    it("says why one fails, and where", function()
      local text = ""
      for i, case in ipairs(failing) do
        text = text .. ("it('case %d', function() %s end)\n"):format(i, case[1])
      end
      local code, said = bare(text)
      assert.equal(1, code)
      assert.matches(("0 passed, %d failed"):format(#failing), said)
      for i, case in ipairs(failing) do
        local told = said:match(("case %d\n(.-)\n%%s+FAILED"):format(i)) or said
        assert.matches(case[2], told)
        if i < #failing then assert.matches(("%%d.lua:%d: "):format(9 + i), told) end
      end
    end)
  end)
end)
