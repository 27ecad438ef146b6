-- Shows what is said on a socket. A STARTTLS dialogue needs of a socket only what is here, so that
-- it takes a traced one for a socket of its own.
local trace = {}
trace.__index = trace

-- Prints the lines that are whole by now, the long ones in part. Bytes that are not for terminals
-- appear as dots.
local function show(self, who, data)
  local text = self.pending[who] .. data
  self.pending[who] = text:gsub("([^\n]*)\n", function(line)
    line = line:gsub("\r$", ""):gsub("[^\32-\126]", ".")
    if #line > 72 then line = line:sub(1, 69) .. "..." end
    print(("  %s: %s"):format(who, line))
    return ""
  end)
end

function trace:receive(...)
  local data, err, partial = self.socket:receive(...)
  local got = data or partial
  if got then show(self, "S", (...) == "*l" and data and data .. "\n" or got) end
  return data, err, partial
end

function trace:send(data)
  show(self, "C", data)
  return self.socket:send(data)
end

local function rule(words)
  print("     ---- " .. words .. " " .. ("-"):rep(66 - #words))
end

function trace:upgrade(name)
  rule "the upgrade"
  local ok, err, why = self.socket:upgrade(name)
  local info = ok and self.socket:info()
  if info then
    rule(("protected: %s, %s, %s"):format(info.version, info.cipher, info.group or "no group"))
  else
    rule "the end"
  end
  return ok, err, why
end

function trace:lasterror() return self.socket:lasterror() end
function trace:peername() return self.socket:peername() end
function trace:close() return self.socket:close() end

-- A hook that shows what it is asked about, and leaves the answer to the verdict.
local function judge(_, verdict)
  local leaf = verdict:chain()[1]
  print(("     Is this %s? Somebody shows the certificate of %s,"):format(verdict:peername(),
                                                                      leaf:subject()))
  print(os.date("!     valid until %Y-%m-%d, issued by ", leaf:notafter()) .. leaf:issuer() .. ".")
  for _, problem in ipairs(verdict:details()) do
    print(("     %s: %s"):format(problem.problem, problem.text))
  end
  print(verdict:ok() and "     Yes." or "     No.")
  return nil
end

return function(socket)
  socket:setvalidatehook(judge)
  return setmetatable({ socket = socket, pending = { C = "", S = "" } }, trace)
end
