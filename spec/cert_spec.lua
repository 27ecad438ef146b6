-- Certificates: what they tell, and what they are made of.
local secsock = require "secsock"
local support = require "spec.support"

local folder

setup(function() folder = support.certificates.make() end)
teardown(function() support.certificates.remove(folder) end)

-- What openssl says about a certificate.
local function openssl(name, arguments)
  local command = ("openssl x509 -in %s/%s -noout %s"):format(folder, name, arguments)
  local pipe = assert(io.popen(command))
  local text = pipe:read "*a"
  pipe:close()
  return text
end

describe("A certificate", function()
  local cert, root

  before_each(function()
    cert = assert(secsock.cert.load(folder .. "/right.pem"))
    root = assert(secsock.cert.load(folder .. "/root.pem"))
  end)

  it("tells who it is for, and from whom", function()
    assert.equal("CN=Example Services", cert:subject())
    assert.equal("CN=Example Issuing Authority", cert:issuer())
    assert.equal("Example Services", cert:commonname())
    assert.equal("secsock cert: CN=Example Services", tostring(cert))
    assert.is_false(cert:selfissued())
    assert.is_true(root:selfissued())
  end)

  it("tells what openssl tells", function()
    local serial = openssl("right.pem", "-serial"):match "serial=(%x+)"
    assert.equal(serial:lower(), cert:serial())
    local function hex(text) return text:match "=([%x:]+)":gsub(":", ""):lower() end
    assert.equal(hex(openssl("right.pem", "-fingerprint -sha256")), cert:sha256())
    assert.equal(hex(openssl("right.pem", "-fingerprint -sha1")), cert:sha1())
    local pipe = assert(io.popen(("openssl x509 -in %s/right.pem -noout -pubkey"
      .. " | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | openssl base64")
      :format(folder)))
    assert.equal(pipe:read "*l", cert:pin())
    pipe:close()
  end)

  it("tells from when to when it is valid", function()
    assert.is_true(cert:notbefore() <= os.time())
    assert.is_true(cert:notafter() > os.time())
    local expired = secsock.cert.load(folder .. "/expired.pem")
    assert.equal(1609459200, expired:notbefore()) -- 2021-01-01
    assert.equal(1640995200, expired:notafter())
    assert.matches("^%d+$", tostring(cert:notafter()))
  end)

  it("tells what it may be used for", function()
    assert.is_false(cert:isca())
    assert.is_true(root:isca())
    assert.is_nil(root:pathlength())
    assert.equal(0, cert:chain()[1]:pathlength())
    assert.same({ "digitalSignature" }, cert:keyusage())
    assert.same({ "keyCertSign", "cRLSign" }, root:keyusage())
    assert.same({ "serverAuth" }, cert:extkeyusage())
    assert.same({}, root:extkeyusage())
  end)

  it("tells which names it is for", function()
    assert.same({
      { kind = "dns", value = "mail.example" },
      { kind = "dns", value = "db.example" },
      { kind = "dns", value = "chat.example" },
      { kind = "dns", value = "directory.example" },
      { kind = "dns", value = "localhost" },
      { kind = "ip", value = "127.0.0.1" },
    }, cert:sans())
    assert.same({}, root:sans())
  end)

  it("tells about its keys", function()
    assert.equal(3, cert:version())
    assert.equal("EC", cert:keytype())
    assert.equal(256, cert:keybits())
    assert.equal("P-256", cert:curve())
    assert.equal("ecdsa-with-SHA256", cert:signaturealgorithm())
    assert.equal(cert:chain()[1]:subjectkeyid(), cert:authoritykeyid())
    assert.is_nil(root:authoritykeyid())
  end)

  it("carries its issuers, and a private key if it came with one", function()
    assert.equal(1, #cert:chain())
    assert.equal("CN=Example Issuing Authority", cert:chain()[1]:subject())
    assert.is_false(cert:hasprivatekey())
    local identity = assert(secsock.cert.identity {
      cert = folder .. "/right.pem", key = folder .. "/right.key",
    })
    assert.is_true(identity:hasprivatekey())
    assert.equal(cert, identity)
  end)

  it("tells its names in parts", function()
    assert.same({ { type = "CN", value = "Example Services" } }, cert:subjectparts())
    assert.same({ { type = "CN", value = "Example Issuing Authority" } }, cert:issuerparts())
    assert.is_nil(cert:friendlyname())
  end)

  it("tells whom it is for", function()
    for _, name in ipairs { "mail.example", "MAIL.example", "127.0.0.1" } do
      assert.is_true(cert:matches(name), name)
    end
    for _, name in ipairs { "example", "x.mail.example", "127.0.0.2", "me@mail.example", "" } do
      assert.is_false(cert:matches(name), name)
    end
    assert.has_error(function() cert:matches() end)
    assert.has_error(function() cert:matches "mail.example\0" end)
  end)

  it("is the same in every encoding", function()
    assert.equal(cert, assert(secsock.cert.der(cert:der())))
    assert.equal(cert, assert(secsock.cert.pem(cert:pem())))
    local path = support.write(cert:der())
    assert.equal(cert, assert(secsock.cert.load(path)))
    os.remove(path)
    assert.are_not_equal(cert, root)
    assert.matches("^%-%-%-%-%-BEGIN CERTIFICATE%-%-%-%-%-\n", cert:pem())
  end)

  it("cannot be made of what is none", function()
    for _, case in ipairs {
      { "load", "/nowhere.pem", "file" },
      { "load", folder .. "/right.key", "format" },
      { "pem", "no PEM", "format" },
      { "pem", "", "format" },
      { "der", "no DER", "format" },
      { "der", "", "format" },
      { "der", cert:der():sub(1, -2), "format" },
      { "der", cert:der() .. "x", "format" },
    } do
      local made, err, details = secsock.cert[case[1]](case[2])
      assert.is_nil(made)
      assert.equal(case[3], err)
      assert.is_string(details.message)
    end
    assert.has_error(function() secsock.cert.load(nil) end)
    assert.has_error(function() secsock.cert.load "a\0b" end)
    assert.has_error(function() secsock.cert.identity {} end)
  end)

  it("lives as long as anything refers to it", function()
    local chain = cert:chain()
    cert = nil
    for _ = 1, 3 do collectgarbage() end
    assert.equal("CN=Example Issuing Authority", chain[1]:subject())
  end)
end)
