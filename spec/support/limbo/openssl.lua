--- The `openssl verify` command as a second judge of the same cases.
local corpus = require "spec.support.limbo.corpus"

local openssl = {}
openssl.__index = openssl

local purposes = { SERVER = "sslserver", CLIENT = "sslclient" }
local names = { DNS = "hostname", IP = "ip", RFC822 = "email" }

local quote = require("secsock.quote").word

--- A judge with a folder of its own.
function openssl.open()
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir -m 700 " .. quote(folder)))
  return setmetatable({ folder = folder }, openssl)
end

function openssl:close()
  os.execute("rm -rf " .. quote(self.folder))
end

-- A file of PEM texts, as the value of an option; without any there is no option.
local function add_file(self, words, option, texts)
  if #texts == 0 then return end
  local path = self.folder .. "/" .. option
  local file = assert(io.open(path, "wb"))
  file:write(table.concat(texts, "\n"), "\n")
  file:close()
  words[#words + 1] = "-" .. option
  words[#words + 1] = path
end

local function add(words, ...)
  for _, word in ipairs { ... } do words[#words + 1] = word end
end

-- What a case asks for, in the words of the command. Security level 2 is what secsock demands of
-- keys and signatures, and to both a trust anchor need not have issued itself.
local function command(self, case)
  local words = {
    "openssl", "verify", "-x509_strict", "-partial_chain", "-auth_level", "2",
    "-purpose", purposes[case.validation_kind],
  }
  add_file(self, words, "trusted", case.trusted_certs)
  add_file(self, words, "untrusted", case.untrusted_intermediates)
  add_file(self, words, "CRLfile", case.crls)
  if #case.crls > 0 then add(words, "-crl_check") end
  if case.validation_time then add(words, "-attime", corpus.seconds(case.validation_time)) end
  if case.max_chain_depth then add(words, "-verify_depth", case.max_chain_depth) end
  for _, name in ipairs(corpus.names(case)) do
    add(words, "-verify_" .. names[name.kind], name.value)
  end
  local leaf = {}
  add_file(self, leaf, "leaf", { case.peer_certificate })
  add(words, leaf[2])
  for i, word in ipairs(words) do words[i] = quote(word) end
  return table.concat(words, " ")
end

--- What it makes of a case: "accepts", or what it complains of, in its own words.
---@param case limbo.case
function openssl:judge(case)
  local pipe = assert(io.popen(command(self, case) .. " 2>&1; echo status $?"))
  local said, status = pipe:read("*a"):match "^(.*)status (%d+)\n$"
  pipe:close()
  if status == "0" then return "accepts" end
  local complaint = said:match "error %d+ at %d+ depth lookup: ([^\n]+)"
                    or said:match "Could not read [^\n]+" or said:match "Unable to load [^\n]+"
  return complaint or error("openssl verify: " .. said, 0)
end

return openssl
