--- Certificates, verdicts and connections as plain tables, for JSON and for showing them.
local json = require "secsock.command.json"

local facts = {}

--- A moment in RFC 3339's words.
function facts.moment(seconds)
  return os.date("!%Y-%m-%dT%H:%M:%SZ", seconds)
end

local function optional_list(items)
  return items and json.list(items)
end

--- A certificate.
---@param cert secsock.cert
---@param with_pem? boolean
function facts.cert(cert, with_pem)
  local names = json.list()
  for i, san in ipairs(cert:sans()) do names[i] = { kind = san.kind, value = san.value } end
  return {
    subject = cert:subject(),
    issuer = cert:issuer(),
    serial = cert:serial(),
    version = cert:version(),
    not_before = facts.moment(cert:notbefore()),
    not_after = facts.moment(cert:notafter()),
    names = names,
    key = { type = cert:keytype(), bits = cert:keybits(), curve = cert:curve() },
    signature = cert:signaturealgorithm(),
    key_usage = optional_list(cert:keyusage()),
    purposes = optional_list(cert:extkeyusage()),
    ca = cert:isca(),
    path_length = cert:pathlength(),
    subject_key_id = cert:subjectkeyid(),
    authority_key_id = cert:authoritykeyid(),
    sha256 = cert:sha256(),
    sha1 = cert:sha1(),
    pin = cert:pin(),
    private_key = cert:hasprivatekey(),
    friendly_name = cert:friendlyname(),
    pem = with_pem and cert:pem() or nil,
  }
end

--- A list of certificates.
function facts.certs(certs, with_pem)
  local list = json.list()
  for i, cert in ipairs(certs) do list[i] = facts.cert(cert, with_pem) end
  return list
end

--- A verdict.
---@param verdict secsock.verdict
---@param with_pem? boolean
function facts.verdict(verdict, with_pem)
  local details = json.list()
  for i, detail in ipairs(verdict:details()) do
    details[i] = {
      problem = detail.problem, text = detail.text, section = detail.section, alert = detail.alert,
      sha256 = detail.cert and detail.cert:sha256(),
    }
  end
  local path = facts.certs(verdict:path(), with_pem)
  for i, cert in ipairs(path) do cert.revocation = verdict:revocation(i) end
  return {
    trusted = verdict:ok(),
    problems = json.list(verdict:problems()),
    details = details,
    chain = facts.certs(verdict:chain(), with_pem),
    path = path,
    peername = verdict:peername(),
    name = verdict:name(),
    time = facts.moment(verdict:time()),
    resumed = verdict:resumed(),
  }
end

--- What two ends have agreed on; nil for nothing.
---@param info? secsock.info
function facts.negotiated(info)
  if not info then return nil end
  return {
    version = info.version, cipher = info.cipher, group = info.group, signature = info.signature,
    alpn = info.alpn, sni = info.sni, resumed = info.resumed,
  }
end

--- An error: the word that programs test, and the sentence that people read.
function facts.failure(err, details)
  details = details or {}
  return {
    word = err, message = tostring(details.message or err), code = details.code,
    errno = details.errno, alert = details.alert, alert_received = details.alert_received,
  }
end

return facts
