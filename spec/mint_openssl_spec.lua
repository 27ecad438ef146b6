-- What secsock.mint makes, by the octet and as openssl reads it.
local mint = require "secsock.mint"
local minted = require "spec.support.minted"
local shell = require "spec.support.shell"

local der, hex = mint.der, minted.hex
local folder

setup(function() folder = shell.run("mktemp -d"):match "[^\n]+" end)
teardown(function() os.execute("rm -r " .. folder) end)

local function file(name, bytes)
  local path = folder .. "/" .. name
  local out = assert(io.open(path, "wb"))
  out:write(bytes)
  out:close()
  return path
end

local function openssl(words, ...) return shell.run("openssl " .. words:format(...)) end

describe("openssl", function()
  local root, issuing, made

  setup(function()
    root = mint.ca "Root"
    issuing = root:intermediate "Issuing"
    made = issuing:make {
      dns = { "mail.example", "*.mail.example" }, ip = { "192.0.2.1", "2001:db8::1" },
      email = "joe@example.org", uri = "https://mail.example/", crl = "http://example/crl",
      ocsp = "http://example/ocsp", issuers = "http://example/ca", policies = "1.2.3.4",
      must_staple = true,
    }
    file("root.pem", root:pem())
    file("issuing.pem", issuing:pem())
    file("leaf.pem", made:pem())
    file("leaf.key", made:keypem())
  end)

  it("reads a certificate", function()
    local text = openssl("x509 -in %s/leaf.pem -noout -text", folder)
    for _, part in ipairs {
      "Version: 3 (0x2)", "Signature Algorithm: ecdsa-with-SHA256", "Issuer: CN = Issuing",
      "Subject: CN = mail.example", "NIST CURVE: P-256", "CA:FALSE", "Digital Signature",
      "TLS Web Server Authentication", "DNS:mail.example, DNS:*.mail.example",
      "IP Address:192.0.2.1", "IP Address:2001:DB8:0:0:0:0:0:1", "email:joe@example.org",
      "URI:https://mail.example/", "URI:http://example/crl", "OCSP - URI:http://example/ocsp",
      "CA Issuers - URI:http://example/ca", "Policy: 1.2.3.4", "status_request",
    } do
      assert(text:find(part, 1, true), part .. " is not in:\n" .. text)
    end
  end)

  it("finds a chain right", function()
    local verify = "verify -x509_strict -purpose sslserver -verify_hostname a.mail.example" ..
      " -CAfile %s/root.pem -untrusted %s/issuing.pem %s/leaf.pem"
    assert.matches("leaf.pem: OK", openssl(verify, folder, folder, folder))
  end)

  for _, kind in ipairs { "p384", "p521", "ed25519", "ed448", "rsa2048" } do
    it("finds a chain right with keys of " .. kind, function()
      local other = mint.ca { subject = "Other", key = kind }
      local leaf = other:make { dns = "mail.example", key = kind }
      local key = file(kind .. ".key", leaf:keypem())
      local trust, chain = file("other.pem", other:pem()), file("other-leaf.pem", leaf:pem())
      assert.matches(": OK", openssl("verify -x509_strict -CAfile %s %s", trust, chain))
      assert.equal(openssl("pkey -in %s -pubout", key),
        openssl("x509 -in %s -noout -pubkey", chain))
    end)
  end

  it("reads a list", function()
    issuing:revoke(made, "keyCompromise")
    local list = file("list.der", issuing:crl { number = 7 })
    local said = openssl("crl -inform DER -in %s -noout -text -CAfile %s/issuing.pem", list, folder)
    assert.matches("verify OK", said)
    assert.matches("CRL Number:%s+7", said)
    assert.matches("Key Compromise", said)
    assert.matches("Serial Number: " .. hex(made.serial):upper(), said)
  end)

  it("reads a response", function()
    local other = issuing:make { dns = "other.example" }
    file("other.pem", other:pem())
    for by, responder in pairs { issuer = issuing, delegate = issuing:responder() } do
      local path = file(by .. ".der", responder:ocsp(other))
      local said = openssl("ocsp -respin %s -issuer %s/issuing.pem -cert %s/other.pem" ..
        " -CAfile %s/root.pem -verify_other %s/issuing.pem -no_nonce", path, folder, folder,
        folder, folder)
      assert.matches("Response verify OK", said)
      assert.matches("other.pem: good", said)
    end
  end)

  it("reads a PFX file", function()
    local bytes = made:cert():export("pfx", { key = true, password = "secret" })
    local said = openssl("pkcs12 -in %s -passin pass:secret -nodes", file("id.pfx", bytes))
    assert.matches("BEGIN PRIVATE KEY", said)
    assert.equal(2, select(2, said:gsub("BEGIN CERTIFICATE", "")))
  end)
end)

describe("The DER builder", function()
  it("writes lengths in as few octets as they take", function()
    for length, header in pairs {
      [0] = "0400", [127] = "047f", [128] = "048180", [255] = "0481ff", [256] = "04820100",
      [65536] = "0483010000",
    } do
      assert.equal(header, hex(der.header(4, length)))
      assert.equal(header, hex(der.octet_string(("x"):rep(length)):sub(1, #header / 2)))
    end
    assert.equal("0482007f", hex(der.header(4, 127, 2)))
  end)

  it("writes numbers as they are written", function()
    for number, bytes in pairs {
      [0] = "020100", [127] = "02017f", [128] = "02020080", [256] = "02020100",
      [65537] = "0203010001",
    } do
      assert.equal(bytes, hex(der.integer(number)))
    end
    assert.equal("0201ff", hex(der.integer "\255"))
  end)

  it("writes object identifiers", function()
    for text, bytes in pairs {
      ["2.5.29.17"] = "0603551d11", ["1.2.840.113549.1.1.11"] = "06092a864886f70d01010b",
      ["2.999"] = "06028837", ["0.9.2342.19200300.100.1.25"] = "060a0992268993f22c640119",
    } do
      assert.equal(bytes, hex(der.oid(text)))
    end
    assert.has_error(function() der.oid "one" end)
  end)

  it("writes named bits without zeros at the end", function()
    assert.equal("03020780", hex(der.named_bits { 0 }))
    assert.equal("03020106", hex(der.named_bits { 5, 6 }))
    assert.equal("0303070080", hex(der.named_bits { 8 }))
    assert.equal("030100", hex(der.named_bits {}))
  end)

  it("reads what it has written", function()
    local bytes = der.sequence(der.integer(5), der.octet_string(("x"):rep(300)))
    local tag, content, behind = der.read(bytes)
    assert.equal(0x30, tag)
    assert.equal(#bytes + 1, behind)
    local _, number, second = der.read(content)
    assert.equal("\5", number)
    assert.equal(("x"):rep(300), (select(2, der.read(content, second))))
  end)
end)
