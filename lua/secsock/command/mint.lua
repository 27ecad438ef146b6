--- secsock mint: certificates for tests, right or wrong in one word.
local secsock = require "secsock"
local extensions = require "secsock.mint.extensions"
local files = require "secsock.command.files"
local names = require "secsock.mint.names"
local pem = require "secsock.mint.pem"
local secsock_mint = require "secsock.mint"
local settings = require "secsock.command.settings"
local status = require "secsock.command.status"
local terminal = require "secsock.command.terminal"

local DAY = 86400

local mint = {
  name = "mint",
  summary = "make certificates for tests, also wrong ones",
  usage = "[OPTION]... ACTION [NAME]",
  arguments = { 1, 2 },
  complete = "file",
  actions = { "root", "intermediate", "issue", "crl", "ocsp", "words" },
  about = {
    "Makes certificates, which nobody should trust but tests. ACTION is one of these:",
    "root NAME: a CA that signs itself, in NAME.pem, and its private key, in NAME.key.",
    "intermediate NAME: a CA below that of --ca.",
    "issue NAME: a certificate with its issuers, in NAME.pem, and its private key, in NAME.key; "
      .. "signed by the CA of --ca, or else with its own key.",
    "crl FILE: a list of what the CA has revoked, which is what --revoke says.",
    "ocsp FILE: an OCSP response of the CA about the certificate of --about, in DER.",
    "words: lists all that --wrong can do, by the problem that secsock validate must find.",
    "Private keys are in files that their owner alone can read. No file is written over without "
      .. "--force.",
  },
  groups = {
    { "Who signs",
      { "ca", "NAME", "the CA: NAME.pem and NAME.key, as they are made here, or one file that has "
        .. "both, in PEM or PFX" },
      { "ca-key", "FILE", "its private key, if that is elsewhere" },
      { "ca-password-file", "FILE", "the password of that key is the first line of this file; it "
        .. "is asked for unless said" } },
    { "What it is issued for",
      { "dns", "HOST", "a DNS name", many = true },
      { "ip", "ADDRESS", "an IP address", many = true },
      { "email", "MAILBOX", "a mailbox", many = true },
      { "uri", "URI", "a URI", many = true },
      { "subject", "NAME", "its common name; the first of the names above unless said" },
      { "server", nil, "for servers; that is so unless anything else is said" },
      { "client", nil, "for clients" },
      { "eku", "PURPOSE", "for this purpose: codeSigning, any, ..., or an object identifier",
        many = true } },
    { "How it is made",
      { "key-kind", "KIND", "its key; p256 unless said", of = {
        "p256", "p384", "p521", "ed25519", "ed448", "rsa2048", "rsa3072", "rsa4096" } },
      { "days", "NUMBER", "how many days it is valid from now, or from --not-before, on; 90 unless "
        .. "said, for a CA ten years, for a list 30 and for a response 7" },
      { "not-before", "DATE", "the day or moment from which on it is valid" },
      { "not-after", "DATE", "and until when" },
      { "path-length", "NUMBER", "how many CAs may stand below this one" },
      { "wrong", "WORD", "make it wrong: see secsock mint words", many = true,
        words = secsock_mint.words() },
      { "seed", "TEXT", "keys, but RSA's, and serial numbers that are the same again for the same "
        .. "text, action and NAME; everybody who knows it has them" },
      { "time", "DATE", "what time it is; now unless said" } },
    { "Lists and responses",
      { "revoke", "FILE", "crl: this certificate is revoked", many = true },
      { "reason", "REASON", "why", of = { "unspecified", "keyCompromise", "cACompromise",
        "affiliationChanged", "superseded", "cessationOfOperation", "certificateHold",
        "privilegeWithdrawn" } },
      { "about", "FILE", "ocsp: the certificate that is asked about" },
      { "status", "STATUS", "ocsp: what is said of it; good unless said",
        of = { "good", "revoked", "unknown" } },
      { "der", nil, "crl: in DER, not in PEM" } },
    { "What is written",
      { "pfx", nil, "NAME.pfx, too: all in one file, under a password that is asked for" },
      { "encrypt", nil, "encrypt NAME.key with a password that is asked for" },
      { "password-file", "FILE", "that password is the first line of this file" },
      { "force", nil, "write over files that are there" } },
  },
  examples = {
    { "secsock mint root ca", "first a CA" },
    { "secsock mint issue server --ca ca --dns mail.example", "then a certificate of it" },
    { "secsock mint issue old --ca ca --dns mail.example --wrong expired",
      "and one that a client must refuse" },
  },
}

-- --------------------------------------------------------------------------------- what is asked

-- Passes a value through a function of the mint's that throws what it does not understand.
local function check_each(option, values, f)
  for _, value in ipairs(values or {}) do
    local ok, err = pcall(f, value)
    if not ok then
      status.stop("usage", "--%s: %s", option, (tostring(err):gsub("^.-%.lua:%d+: ", "")))
    end
  end
end

local function check_wrong(word)
  if not secsock_mint.wrong[word] then
    error(("there is no word '%s', see secsock mint words"):format(word), 0)
  end
end

local function purposes_of(options)
  local found = {}
  if options.server then found[1] = "serverAuth" end
  if options.client then found[#found + 1] = "clientAuth" end
  for _, purpose in ipairs(options.eku or {}) do found[#found + 1] = purpose end
  return #found > 0 and found or nil
end

-- From when until when: nil where that is as usual.
local function validity_of(options, by)
  if options.days and options.not_after then
    status.stop("usage", "--days and --not-after exclude each other")
  end
  local from, to = options.not_before, options.not_after
  if options.days then to = (from or by:now()) + options.days * DAY end
  if to and not from and to < by:now() then from = to - 90 * DAY end
  return from, to
end

-- A description, as the mint takes it.
local function description_of(options, by)
  check_each("ip", options.ip, names.address)
  check_each("eku", options.eku, function(purpose) extensions.ext_key_usage { purpose } end)
  check_each("wrong", options.wrong, check_wrong)
  local from, to = validity_of(options, by)
  return {
    dns = options.dns, ip = options.ip, email = options.email, uri = options.uri,
    subject = options.subject, eku = purposes_of(options), key = options.key_kind,
    not_before = from, not_after = to,
    path_length = options.path_length, wrong = options.wrong,
  }
end

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

-- The CA that is meant; nil for none.
local function ca_of(options, by)
  local name = options.ca
  if not name then return nil end
  local is_pair = exists(name .. ".pem") and exists(name .. ".key")
  local identity = settings.identity_of {
    cert = is_pair and name .. ".pem" or name,
    key = options.ca_key or (is_pair and name .. ".key" or nil),
    password_file = options.ca_password_file,
  }
  if not identity:hasprivatekey() then
    status.stop("unusable", "%s: its private key is not there; say --ca-key", name)
  end
  return status.check(by:adopt(identity))
end

local function needed_ca(options, by)
  return ca_of(options, by) or status.stop("usage", "which CA? Say --ca")
end

local function cert_of(path)
  return status.check(secsock.cert.load(path))
end

-- ------------------------------------------------------------------------------------- writing

-- The private key, and all in one, under a password.
local function protected_files(name, made, options)
  local cert, list = status.check(made:cert()), {}
  local password = options.password_file and terminal.secret_of(options.password_file)
    or terminal.ask_new_secret("Password for " .. name .. ":")
  if options.pfx then
    local bytes = status.check(cert:export("pfx", { key = true, password = password }))
    list[1] = { path = name .. ".pfx", bytes = bytes, secret = true, is = "all in one file" }
  end
  if options.encrypt then
    local text = status.check(cert:export("pem", {
      cert = false, chain = false, key = true, password = password,
    }))
    list[#list + 1] = { path = name .. ".key", bytes = text, secret = true, is = "encrypted key" }
  end
  return list
end

-- What it takes to see what is wrong with it, as secsock.validate takes it.
local function telling(made, options)
  local seen = {}
  for _, word in ipairs(made.issuer and options.wrong or {}) do
    local judge = secsock_mint.wrong[word].judge
    if judge then judge(seen, made, made.issuer) end
  end
  return seen
end

-- The files that this takes beside the certificate, and the options of secsock validate.
local function telling_files(name, seen)
  local list, options = {}, {}
  if seen.crl then
    list[1] = { path = name .. ".crl", bytes = pem(seen.crl.data, "X509 CRL"), is = "list" }
    options[1] = "--crl " .. name .. ".crl"
  end
  if seen.ocsp then
    list[#list + 1] = { path = name .. ".ocsp", bytes = seen.ocsp, is = "response" }
    options[#options + 1] = "--ocsp " .. name .. ".ocsp"
  end
  if seen.pins then options[#options + 1] = "--pin " .. seen.pins end
  for _, option in ipairs { "revocation", "profile" } do
    if seen[option] then options[#options + 1] = ("--%s %s"):format(option, seen[option]) end
  end
  return list, options
end

local function put(list, options)
  files.write(list, options.force)
  local width = 0
  for _, one in ipairs(list) do width = math.max(width, #one.path) end
  for _, one in ipairs(list) do
    terminal.say("%-" .. width .. "s  %s", terminal.harmless(one.path), one.is)
  end
end

-- Says what is wrong, and how that is seen.
local function explain(words, how)
  for _, word in ipairs(words) do
    local is = secsock_mint.wrong[word]
    local problem = is.problem ~= word and (" (%s)"):format(is.problem) or ""
    terminal.say("%s: %s%s", terminal.paint("red", word), is.text, problem)
  end
  if #how > 0 then terminal.say("Judge it with %s", table.concat(how, " ")) end
end

-- Writes what was made, and says what it is.
local function write(name, made, options)
  local seen = telling(made, options)
  local text = seen.chain == made.der and pem(made.der) or made:pem()
  local list = { { path = name .. ".pem", bytes = text, is = "certificate" } }
  local function add(more)
    for _, one in ipairs(more) do list[#list + 1] = one end
  end
  if not options.encrypt then
    add { { path = name .. ".key", bytes = made:keypem(), secret = true, is = "private key" } }
  end
  if options.pfx or options.encrypt then add(protected_files(name, made, options)) end
  local more, how = telling_files(name, seen)
  add(more)
  put(list, options)
  explain(options.wrong or {}, how)
  return 0
end

-- ------------------------------------------------------------------------------------- actions

-- Makes a certificate. Not everything that is wrong goes with everything that is asked for: a name
-- cannot be spoilt where there is none.
local function made_by(make, by, from)
  local ok, made = pcall(make, by, from)
  if ok then return made end
  if not from.wrong or type(made) ~= "string" then error(made, 0) end
  status.stop("usage", "--wrong %s: such a certificate cannot be wrong so",
    table.concat(from.wrong, ", "))
end

local actions = {}

function actions.root(name, options, by)
  local from = description_of(options, by)
  from.subject = from.subject or name:match "[^/]*$"
  return write(name, made_by(by.ca, by, from), options)
end

function actions.intermediate(name, options, by)
  local ca, from = needed_ca(options, by), description_of(options, by)
  from.subject = from.subject or name:match "[^/]*$"
  return write(name, made_by(ca.intermediate, ca, from), options)
end

function actions.issue(name, options, by)
  if not (options.dns or options.ip or options.email or options.uri or options.subject) then
    status.stop("usage", "for whom? Say --dns, --ip, --email, --uri or --subject")
  end
  local ca, from = ca_of(options, by), description_of(options, by)
  local made = ca and made_by(ca.make, ca, from) or made_by(by.make_selfsigned, by, from)
  return write(name, made, options)
end

function actions.crl(path, options, by)
  local ca = needed_ca(options, by)
  for _, file in ipairs(options.revoke or {}) do ca:revoke(cert_of(file), options.reason) end
  local bytes = ca:crl { next_update = options.days and by:now() + options.days * DAY }
  if not options.der then bytes = pem(bytes, "X509 CRL") end
  local is = ("list of %d revoked"):format(#(options.revoke or {}))
  put({ { path = path, bytes = bytes, is = is } }, options)
  return 0
end

function actions.ocsp(path, options, by)
  local ca = needed_ca(options, by)
  local about = options.about or status.stop("usage", "about which certificate? Say --about")
  local said = options.status or "good"
  local bytes = ca:ocsp(cert_of(about), {
    status = said, reason = options.reason,
    next_update = options.days and by:now() + options.days * DAY,
  })
  put({ { path = path, bytes = bytes, is = ("response: %s is %s"):format(about, said) } }, options)
  return 0
end

function actions.words()
  local by_problem, problems = {}, {}
  for _, word in ipairs(secsock_mint.words()) do
    local problem = secsock_mint.wrong[word].problem
    if not by_problem[problem] then
      by_problem[problem] = {}
      problems[#problems + 1] = problem
    end
    table.insert(by_problem[problem], word)
  end
  table.sort(problems)
  for _, problem in ipairs(problems) do
    terminal.say("%s:", terminal.paint("bold", problem))
    for _, word in ipairs(by_problem[problem]) do
      terminal.say("  %-32s %s", word, secsock_mint.wrong[word].text)
    end
  end
  return 0
end

function mint.run(options, arguments)
  local name, target = arguments[1], arguments[2]
  local action = actions[name] or status.stop("usage", "there is no action '%s'", name)
  if name == "words" and target then
    status.stop("usage", "one argument too many: '%s'", target)
  elseif name ~= "words" and (target or "") == "" then
    status.stop("usage", "%s: under which name?", name)
  end
  local seed = options.seed and ("%s %s %s"):format(options.seed, name, target)
  return action(target, options, secsock_mint.with { seed = seed, time = options.time })
end

return mint
