-- What the suites find in programs that are installed anyway: the rows of the survey, and some of
-- its cases.
if _VERSION ~= "Lua 5.4" then return end -- what the programs do is the same under each

local lab = require "secsock.scenario.suites.lab"
local process = require "spec.support.process"
local rows = require "spec.support.survey.clients"
local running = require "spec.support.servers.running"
local scenario = require "secsock.scenario"

local suites = scenario.suites
local unpack = unpack or table.unpack

-- Protocol, program, setting; the case, and what comes out.
local known = {
  { "smtp", "openssl s_client", "`-verify_return_error`", "name_mismatch", "accepted" },
  { "smtp", "openssl s_client", "… and `-verify_hostname`", "name_mismatch", "refused" },
  { "smtp", "curl", "`--ssl`", "stripped", "accepted" },
  { "smtp", "curl", "`--ssl-reqd`", "stripped", "refused" },
  { "smtp", "curl", "`--ssl-reqd`", "response_injected", "refused" },
  { "smtp", "python3 smtplib", "`starttls()`", "name_mismatch", "accepted" },
  { "smtp", "python3 smtplib", "`starttls(context=…)`", "name_mismatch", "refused" },
  { "smtp", "lua LuaSec", '`verify = "peer"`', "name_mismatch", "accepted" },
  { "smtp", "lua LuaSec", "… and the names read", "name_mismatch", "refused" },
  { "imap", "curl", "`--ssl`", "preauth", "accepted" },
  { "https", "gnutls-cli", "by itself", "name_mismatch", "refused" },
  { "https", "curl", "by itself", "expired", "refused" },
  { "https", "curl", "by itself", "cut", "accepted" },
}

-- A suite for each row, which controls it once.
local made = {}

local function suite_of(row)
  local make = row.protocol == "https" and suites.tls_client_validation or suites.starttls_client
  made[row] = made[row] or make { client = row.client, protocol = row.protocol, name = row.name }
  return made[row]
end

local function row_of(protocol, program, setting)
  for _, row in ipairs(rows) do
    if row.protocol == protocol and row.program == program and row.setting == setting then
      return row
    end
  end
  error(("the survey has no %s %s %s"):format(protocol, program, setting))
end

describe("A suite finds of a program #slow", function()
  local open, folders = lab.open, {}

  setup(function()
    function lab:open()
      open(self)
      folders[#folders + 1] = self.folder
    end
  end)

  teardown(function() lab.open = open end)

  for _, one in ipairs(known) do
    local protocol, program, setting, case, verdict = unpack(one)
    it(("%s, %s, %s, %s: %s"):format(program, setting, protocol, case, verdict), function()
      local finding = suite_of(row_of(protocol, program, setting)):try(case)
      assert.equal(verdict, finding.verdict, finding.why .. "\n" .. tostring(finding.run))
    end)
  end

  it("Postfix: it keeps nothing of what was said in the clear", function()
    local servers = running.start "postfix=right"
    finally(function() servers:stop() end)
    local suite = suites.starttls_server {
      protocol = "smtp", server = { port = servers:port("postfix", "right", "smtp") },
    }
    for _, case in ipairs { "command_injected", "state_kept", "twice", "clear_after_go" } do
      local finding = suite:try(case)
      assert.equal("refused", finding.verdict, finding.why .. "\n" .. tostring(finding.run))
    end
  end)

  it("and leaves no program and no folder behind", function()
    assert.is_true(#folders > #known)
    for _, folder in ipairs(folders) do
      process.await_end(folder)
      assert.is_nil(io.open(folder .. "/ca.pem"))
    end
  end)
end)
