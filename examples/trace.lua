-- Shows what is said on a socket, and what becomes of its upgrade.

-- The lines of a text, the long ones in part. Bytes that are not for terminals appear as dots.
local function show(who, text)
  for line in text:gmatch "([^\n]*)\n" do
    line = line:gsub("\r$", ""):gsub("[^\32-\126]", ".")
    if #line > 72 then line = line:sub(1, 69) .. "..." end
    print(("  %s: %s"):format(who, line))
  end
end

local function rule(words)
  print("     ---- " .. words .. " " .. ("-"):rep(66 - #words))
end

local marks = { client = "C", server = "S" }

-- By kind of event.
local tell = {
  plain = function(event) show(marks[event.who], event.bytes) end,
  data = function(event) show(marks[event.who], event.bytes) end,
  upgrade = function() rule "the upgrade" end,
  secure = function(event)
    local info = event.info
    rule(("protected: %s, %s, %s"):format(info.version, info.cipher, info.group or "no group"))
  end,
  failed = function() rule "the end" end,
}

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
  socket:trace(function(event)
    if tell[event.kind] then tell[event.kind](event) end
  end, { data = true })
end
