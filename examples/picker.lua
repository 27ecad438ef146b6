-- The certificate picker: lists the identities of a store, asks which one is to be shown, and shows
-- it to a server, such as examples/message_server.lua.
--
--     picker.lua FOLDER [HOST [PORT [NAME [TRUST [PFX]]]]]
--
-- FOLDER is where the store is kept. With PFX that file's identity is put into it first. Passwords
-- are asked for where one is needed, and do not appear on the terminal.
local secsock = require "secsock"

local folder, host, port = arg[1], arg[2], tonumber(arg[3] or 8443)
local name, trust, pfx = arg[4] or host, arg[5] or "build/certificates/root.pem", arg[6]
if not folder then
  io.stderr:write "picker.lua FOLDER [HOST [PORT [NAME [TRUST [PFX]]]]]\n"
  os.exit(2)
end

-- Ends the program with the reason when something has failed.
local function check(value, err, why)
  if value then return value end
  io.stderr:write(tostring(why or err), "\n")
  os.exit(1)
end

local function ask(question)
  io.write(question, " ")
  io.stdout:flush()
  return check(io.read "*l", "nobody answers")
end

-- Asks without an echo, where there is a terminal.
local function ask_secret(question)
  local hidden = os.execute "stty -echo 2>/dev/null"
  local _, answer = pcall(ask, question)
  if hidden == true or hidden == 0 then
    os.execute "stty echo"
    print()
  end
  return answer
end

-- What `open` gives, without a password if it can be had without, else with the one asked for.
local function unlock(what, open)
  local value, err, why = open(nil)
  if err == "password" then
    value, err, why = open(ask_secret("Password of " .. what .. ":"))
  end
  return check(value, err, why)
end

local store = unlock(folder, function(password)
  return secsock.store.open(folder, "my", { write = pfx ~= nil, password = password })
end)
if pfx then
  store:add(unlock(pfx, function(password) return secsock.cert.load(pfx, password) end))
end

local identities = {}
for cert in store:find("privatekey"):certs() do
  identities[#identities + 1] = cert
  print(("%3d  %s, until %s, for %s"):format(
    #identities, cert:subject(), os.date("!%Y-%m-%d", cert:notafter()),
    table.concat(cert:extkeyusage() or { "anything" }, " and ")))
end
local chosen = check(identities[tonumber(ask "Which one?")], "there is no such certificate")
print("You are " .. chosen:subject() .. ".")

if host then
  local s = check(secsock.new { peername = name, trust = trust, identity = chosen, timeout = 5 })
  check(s:connect(host, port))
  check(s:send "Hello from somebody who was picked.<EOF>", s:lasterror())
  print("Server says: " .. check(s:receive "*a", s:lasterror()))
  s:close()
end
