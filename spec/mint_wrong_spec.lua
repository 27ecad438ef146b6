-- The words for what is wrong with a certificate: each has its problem, each problem has a word.
local core = require "secsock.core"
local mint = require "secsock.mint"
local minted = require "spec.support.minted"

local assert_right, assert_case = minted.assert_right, minted.assert_case
local problems = minted.problems

describe("The words for what is wrong", function()
  it("are there for each problem that a verdict knows", function()
    local known = core.list "problems"
    assert.equal("rejected", known[1])
    assert.is_true(#known >= 25)
    for i = 2, #known do -- the first is no finding of validation but the answer of a hook
      local is = mint.wrong[known[i]]
      assert(is, "there is no word for " .. known[i])
      assert.equal(known[i], is.problem)
    end
  end)

  it("give no problem that a verdict does not know", function()
    local known = {}
    for _, problem in ipairs(core.list "problems") do known[problem] = true end
    for _, word in ipairs(mint.words()) do assert(known[mint.wrong[word].problem], word) end
  end)

  it("say what they mean, each in its own way", function()
    local texts = {}
    for _, word in ipairs(mint.words()) do
      local text = mint.wrong[word].text
      assert.matches("^%l.*[^.]$", text)
      assert.is_nil(texts[text], word)
      texts[text] = word
    end
  end)

  for _, word in ipairs(mint.words()) do
    it(("%s: %s, and nothing else"):format(word, mint.wrong[word].problem), function()
      assert_case(mint.case(word))
    end)
  end

  for _, kind in ipairs { "ed25519", "ed448", "p384", "p521", "rsa2048" } do
    it("mean the same below a CA with a key of " .. kind .. " #slow", function()
      local root = mint.ca { subject = "Root", key = kind }
      for _, word in ipairs(mint.words()) do assert_case(mint.case(word, root)) end
    end)
  end

  it("mean the same below an intermediate CA", function()
    local issuing = mint.ca "Root":intermediate "Issuing"
    for _, word in ipairs(mint.words()) do assert_case(mint.case(word, issuing)) end
  end)

  it("go together", function()
    local root = mint.ca "Root"
    local made = root:make { dns = "mail.example", wrong = { "expired", "name_mismatch" } }
    assert.equal("expired name_mismatch", (problems {
      chain = made:chain(), name = "mail.example", trust = root:cert(), profile = "private",
    }))
  end)

  it("may be one's own", function()
    local root = mint.ca "Root"
    local made = root:make {
      dns = "mail.example",
      wrong = { tbs = function(bytes) return bytes:gsub("mail.example", "evil.example") end },
    }
    assert_right {
      chain = made:chain(), name = "evil.example", trust = root:cert(), profile = "private",
    }
  end)

  it("make no certificate where secsock can read none", function()
    local id, err, details = mint.ca():issue { dns = "mail.example", wrong = "malformed" }
    assert.is_nil(id)
    assert.equal("format", err)
    assert.matches("serial number is malformed", details.message)
  end)
end)
