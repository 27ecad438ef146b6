-- The README shows real files, and what they print.
local shell = require "spec.support.shell"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

describe("README.md", function()
  local readme = read "README.md"

  for _, path in ipairs { "examples/hello.lua", "examples/hello.c" } do
    it("shows " .. path .. " as it is", function()
      local at = readme:find("<!-- " .. path .. " -->", 1, true)
      assert.is_truthy(at, "there is no marker")
      local shown = readme:match("```%l+\n(.-)```", at)
      assert.equal(read(path), shown)
    end)
  end

  -- Numbers differ from day to day, and how far what they are in reaches.
  local function shape(text)
    text = text:gsub("%d+", "0")
    for _, mark in ipairs { "─", "═", "━", " ", "\n" } do
      local count
      repeat text, count = text:gsub(mark .. mark, mark) until count == 0
    end
    return text
  end

  it("shows what examples/diagram.lua prints", function()
    local shown = readme:match "<!%-%- examples/diagram.lua prints %-%->\n```text\n(.-)```"
    assert.equal(shape(shell.run(arg[-1] .. " examples/diagram.lua")), shape(shown))
  end)

  it("links to nothing that is not there", function()
    for path in readme:gmatch "%]%(([^)]+)%)" do
      local file = io.open(path, "r")
      assert.is_truthy(file, path .. " does not exist")
      file:close()
    end
  end)
end)
