-- Bytes, text and values as text that is safe to show; words for a shell.
local quote = require "secsock.quote"

describe("what strangers say", function()
  it("is shown as it is as far as it is text, and cannot change what is around it", function()
    assert.equal("EHLO me", quote.line("EHLO me\r\n", 72))
    assert.equal([["EHLO\n"]], quote.line("EHLO\n", 72))
    assert.equal([["\027[31m\"\\"]], quote.bytes('\27[31m"\\', 72))
    assert.equal([["abc"… (5 bytes)]], quote.bytes("abcde", 3))
    assert.equal("Müller 日本", quote.text "Müller 日本")
    assert.equal([[\027\226\128\174\194\133\255x\237\160\128]],
                 quote.text "\27\226\128\174\194\133\255x\237\160\128")
  end)
end)

describe("a value", function()
  it("is shown about as it is written", function()
    assert.equal("1", quote.value(1))
    assert.equal("nil", quote.value(nil))
    assert.equal([["a \"b\" \\ \r\n ü"]], quote.value 'a "b" \\ \r\n ü')
    assert.equal([[{ [1] = "x", b = { c = true }, d = {} }]],
                 quote.value { "x", b = { c = true }, d = {} })
    assert.equal("{ a = { … } }", quote.value({ a = { b = {} } }, 1))
    assert.equal("named", quote.value(setmetatable({}, { __tostring = function()
      return "named"
    end })))
  end)
end)

describe("a word for a shell", function()
  for _, word in ipairs { "", "two words", "it's", "$HOME `id` \\ \"x\" *", "a\nb", "-n" } do
    it("is one, whatever is in it: " .. quote.bytes(word, 72), function()
      local pipe = io.popen("printf '<%s>' " .. quote.word(word))
      local said = pipe:read "*a"
      pipe:close()
      assert.equal("<" .. word .. ">", said)
    end)
  end

  it("may be a number", function()
    assert.equal("'5'", quote.word(5))
  end)
end)
