--- The certificates that benchmarks use, minted once: material.lua FOLDER. It has a folder "fresh".
local mint = require "secsock.mint"
local pem = require "secsock.mint.pem"

local folder = assert(arg[1], "usage: material.lua FOLDER")
local FRESH, ANCHORS = 1024, 10000 -- FRESH: see works.c, too
local LENGTHS = { 1, 2, 3, 4, 8, 16, 32 } -- of chains below their root

local function write(name, content)
  local file = assert(io.open(folder .. "/" .. name, "wb"))
  assert(file:write(content))
  file:close()
end

-- Certificates that are valid whenever the benchmark runs.
local function description(from)
  from.not_before, from.not_after = "20200101000000Z", "20400101000000Z"
  return from
end

local function root(name, key)
  return mint.ca(description { subject = name, key = key })
end

local function write_identity(name, made)
  write(name .. ".pem", made:pem())
  write(name .. ".key", made:keypem())
end

local function write_chain(name, made, ca)
  write(name .. ".der", made:chain())
  write(name .. ".root", ca.der)
end

-- A leaf with so many certificates up to its root, itself included.
local function chain(ca, length)
  local issuer = ca
  for i = 2, length do
    issuer = issuer:intermediate(description { subject = "Bench CA " .. i })
  end
  return issuer:make(description { dns = "bench.example" })
end

local ca = root "Bench Root"
write("ca.pem", pem(ca.der))
write("other-ca.pem", pem(root("Another Root").der))
write_identity("ecdsa", ca:make(description { dns = "bench.example" }))
write_identity("rsa", ca:make(description { dns = "bench.example", key = "rsa2048" }))

local function client()
  return ca:make(description { email = "joe@bench.example", eku = "clientAuth" })
end

write_identity("client", client())
for i = 1, FRESH do
  write_identity("fresh/" .. i, ca:make(description { dns = "bench.example" }))
  write_identity("fresh/client-" .. i, client())
end

for _, length in ipairs(LENGTHS) do
  write_chain("chain-" .. length, chain(ca, length), ca)
end

-- What servers of the web send: an ECDSA leaf below an RSA-2048 issuer; the root is RSA-4096.
local web = root("Bench Web Root", "rsa4096")
local issuer = web:intermediate(description { subject = "Bench Web CA", key = "rsa2048" })
write_chain("chain-0", issuer:make(description { dns = "bench.example" }), web)

-- Anchors, the one that is needed first. They share a key.
local anchors, key = { ca.der }, mint.key "p256"
for i = 2, ANCHORS do anchors[i] = root("Anchor " .. i, key).der end
write("anchors.der", table.concat(anchors))
