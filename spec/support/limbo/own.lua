--- Cases of our own in the form of x509-limbo's, out of what spec/support/pki.sh makes.
local pki = require "spec.support.pki"
local quote = require("secsock.quote").word
local support = require "spec.support"

-- By default: server, issued by int, issued by ca, which is the root; for mail.example. `trust` is
-- a root that is enough by itself. What is not `good` must be rejected, what is `offline` wolfSSL
-- cannot read.
local cases = {
  { "the right name", good = true, DNS = "mail.example" },
  { "a single label", good = true, DNS = "localhost" },
  { "letters in the other case", good = true, DNS = "MAIL.Example" },
  { "a wildcard", good = true, DNS = "any.wild.example" },
  { "a wildcard for two labels", DNS = "a.b.wild.example" },
  { "a wildcard for no label", DNS = "wild.example" },
  { "another name", DNS = "other.example" },
  { "a part of the name", DNS = "example" },
  { "an address", good = true, IP = "127.0.0.1" },
  { "an address of the longer kind", good = true, IP = "::1" },
  { "the same address, written out", good = true, IP = "0:0:0:0:0:0:0:1" },
  { "another address", IP = "127.0.0.2" },
  { "expired", leaf = "expired" },
  { "expired, while it was valid", good = true,
    leaf = "expired", time = "2021-06-01T00:00:00Z", trust = "int" },
  { "at its first moment", good = true,
    leaf = "expired", time = "2021-01-01T00:00:00Z", trust = "int" },
  { "before its first moment", leaf = "expired", time = "2020-12-31T23:59:59Z", trust = "int" },
  { "a second before its last", good = true,
    leaf = "expired", time = "2021-12-31T23:59:58Z", trust = "int" },
  { "at its last moment", good = true,
    leaf = "expired", time = "2021-12-31T23:59:59Z", trust = "int" },
  { "after its last moment", leaf = "expired", time = "2022-01-01T00:00:00Z", trust = "int" },
  { "not valid yet", leaf = "future" },
  { "for another name", leaf = "elsewhere" },
  { "the name that it is for", good = true, leaf = "elsewhere", DNS = "other.example" },
  { "for another usage", leaf = "wrong-usage" },
  { "issued by a stranger", leaf = "stranger", issuers = {} },
  { "issued by a stranger who is trusted", good = true, leaf = "stranger", trust = "other-ca" },
  { "issued by somebody who may not", leaf = "by-not-ca", issuers = { "not-ca" } },
  { "issued by itself", leaf = "self-signed", issuers = {} },
  { "issued by itself and trusted", good = true, leaf = "self-signed", trust = "self-signed" },
  { "an RSA key", good = true, leaf = "rsa" },
  { "an RSA-PSS key", good = true, leaf = "rsa-pss" },
  { "a key on P-384", good = true, leaf = "p384" },
  { "a key on P-521", good = true, leaf = "p521" },
  { "a key on secp256k1", leaf = "secp256k1" },
  { "an Ed25519 key", good = true, leaf = "ed25519" },
  { "an Ed448 key", good = true, leaf = "ed448" },
  { "an RSA key of 1024 bits", leaf = "weak-key" },
  { "signed with SHA-1", leaf = "weak-signature" },
  { "odd names", good = true, leaf = "odd-names", DNS = "odd.example",
    offline = true },
  { "odd names, an address", good = true, leaf = "odd-names",
    IP = "2001:db8:0:1::1", offline = true },
  { "an issuer that is missing", issuers = {} },
  { "an issuer of that name with another key", issuers = { "impostor" } },
  { "the right issuer after one of its name", good = true, issuers = { "impostor", "int" } },
  { "issuers in any order and to spare", good = true,
    issuers = { "other-ca", "not-ca", "ca", "int", "int" } },
  { "the right issuer after one that is no CA", good = true, issuers = { "half-ca", "int" } },
  { "issued by one that is no CA", leaf = "by-half-ca", issuers = { "half-ca" } },
  { "one that signs certificates and is no CA", leaf = "half-ca", issuers = {} },
  { "another root", roots = { "other-ca" } },
  { "two roots", good = true, roots = { "other-ca", "ca" } },
  { "an intermediate that is trusted by itself", good = true, trust = "int" },
  { "a leaf that is trusted by itself", good = true, trust = "server" },
  { "an intermediate as the peer", leaf = "int", issuers = {} },
  { "a root as the peer", leaf = "ca", issuers = {} },
  { "one intermediate where there may be one", good = true, depth = 1 },
  { "one intermediate where there may be none", depth = 0 },
  { "a client", good = true, kind = "CLIENT", leaf = "client", RFC822 = "client@mail.example" },
  { "a client's host in the other case", good = true, kind = "CLIENT", leaf = "client",
    RFC822 = "client@MAIL.example" },
  { "a client's person in the other case", kind = "CLIENT", leaf = "client",
    RFC822 = "Client@mail.example" },
  { "another person", kind = "CLIENT", leaf = "client", RFC822 = "server@mail.example" },
  { "a client as a server", leaf = "client" },
  { "a server as a client", kind = "CLIENT", leaf = "server", RFC822 = false },
  { "a list that revokes another", good = true, lists = { "int" } },
  { "a list that revokes it", lists = { "server" } },
  { "both lists", lists = { "int", "server" } },
  { "a list that is stale", lists = { "stale" } },
  { "a list that is not valid yet", lists = { "early" } },
  { "a list of somebody else", lists = { "other" } },
  { "a list of the root alone", lists = { "ca" } },
  { "lists of both issuers, one revoked", lists = { "int", "ca" } },
}

local function certificates(names)
  local texts = {}
  for i, name in ipairs(names) do texts[i] = support.read(pki(name .. ".pem")) end
  return texts
end

local function name_of(is)
  for _, kind in ipairs { "DNS", "IP", "RFC822" } do
    if is[kind] then return { kind = kind, value = is[kind] } end
  end
  if is.RFC822 == nil then return { kind = "DNS", value = "mail.example" } end
end

local function make(is, folder)
  local lists = {}
  for i, name in ipairs(is.lists or {}) do
    lists[i] = support.read(("%s/%s.crl"):format(folder, name))
  end
  local leaf = is.leaf or "server"
  return {
    id = "secsock::" .. is[1],
    description = is[1],
    expected_result = is.good and "SUCCESS" or "FAILURE",
    features = {},
    importance = "undetermined",
    conflicts_with = {},
    validation_kind = is.kind or "SERVER",
    validation_time = is.time,
    trusted_certs = certificates(is.roots or { is.trust or "ca" }),
    untrusted_intermediates = certificates(is.issuers or { not is.trust and "int" or nil }),
    peer_certificate = certificates({ leaf })[1],
    peer_certificate_key = not is.offline and support.read(pki(leaf .. ".key")) or nil,
    crls = lists,
    expected_peer_name = name_of(is),
    expected_peer_names = {},
    key_usage = {},
    extended_key_usage = {},
    signature_algorithms = {},
    max_chain_depth = is.depth,
  }
end

--- All of them.
---@return limbo.case[]
return function()
  local folder = os.tmpname()
  os.remove(folder)
  local here = debug.getinfo(1, "S").source:match "^@(.*)/[^/]*$"
  local status = os.execute(("sh %s/lists.sh %s %s"):format(here, quote(pki "."), quote(folder)))
  assert(status == true or status == 0, "lists.sh failed")
  local made = {}
  for i, is in ipairs(cases) do made[i] = make(is, folder) end
  os.execute("rm -rf " .. quote(folder))
  return made
end
