-- The public header: whether other languages can read it, and whether it tells the truth about the
-- library.
local pki = require "spec.support.pki"
local shell = require "spec.support.shell"
local support = require "spec.support"

local HEADER = "capi/include/secsock.h"
local library = shell.built "release/libsecsock.so"

-- ------------------------------------------------------------------------------ reading the header

-- What empty lines divide, as texts: declarations, and the comments above and behind them.
local function groups(text)
  local found = {}
  for group in (text:gsub("\n#[^\n]*", "") .. "\n\n"):gmatch "(.-)\n\n+" do
    found[#found + 1] = group
  end
  return found
end

local function without_comments(text)
  return (text:gsub("/%*.-%*/", ""))
end

local function functions(text)
  local names = {}
  local bare = without_comments(text):gsub("typedef[^;{]*;", "")
  for name in bare:gmatch "(secsock_[%w_]+)%(" do names[#names + 1] = name end
  return names
end

-- name -> { constant = value }, of each enum.
local function enums(text)
  local found = {}
  local pattern = "typedef%s+enum%s+[%w_]+%s*(%b{})%s*([%w_]+)%s*;"
  for body, name in without_comments(text):gmatch(pattern) do
    found[name] = {}
    for constant, value in body:gmatch "(SECSOCK_[%w_]+)%s*=%s*(%-?%w+)" do
      found[name][constant] = tonumber(value)
    end
  end
  return found
end

local function sorted(set)
  table.sort(set)
  return set
end

describe("secsock.h", function()
  local text, declarations

  setup(function()
    text = support.read(HEADER)
    declarations = text:gsub("^/%*.-%*/", "")
  end)

  local plain = "#include <secsock.h>\n"
  for compiler, source in pairs {
    ["gcc -x c -std=c11 -Wstrict-prototypes"] = plain,
    ["gcc -x c -std=c99 -Wstrict-prototypes"] = plain,
    ["clang -x c -std=c11 -Wstrict-prototypes"] = plain,
    ["clang -x c++ -std=c++11"] = 'extern "C" {\n' .. plain .. "}\n",
  } do
    it("is clean for " .. compiler, function()
      local file = support.write(source)
      local said = shell.run(compiler .. " -fsyntax-only -Wall -Wextra -Wpedantic -Wconversion "
        .. "-Wundef -Wshadow -Werror -I capi/include " .. file)
      os.remove(file)
      assert.equal("", said)
    end)
  end

  it("has no macro but its guard, and no inline function", function()
    local directives = {}
    for line in text:gmatch "\n(#[^\n]*)" do directives[#directives + 1] = line end
    assert.same({
      "#ifndef SECSOCK_H", "#define SECSOCK_H",
      "#include <stddef.h>", "#include <stdint.h>",
      "#if defined(__GNUC__)", "#pragma GCC visibility push(default)", "#endif",
      "#if defined(__GNUC__)", "#pragma GCC visibility pop", "#endif",
      "#endif",
    }, directives)
    assert.is_nil(without_comments(text):find "%f[%w]inline%f[%W]")
    assert.is_nil(without_comments(text):find("...", 1, true))
  end)

  it("declares what the library exports, and nothing else", function()
    local exported = {}
    for name in shell.run("nm -D --defined-only " .. library):gmatch "T (secsock_[%w_]+)" do
      exported[#exported + 1] = name
    end
    assert.same(sorted(functions(text)), sorted(exported))
  end)

  it("has a comment for each function, or for its group", function()
    local bare = {}
    for _, group in ipairs(groups(declarations)) do
      if not group:find("/*", 1, true) then
        for _, name in ipairs(functions(group)) do bare[#bare + 1] = name end
      end
    end
    assert.same({}, bare)
  end)

  it("gives each constant of an enum its own value", function()
    local found = enums(text)
    for name, constants in pairs(found) do
      local owners = {}
      for constant, value in pairs(constants) do
        assert.is_nil(owners[value], name .. ": " .. constant .. " is another's value")
        owners[value] = constant
      end
    end
    assert.equal("number", type(found.secsock_result.SECSOCK_E_TRUNCATED))
  end)

  it("lets a hook answer with a problem that is no other answer", function()
    local found = enums(text)
    for problem, value in pairs(found.secsock_problem) do
      for answer, other in pairs(found.secsock_answer) do
        assert.are_not.equal(value, other, problem .. " is " .. answer)
      end
    end
  end)

  it("adds timeouts up without overlap", function()
    local timeouts = enums(text).secsock_timeout
    local all = timeouts.SECSOCK_TIMEOUT_ALL
    timeouts.SECSOCK_TIMEOUT_ALL = nil
    local sum = 0
    for _, value in pairs(timeouts) do
      assert.equal(0, math.log(value) / math.log(2) % 1)
      sum = sum + value
    end
    assert.equal(all, sum)
  end)

  it("is enough for LuaJIT to make a connection over memory", function()
    assert.equal("begin\nTLSv1.3\t1\nfrom client to server\nfrom server to client\n0\nend\n",
      shell.run(("luajit spec/support/ffi_handshake.lua %s %s %s")
        :format(HEADER, library, pki ".")))
  end)
end)
