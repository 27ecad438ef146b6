--- Servers of the protocols that are made of lines, as data for secsock.scenario.suites.visit: as
-- willing as they can be, so that a client shows what it would do.

---@class secsock.scenario.service
---@field greeting? string   the first line; unless said, the list of what is offered
---@field upgrade string     the command that asks for TLS, as it is offered
---@field asks string        the command that asks for what is offered
---@field go string          the go-ahead
---@field refused string     no, in the words of the protocol
---@field unknown string     the answer to commands that are not known
---@field leaves string      the last command
---@field lists? boolean     what is offered is told after the upgrade unasked
---@field literals? boolean  IMAP's {5}
---@field offer fun(names: string[]): string|string[]
---@field stripped string[]  what is offered in the clear by who wants to see a password
---@field secured string[]   what is offered in TLS
---@field kept? { clear: string[], secured: string[], used: string }  a way to log in that is
---                          offered in the clear alone, and how using it looks
---@field harmless table<string, true>  commands that may be said in the clear, to anybody
---@field commands table<string, string|table|fun(argument: string): string|table>
---@field otherwise string
---@field parse fun(line: string): string, string, string?
---@field injected string    answers to what is asked first after the upgrade
---@field preauth? string    IMAP's greeting of those whom it takes for logged in
---@field referral? { greeting: string, refusal: string }  IMAP's, to another server
local lines = {}

local function set(text)
  local names = {}
  for name in text:gmatch "%S+" do names[name] = true end
  return names
end

local function plain(line)
  local verb, argument = line:match "^(%S*) ?(.*)$"
  return verb:upper(), argument
end

local function tagged(line)
  local tag, verb, argument = line:match "^(%S+) (%S+) ?(.*)$"
  if not tag then return line, "", "*" end
  return verb:upper(), argument, tag
end

-- An answer of several lines: how it begins, names, and how it ends.
local function listed(reply, names, last)
  for _, name in ipairs(names) do reply[#reply + 1] = name end
  reply[#reply + 1] = last
  return reply
end

-- SASL (RFC 4422): PLAIN, in one step or in two, and LOGIN.
local function sasl(done, challenge)
  return function(argument)
    local mechanism, initial = argument:match '^"?([%w-]+)"? ?(.*)$'
    if (mechanism or ""):upper() == "LOGIN" then
      local password = challenge .. "UGFzc3dvcmQ6"
      if initial ~= "" then return { password, done } end
      return { challenge .. "VXNlcm5hbWU6", password, done }
    end
    return initial == "" and { challenge, done } or done
  end
end

-- ----------------------------------------------------------------------------------- SMTP, LMTP

local function numbered(names)
  local reply = { "250-localhost" }
  for i, name in ipairs(names) do reply[i + 1] = "250-" .. name end
  reply[#reply] = reply[#reply]:gsub("^250%-", "250 ")
  return reply
end

local function mail(hello)
  return {
    greeting = "220 localhost " .. (hello == "LHLO" and "LMTP" or "ESMTP"),
    upgrade = "STARTTLS", asks = hello, go = "220 Ready to start TLS",
    refused = "454 4.7.0 TLS not available", unknown = "500 5.5.1 Unknown command",
    leaves = "QUIT", offer = numbered,
    stripped = { "AUTH PLAIN LOGIN" }, secured = { "AUTH PLAIN LOGIN" },
    kept = {
      clear = { "STARTTLS", "AUTH PLAIN" }, secured = { "AUTH LOGIN" }, used = "AUTH PLAIN",
    },
    harmless = set "EHLO HELO LHLO STARTTLS NOOP RSET QUIT",
    commands = {
      HELO = "250 localhost",
      QUIT = "221 Bye",
      DATA = { "354 Go on", dot = "250 Ok" },
      AUTH = sasl("235 2.7.0 Welcome", "334 "),
    },
    otherwise = "250 Ok",
    parse = plain,
    injected = "250-localhost\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 1000\r\n",
  }
end

lines.smtp, lines.lmtp = mail "EHLO", mail "LHLO"

-- ----------------------------------------------------------------------------------------- IMAP

local function capabilities(names)
  return { "* CAPABILITY IMAP4rev1 " .. table.concat(names, " "), "$tag OK Done" }
end

local mailbox = {
  { "* 0 EXISTS", "* 0 RECENT", "* OK [UIDVALIDITY 1] Ok", "* OK [UIDNEXT 1] Ok",
    "* FLAGS ()", "$tag OK Done" },
}

lines.imap = {
  greeting = "* OK IMAP4rev1 ready",
  upgrade = "STARTTLS", asks = "CAPABILITY", go = "$tag OK Begin TLS negotiation",
  refused = "$tag NO TLS not available", unknown = "$tag BAD Unknown command",
  leaves = "LOGOUT", offer = capabilities, literals = true,
  stripped = { "AUTH=PLAIN" }, secured = { "AUTH=PLAIN" },
  kept = {
    clear = { "STARTTLS", "AUTH=PLAIN", "SASL-IR" }, secured = { "UIDPLUS" },
    used = "AUTHENTICATE PLAIN",
  },
  harmless = set "CAPABILITY STARTTLS NOOP LOGOUT ID",
  preauth = "* PREAUTH IMAP4rev1 welcome back",
  referral = {
    greeting = "* BYE [REFERRAL imap://$elsewhere/] Try that one",
    refusal = "$tag NO [REFERRAL imap://$elsewhere/] Try that one",
  },
  commands = {
    LOGIN = "$tag OK Welcome",
    AUTHENTICATE = sasl("$tag OK Welcome", "+ "),
    LOGOUT = { { "* BYE", "$tag OK Done" } },
    SELECT = mailbox, EXAMINE = mailbox,
    LIST = { { '* LIST () "/" INBOX', "$tag OK Done" } },
    LSUB = { { '* LSUB () "/" INBOX', "$tag OK Done" } },
    NAMESPACE = { { '* NAMESPACE (("" "/")) NIL NIL', "$tag OK Done" } },
    STATUS = { { "* STATUS INBOX (MESSAGES 0 UNSEEN 0)", "$tag OK Done" } },
    SEARCH = { { "* SEARCH", "$tag OK Done" } },
  },
  otherwise = "$tag OK Done",
  parse = tagged,
  injected = "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n$next OK Done\r\n",
}

-- ----------------------------------------------------------------------------------------- POP3

local none = { { "+OK", "." } }

lines.pop3 = {
  greeting = "+OK ready",
  upgrade = "STLS", asks = "CAPA", go = "+OK Begin TLS negotiation",
  refused = "-ERR TLS not available", unknown = "-ERR Unknown command",
  leaves = "QUIT",
  offer = function(names) return listed({ "+OK", "USER", "UIDL" }, names, ".") end,
  stripped = {}, secured = { "SASL PLAIN" },
  kept = { clear = { "STLS", "SASL PLAIN" }, secured = {}, used = "AUTH PLAIN" },
  harmless = set "CAPA STLS NOOP QUIT",
  commands = {
    AUTH = sasl("+OK Welcome", "+ "),
    STAT = "+OK 0 0",
    LIST = none, UIDL = none,
  },
  otherwise = "+OK",
  parse = plain,
  injected = "+OK\r\nUSER\r\nUIDL\r\nSASL PLAIN\r\n.\r\n+OK\r\n+OK\r\n",
}

-- ------------------------------------------------------------------------------------------ FTP

lines.ftp = {
  greeting = "220 ready",
  upgrade = "AUTH", asks = "FEAT", go = "234 AUTH TLS OK",
  refused = "534 TLS not available", unknown = "500 Unknown command",
  leaves = "QUIT",
  offer = function(names)
    return { "211-Features", " " .. table.concat(names, "\r\n "), "211 End" }
  end,
  stripped = { "SIZE" }, secured = { "PBSZ", "PROT" },
  harmless = set "AUTH FEAT PBSZ PROT CCC NOOP QUIT OPTS HOST CLNT SYST",
  commands = {
    USER = "331 Password, please", PASS = "230 Welcome", PBSZ = "200 PBSZ=0", PROT = "200 Ok",
    QUIT = "221 Bye", PWD = '257 "/"', SYST = "215 UNIX Type: L8", TYPE = "200 Ok", CWD = "250 Ok",
  },
  otherwise = "502 Not here",
  parse = plain,
  injected = "331 Password, please\r\n230 Welcome\r\n200 Ok\r\n200 Ok\r\n",
}

-- ----------------------------------------------------------------------------------------- NNTP

lines.nntp = {
  greeting = "200 ready",
  upgrade = "STARTTLS", asks = "CAPABILITIES", go = "382 Continue with TLS negotiation",
  refused = "580 Cannot initiate TLS", unknown = "500 Unknown command",
  leaves = "QUIT",
  offer = function(names)
    return listed({ "101 Capability list:", "VERSION 2", "READER" }, names, ".")
  end,
  stripped = { "AUTHINFO USER" }, secured = { "AUTHINFO USER" },
  harmless = set "CAPABILITIES STARTTLS MODE DATE HELP QUIT",
  commands = {
    AUTHINFO = function(argument)
      return argument:upper():find "^USER" and "381 Password, please" or "281 Welcome"
    end,
    MODE = "200 Posting allowed", GROUP = "211 0 0 0 a.group", QUIT = "205 Bye",
  },
  otherwise = "500 Not here",
  parse = plain,
  injected = "101 Capability list:\r\nVERSION 2\r\nREADER\r\nAUTHINFO USER\r\n.\r\n"
    .. "381 Password, please\r\n281 Welcome\r\n",
}

-- ---------------------------------------------------------------------------------------- Sieve

lines.sieve = {
  upgrade = "STARTTLS", asks = "CAPABILITY", go = "OK",
  refused = 'NO "TLS not available"', unknown = 'NO "Unknown command"',
  leaves = "LOGOUT", lists = true, literals = true,
  offer = function(names)
    local list = {}
    for i, name in ipairs(names) do list[i] = name == "STARTTLS" and '"STARTTLS"' or name end
    local first = { '"IMPLEMENTATION" "localhost"', '"SIEVE" "fileinto"', '"VERSION" "1.0"' }
    return listed(first, list, "OK")
  end,
  stripped = { '"SASL" "PLAIN"' }, secured = { '"SASL" "PLAIN"' },
  harmless = set "CAPABILITY STARTTLS NOOP LOGOUT",
  commands = {
    AUTHENTICATE = sasl("OK", '""'),
    NOOP = function(text) return text == "" and "OK" or ('OK (TAG %s) "Done"'):format(text) end,
    LOGOUT = "OK",
  },
  otherwise = "OK",
  parse = plain,
  injected = '"IMPLEMENTATION" "localhost"\r\n"SASL" "PLAIN"\r\nOK\r\n',
}

return lines
