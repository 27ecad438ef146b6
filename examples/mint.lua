-- Certificates for a test, made on the spot: a CA, what it issues, and what is wrong in one word.
--
--     mint.lua            what each word gives, as secsock.validate sees it
--     mint.lua WORD...    the certificates that are wrong in these ways, explained
--     mint.lua DIRECTORY/ a CA, a server and a client as PEM and PFX files, for other programs
local mint = require "secsock.mint"
local secsock = require "secsock"

local function write(path, bytes)
  local file = assert(io.open(path, "wb"))
  assert(file:write(bytes))
  assert(file:close())
  print(path)
end

-- A root, an issuing CA, and what these need who want to try a handshake.
local function files(folder)
  local root = mint.ca "Example Root"
  local issuing = root:intermediate "Example Issuing CA"
  write(folder .. "root.pem", root:pem())
  for name, made in pairs {
    server = issuing:make { dns = { "mail.example", "localhost" }, ip = "127.0.0.1" },
    client = issuing:make { email = "joe@example.org", subject = "Joe" },
  } do
    write(folder .. name .. ".pem", made:pem() .. made:keypem())
    write(folder .. name .. ".pfx", made:cert():export("pfx", { key = true, password = "secret" }))
    issuing:revoke(issuing:issue { dns = name .. ".invalid" })
  end
  write(folder .. "issuing.crl", issuing:crl())
end

local function found(word)
  local case = mint.case(word)
  return case, assert(secsock.validate(case.options))
end

if #arg == 0 then
  for _, word in ipairs(mint.words()) do
    local case, verdict = found(word)
    print(("%-32s%-20s%s"):format(word, table.concat(verdict:problems(), " "), case.text))
  end
elseif arg[1]:sub(-1) == "/" then
  files(arg[1])
else
  for _, word in ipairs(arg) do
    local case, verdict = found(word)
    print(word .. ": " .. case.text)
    print(verdict:explain())
  end
end
