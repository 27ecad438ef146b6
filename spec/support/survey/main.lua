--- Tries Debian's programs and writes what came out into the suites' documentation: script/survey.
local clients = require "spec.support.survey.clients"
local running = require "spec.support.servers.running"
local scenario = require "secsock.scenario"
local servers = require "spec.support.survey.servers"

local suites = scenario.suites
local file = arg[1]

local function progress(format, ...)
  io.stderr:write(format:format(...), "\n")
end

-- -------------------------------------------------------------------------------------- the cells

local CELLS = { refused = "refused", accepted = "**accepted**", ["cannot judge"] = "?" }

-- What a case has come to; "–" where the protocol has no such thing; "?" where the row says that
-- what was seen is not all.
local function cell(report, name, unsure)
  local finding = report:finding(name)
  if not finding then return "–" end
  if unsure and unsure[name] then return "?" end
  if finding.verdict ~= "refused" then
    progress("    %s: %s: %s", name, finding.verdict, finding.why:match "[^\n]*")
  end
  return CELLS[finding.verdict]
end

local function line(cells) return "| " .. table.concat(cells, " | ") .. " |" end

local function table_of(head, rows)
  local lines = { line(head), (line(head):gsub("[^|]+", "---")) }
  for _, row in ipairs(rows) do lines[#lines + 1] = line(row) end
  return table.concat(lines, "\n")
end

-- ------------------------------------------------------------------------------------- the cases

local protocols = {
  "smtp", "lmtp", "imap", "pop3", "ftp", "nntp", "sieve", "xmpp", "ldap", "postgres", "mysql",
}

-- The cases of one kind of suite, of whichever protocol: those about certificates last.
local function cases_of(make, options)
  local first, last, seen = {}, {}, {}
  for _, protocol in ipairs(protocols) do
    options.protocol = protocol
    for _, case in ipairs(make(options).cases) do
      local list = case.class == "certificate" and last or first
      if not seen[case.name] then list[#list + 1] = case end
      seen[case.name] = true
    end
  end
  for _, case in ipairs(last) do first[#first + 1] = case end
  return first
end

local attacks = cases_of(suites.starttls_client, { client = {} })
local misuses = cases_of(suites.starttls_server, { server = {}, user = "me", password = "mine" })

-- ------------------------------------------------------------------------------------- the tables

-- What there is to know about cases.
local function described(cases)
  return function()
    local rows = {}
    for i, case in ipairs(cases) do
      rows[i] = { "`" .. case.name .. "`", case.text, case.judged, case.reference }
    end
    return table_of({ "case", "the attack", "accepted, if", "reference" }, rows)
  end
end

local function heads(...)
  local list = { ... }
  return function(cases)
    for _, case in ipairs(cases) do list[#list + 1] = "`" .. case.name .. "`" end
    return list
  end
end

-- The clients of one protocol.
local function starttls_clients(protocol)
  local own = suites.starttls_client { protocol = protocol, client = {} }
  local columns, rows = {}, {}
  for _, case in ipairs(attacks) do
    if pcall(own.case, own, case.name) then columns[#columns + 1] = case end
  end
  for _, row in ipairs(clients) do
    if row.protocol == protocol then
      progress("%s %s %s", row.protocol, row.program, row.setting)
      local report = suites.starttls_client {
        client = row.client, protocol = row.protocol, name = row.name,
      }:run()
      local cells = { row.program, row.setting }
      for _, case in ipairs(columns) do
        cells[#cells + 1] = cell(report, case.name, row.unsure)
      end
      rows[#rows + 1] = cells
    end
  end
  return table_of(heads("client", "setting")(columns), rows)
end

local function validation()
  local head, rows, order = { "case" }, {}, nil
  for _, row in ipairs(clients) do
    if row.protocol == "https" then
      progress("%s %s %s", row.protocol, row.program, row.setting)
      local report = suites.tls_client_validation {
        client = row.client, protocol = "https", name = row.name,
      }:run()
      head[#head + 1] = row.program .. " " .. row.setting
      order = order or report
      for i, finding in ipairs(order.findings) do
        local name = finding.case.name
        rows[i] = rows[i] or { ("`%s`: %s"):format(name, finding.case.text) }
        table.insert(rows[i], cell(report, name, row.unsure))
      end
    end
  end
  return table_of(head, rows)
end

local function starttls_servers()
  local started = running.start("postfix=right", "dovecot=right", "prosody=right", "slapd=right",
    "postgresql=right", "vsftpd=right")
  local rows = {}
  local ok, err = pcall(function()
    for _, row in ipairs(servers) do
      local title = row.from and row.server .. ", from " .. row.from or row.server
      progress("%s %s", row.protocol, title)
      local report = suites.starttls_server {
        protocol = row.protocol, name = row.name, user = row.user, password = row.password,
        server = { host = row.host, port = started:port(row.server, "right", row.protocol) },
      }:run()
      local cells = { row.protocol, title }
      for _, case in ipairs(misuses) do cells[#cells + 1] = cell(report, case.name) end
      rows[#rows + 1] = cells
    end
  end)
  started:stop()
  if not ok then error(err, 0) end
  return table_of(heads("", "server")(misuses), rows)
end

-- ----------------------------------------------------------------------------------- the versions

local function output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "*a"
  pipe:close()
  return text
end

-- The packages, each once, with the libraries by which they speak TLS.
local function versions()
  local names, seen = {}, {}
  local function add(name)
    if not seen[name] then names[#names + 1] = name end
    seen[name] = true
  end
  for _, list in ipairs { clients, servers } do
    for _, row in ipairs(list) do add(row.package) end
  end
  add "libssl3"
  add "libgnutls30"
  table.sort(names)
  local system = output ". /etc/os-release && echo \"$PRETTY_NAME\"":match "[^\n]*"
  local shown = output("dpkg-query -W -f '${Package} ${Version}, ' " .. table.concat(names, " "))
  return ("%s: %s."):format(system, (shown:gsub(", $", "")))
end

-- ------------------------------------------------------------------------------------------- main

-- Puts `text` between the lines <!-- name --> and <!-- end --> of a document.
local function put(document, name, text)
  local from = select(2, document:find("<!-- " .. name .. " -->\n", 1, true))
  local to = from and document:find("<!-- end -->", from, true)
  if not to then error(file .. " has no place for " .. name, 0) end
  return document:sub(1, from) .. text .. "\n" .. document:sub(to)
end

local handle = assert(io.open(file, "rb"))
local document = handle:read "*a"
handle:close()

local parts = {
  { "client cases", described(attacks) },
  { "server cases", described(misuses) },
  { "versions", versions },
  { "servers", starttls_servers },
}
for _, protocol in ipairs(protocols) do
  if document:find("<!-- " .. protocol .. " clients -->", 1, true) then
    parts[#parts + 1] = {
      protocol .. " clients", function() return starttls_clients(protocol) end,
    }
  end
end
parts[#parts + 1] = { "validation", validation }

for _, part in ipairs(parts) do
  if not arg[2] or arg[2] == part[1] then document = put(document, part[1], part[2]()) end
end

handle = assert(io.open(file, "wb"))
handle:write(document)
handle:close()
