--- What the STARTTLS dialogues share: lines and bytes, bounded; failing; upgrading; serving.
--
-- A dialogue is a chain of steps, `return t:reply "220" and hello(t) and t:upgrade()`. A step that
-- fails notes the reason in its talk and returns nil, so that nothing after it happens.
--
-- Two promises are kept here, for all protocols: not one byte beyond what a step needs is read, so
-- that whatever a peer pipelines behind its go-ahead is still there for the upgrade to trip over;
-- and the upgrade forgets everything that was learnt before it.
local check = require "secsock.check"

---@class secsock.starttls.talk
---@field protocol string
---@field socket table    the connection, which begins in the clear
---@field options table   what the caller asked for
---@field facts table     what has been learnt: in the clear, then anew after the upgrade
---@field budget integer  how many bytes the peer may still say
---@field said string     what this end said last, for messages
---@field err string?     why the dialogue has failed
---@field details table?  the same, for people
local talk = {}
talk.__index = talk

local LINE_LIMIT = 8192   -- bytes in a line; no protocol here needs more (RFC 7162, section 4)
local TALK_LIMIT = 65536  -- bytes that the peer may say before the upgrade, and again after it

-- ------------------------------------------------------------------------------------- failing

-- Text of the peer's, or of the caller's, as it may appear in a message.
local function quote(text)
  return '"' .. text:sub(1, 200):gsub("[^\32-\126]", "?") .. '"'
end

-- As the errors of sockets do, those of dialogues read as their message.
local readable = { __tostring = function(details) return details.message end }

--- Notes why the dialogue cannot go on.
function talk:fail(word, message, ...)
  self.err = word
  self.details = setmetatable({ message = self.protocol .. ": " .. message:format(...) }, readable)
  return nil
end

--- The same, because the peer said something else than hoped for.
function talk:unexpected(word, what)
  return self:fail(word, "after %s the peer said %s", self.said, quote(what))
end

-- The same, because the socket failed.
local function broken(self, err)
  local details = self.socket:lasterror() or {}
  self.err, self.details = err, details
  details.message = ("%s: after %s: %s"):format(self.protocol, self.said, details.message or err)
  return nil
end

-- ---------------------------------------------------------------------------- reading, writing

--- Exactly `count` bytes. For none, receive() would wait until there is something.
function talk:bytes(count)
  if count == 0 then return "" end
  if count > self.budget then
    return self:fail("limit", "after %s the peer says too much", self.said)
  end
  local data, err = self.socket:receive(count)
  if not data then return broken(self, err) end
  self.budget = self.budget - count
  return data
end

--- One line, without its end.
function talk:line()
  local line = {}
  repeat
    local byte = self:bytes(1)
    if not byte then return nil end
    line[#line + 1] = byte
    if #line > LINE_LIMIT then
      return self:fail("limit", "after %s the peer sends an endless line", self.said)
    end
  until byte == "\n"
  return (table.concat(line):gsub("\r?\n$", ""))
end

--- The lines up to a single dot (RFC 3977, section 3.1.1).
function talk:block()
  local lines = {}
  local line = self:line()
  while line and line ~= "." do
    lines[#lines + 1] = line:gsub("^%.", "")
    line = self:line()
  end
  return line and lines
end

--- A reply of SMTP or FTP: its code, and the texts of its lines, which are "250-first",
-- "250-second", "250 last" (RFC 5321, section 4.2.1). FTP leaves those in between `free` of the
-- code (RFC 959, section 4.2).
function talk:any_reply(free)
  local lines, code = {}, nil
  repeat
    local line = self:line()
    if not line then return nil end
    local digits, mark, text = line:match "^(%d%d%d)([- ]?)(.*)$"
    local marked = digits and (mark ~= "" or text == "") and digits == (code or digits)
    if not marked and not (code and free) then return self:unexpected("protocol", line) end
    code = code or digits
    lines[#lines + 1] = marked and text or line
  until marked and mark ~= "-"
  return code, lines
end

--- The same, when only one code will do: the texts of its lines.
function talk:reply(wanted)
  local code, lines = self:any_reply()
  if not code or code == wanted then return lines end
  return self:refused(code, lines)
end

--- Fails because of a reply. 4xx and 5xx are refusals.
function talk:refused(code, lines, word)
  return self:unexpected(code:find "^[45]" and (word or "starttls refused") or "protocol",
                         code .. " " .. lines[#lines])
end

--- Sends bytes.
function talk:send(data)
  local sent, err = self.socket:send(data)
  if not sent then return broken(self, err) end
  return true
end

--- Sends a line.
function talk:say(format, ...)
  local line = format:format(...)
  self.said = quote(line)
  return self:send(line .. "\r\n")
end

-- ---------------------------------------------------------------------------------- upgrading

--- Remembers capabilities: lines of a name and, perhaps, parameters.
function talk:learn(lines, first)
  local capabilities = {}
  for i = first or 1, #lines do
    local name, parameters = lines[i]:match "^%s*(%S+)%s*(.*)$"
    if name then capabilities[name:upper()] = parameters end
  end
  self.facts.capabilities = capabilities
  return true
end

--- Goes on only with a peer that offers `name`.
function talk:need(name)
  return self.facts.capabilities[name] ~= nil
    or self:fail("starttls unavailable", "the server does not offer %s", name)
end

-- Nothing is known any more, and nothing was said.
local function forget(self)
  self.facts = { protocol = self.protocol }
  self.budget = TALK_LIMIT
  self.said = "the upgrade"
end

--- Makes the connection secure.
function talk:upgrade()
  local ok, err, details = self.socket:upgrade(self.options.peername)
  if not ok then
    self.err, self.details = err, details
    return nil
  end
  forget(self)
  return true
end

-- ----------------------------------------------------------------------------------- beginning

-- No text of the caller's may end the line that it becomes a part of.
local function check_text(options, known)
  for key, value in pairs(options) do
    if known[key] == "text" and value:find "%c" then
      error("option '" .. key .. "' holds a control character", 3)
    end
  end
end

--- Makes the function that people call from the chain of steps. A dialogue that fails closes the
-- connection: what was to become secure must not go on in the clear by mistake.
---@param protocol string
---@param known table<string, string>  the options beside `peername`, and their types
---@param steps fun(self: secsock.starttls.talk): any
function talk.dialogue(protocol, known, steps)
  local kinds = { peername = "string" }
  for key, kind in pairs(known) do kinds[key] = kind == "text" and "string" or kind end
  return function(socket, options)
    options = check.options(options or {}, kinds)
    check_text(options, known)
    local self = setmetatable({ protocol = protocol, socket = socket, options = options }, talk)
    forget(self)
    self.said = "connecting"
    if steps(self) then return self.facts end
    socket:close()
    return nil, self.err, self.details
  end
end

-- ------------------------------------------------------------------------------------- serving

--- Says a line, or a list of lines, in which $name and $tag stand for those.
function talk:answer(lines)
  local values = { name = self.options.name or "localhost", tag = self.tag }
  for _, line in ipairs(type(lines) == "table" and lines or { lines }) do
    if not self:say("%s", (line:gsub("%$(%l+)", values))) then return nil end
  end
  return true
end

--- An action: gives the go-ahead and makes the connection secure. The command has no parameters,
-- else it is answered with `syntax`.
function talk.go(ahead, syntax)
  return function(self, argument)
    if argument ~= "" then return self:answer(syntax) end
    self.upgraded = self:answer(ahead) and self:upgrade()
    return self.upgraded
  end
end

--- An action: refuses a command. A literal behind it that does not wait for us would be taken for
-- more commands (RFC 7888), and ends the dialogue.
function talk.refuse(answer)
  return function(self, argument)
    if argument:find "{%d+[+-]}$" then return self:unexpected("protocol", argument) end
    return self:answer(answer)
  end
end

--- An action: the client leaves.
function talk.leave(farewell)
  return function(self)
    return self:answer(farewell) and self:fail("closed", "the client left without STARTTLS")
  end
end

local function words(line)
  return line:match "^(%S*) ?(.*)$"
end

--- Makes a server from a table: `greeting`; `commands`, what to do for each; `otherwise`, what to
-- do for others; `parse(line)`, which gives verb, argument and tag; `farewell`, what is said after
-- the upgrade. What is done is an answer, or an action, which gets the talk and the argument.
function talk.server(protocol, known, is)
  return talk.dialogue(protocol, known, function(self)
    if not self:answer(is.greeting) then return nil end
    repeat
      local line = self:line()
      if not line then return nil end
      local verb, argument, tag = (is.parse or words)(line)
      self.tag = tag
      local action = is.commands[verb:upper()] or is.otherwise
      local ok
      if type(action) == "function" then
        ok = action(self, argument)
      else
        ok = self:answer(action)
      end
      if not ok then return nil end
    until self.upgraded
    return not is.farewell or self:answer(is.farewell)
  end)
end

return talk
