-- PFX files and PEM exports, to and from other programs.
local pki = require "spec.support.pki"
local secsock = require "secsock"
local shell = require "spec.support.shell"
local support = require "spec.support"

local files = {}

-- A file with that content, for as long as the test runs.
local function kept(content)
  files[#files + 1] = support.write(content)
  return files[#files]
end

after_each(function()
  while #files > 0 do os.remove(table.remove(files)) end
end)

local function pfx(name) return support.read(pki("pfx/" .. name .. ".pfx")) end

local function count(text, pattern) return select(2, text:gsub(pattern, "")) end

describe("A PFX file", function()
  it("is an identity", function()
    local cert = assert(secsock.cert.pfx(pfx "legacy", "secret"))
    assert.is_true(cert:hasprivatekey())
    assert.equal("mail.example", cert:commonname())
    assert.equal(2, #cert:chain())
    assert.equal(cert, assert(secsock.cert.load(pki "pfx/modern.pfx", "secret")))
    assert.is_true(secsock.cert.load(pki "pfx/empty.pfx"):hasprivatekey())
    assert.is_true(secsock.cert.identity { cert = pki "pfx/modern.pfx", password = "secret" }
      :hasprivatekey())
  end)

  it("may have a friendly name", function()
    assert.equal('Größe "1" \\5c Ω', secsock.cert.pfx(pfx "named", "secret"):friendlyname())
    assert.is_nil(secsock.cert.pfx(pfx "modern", "secret"):friendlyname())
  end)

  it("tells what is wrong with it", function()
    local modern = pfx "modern"
    for _, case in ipairs {
      { modern, "wrong", "password", "the password is wrong" },
      { modern, nil, "password", "none was given" },
      { modern:sub(1, -2), "secret", "format", "cut short" },
      { modern .. "x", "secret", "format", "malformed" },
      { pfx "nokeys", "secret", "no key", "no private key" },
      { "no PFX", nil, "format", "not a PFX file" },
      { "", nil, "format", "not a PFX file" },
    } do
      local cert, err, details = secsock.cert.pfx(case[1], case[2])
      assert.is_nil(cert)
      assert.equal(case[3], err)
      assert.is_truthy(details.message:find(case[4], 1, true), details.message)
    end
    assert.has_error(function() secsock.cert.pfx() end)
    assert.has_error(function() secsock.cert.pfx(modern, "a\0b") end)
  end)
end)

describe("A PFX file of certtool #slow", function()
  local function made(options)
    local path = kept ""
    shell.run(("certtool --to-p12 --p12-name example --outder --outfile %s %s")
      :format(path, options))
    return path
  end

  it("is an identity without a password, which has no octets or two", function()
    for _, option in ipairs { "--null-password", "--empty-password" } do
      local path = made(("%s --load-privkey %s --load-certificate %s")
        :format(option, pki "server.key", pki "server.pem"))
      assert.is_true(assert(secsock.cert.load(path)):hasprivatekey(), option)
      assert.equal("password", (select(2, secsock.cert.load(path, "secret"))), option)
    end
  end)

  it("gives several identities in the order of their keys", function()
    local keys = kept(support.read(pki "rsa.key") .. support.read(pki "server.key"))
    local certs = kept(support.read(pki "server.pem") .. support.read(pki "int.pem")
      .. support.read(pki "rsa.pem"))
    local path = made(("--password secret --load-privkey %s --load-certificate %s")
      :format(keys, certs))
    local store, types = secsock.store.new(), {}
    assert.equal(3, store:loadpfx(path, "secret"))
    for cert in store:find("privatekey"):certs() do
      types[#types + 1] = cert:keytype()
      assert.equal("CN=Test Intermediate,O=secsock", cert:chain()[1]:subject())
    end
    assert.same({ "RSA", "EC" }, types)
    assert.equal("RSA", assert(secsock.cert.load(path, "secret")):keytype())
  end)
end)

describe("An exported identity", function()
  local identity = assert(secsock.cert.load(pki "pfx/named.pfx", "secret"))

  -- Deriving a key takes long on purpose: under valgrind, one password will do.
  for password, tag in pairs { secret = "", ["Größe 🔑"] = " #slow" } do
    it("comes back from under the password " .. password .. tag, function()
      local all = { key = true, password = password }
      local back = assert(secsock.cert.pfx(identity:export("pfx", all), password))
      assert.equal(identity, back)
      assert.is_true(back:hasprivatekey())
      assert.equal(2, #back:chain())
      assert.equal(identity:friendlyname(), back:friendlyname())
      back = assert(secsock.cert.pem(identity:export("pem", all), password))
      assert.equal(identity, back)
      assert.is_true(back:hasprivatekey())
      assert.equal(2, #back:chain())
    end)
  end

  it("has in it what was asked for", function()
    local text = identity:export "pem"
    assert.equal(3, count(text, "BEGIN CERTIFICATE"))
    assert.equal(0, count(text, "PRIVATE KEY"))
    text = identity:export("pem", { chain = false, key = true })
    assert.equal(1, count(text, "BEGIN CERTIFICATE"))
    assert.equal(1, count(text, "BEGIN PRIVATE KEY"))
    assert.equal(1, count(identity:export("pem", { key = true, cert = false, password = "x" }),
      "BEGIN ENCRYPTED PRIVATE KEY"))
    assert.equal(identity:der(), identity:export "der")
  end)

  it("is not what it cannot be", function()
    local bare = secsock.cert.load(pki "server.pem")
    assert.equal("no key", (select(2, bare:export("pem", { key = true }))))
    assert.equal("argument", (select(2, identity:export("pfx", { cert = false }))))
    assert.is_false(bare:exportable())
    for _, wrong in ipairs {
      { "pkcs7" }, { "pem", { keys = true } }, { "pem", { key = "yes" } }, { "pem", { true } },
      { "pem", { password = 7 } }, { "pem", { password = "a\0b" } }, { "pem", "secret" },
      { "der", {} }, {},
    } do
      assert.has_error(function() identity:export(wrong[1], wrong[2]) end)
    end
  end)

  it("keeps its key once that is forbidden", function()
    local mine = assert(secsock.cert.load(pki "pfx/modern.pfx", "secret"))
    assert.is_true(mine:exportable())
    assert.equal(mine, mine:forbidexport())
    assert.is_false(mine:exportable())
    assert.is_true(mine:hasprivatekey())
    for _, form in ipairs { "pem", "pfx" } do
      local out, err, details = mine:export(form, { key = true })
      assert.is_nil(out)
      assert.equal("not exportable", err)
      assert.equal("SECSOCK_E_NOT_EXPORTABLE", details.code)
    end
    assert.is_string(mine:export "pem")
  end)
end)

describe("What is exported #slow", function()
  local function exported(name, password)
    local identity = assert(secsock.cert.identity {
      cert = pki(name .. "-chain.pem"), key = pki(name .. ".key"),
    })
    return kept(assert(identity:export("pfx", { key = true, password = password })))
  end

  for _, name in ipairs { "server", "rsa", "p384", "p521", "ed25519", "ed448" } do
    it("is read by openssl: " .. name, function()
      local said = shell.run(("openssl pkcs12 -in %s -passin pass:secret -info -nodes")
        :format(exported(name, "secret")))
      assert.matches("MAC: sha256, Iteration 100000", said)
      assert.equal(2, count(said, "PBES2, PBKDF2, AES%-256%-CBC, Iteration 100000, "
        .. "PRF hmacWithSHA256"))
      assert.equal(2, count(said, "BEGIN CERTIFICATE"))
      local key = kept(said:match "%-+BEGIN PRIVATE KEY.-END PRIVATE KEY%-+\n")
      assert.equal(shell.run(("openssl pkey -in %s -pubout"):format(pki(name .. ".key"))),
        shell.run(("openssl pkey -in %s -pubout"):format(key)))
    end)
  end

  it("is read by openssl without a password", function()
    assert.matches("BEGIN PRIVATE KEY", shell.run(("openssl pkcs12 -in %s -passin pass: -nodes")
      :format(exported "server")))
  end)

  it("is read by openssl with a password that is not ASCII", function()
    assert.matches("BEGIN PRIVATE KEY", shell.run(
      ("LC_ALL=C.UTF-8 openssl pkcs12 -in %s -passin 'pass:Größe 🔑' -nodes")
        :format(exported("server", "Größe 🔑"))))
  end)

  it("is read by certtool", function()
    local said = shell.run(("certtool --p12-info --inder --password secret --infile %s")
      :format(exported("server", "secret")))
    assert.matches("BEGIN ENCRYPTED PRIVATE KEY", said)
    assert.equal(2, count(said, "BEGIN CERTIFICATE"))
  end)

  it("is, as an encrypted key, read by openssl", function()
    local identity = assert(secsock.cert.identity {
      cert = pki "rsa-chain.pem", key = pki "rsa-pkcs1.key",
    })
    local key = kept(identity:export("pem", { key = true, cert = false, chain = false,
      password = "secret" }))
    assert.equal(support.read(pki "rsa.key"),
      shell.run(("openssl pkey -in %s -passin pass:secret"):format(key)))
  end)
end)
