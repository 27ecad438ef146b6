--- What can be wrong with a certificate, one word each: the problem that a verdict must find, and
-- how it is done. A word has steps, which a certificate goes through as it is made:
--
--     fields(description, now)   changes what was asked for
--     issuer(ca)                 another CA to issue it
--     self_signed                it signs itself
--     parts(parts, ca)           changes the fields of the TBSCertificate, which are DER
--     tbs(bytes)                 changes what is signed
--     seal                       { outer = algorithm, signature = function(bits, tbs, key,
--                                scheme) }, or one of them: what stands behind the TBSCertificate
--     bytes(bytes)               changes the whole
--     judge(options, made, ca)   tells secsock.validate what it takes to see this
---@class secsock.mint.wrong
---@field problem string  what the verdict must find
---@field text string     in words

---@type table<string, secsock.mint.wrong>
local wrong = {}

-- Adds a word; each of the files below calls it for those that it has.
local function word(name, problem, text, steps)
  assert(not wrong[name], name)
  steps.problem, steps.text = problem, text
  wrong[name] = steps
end

for _, file in ipairs { "problems", "variants", "rules", "encoding" } do
  require("secsock.mint.wrong." .. file)(word)
end

return wrong
