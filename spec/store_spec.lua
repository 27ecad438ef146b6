-- Stores: sets of certificates, in memory, in a folder, or the system's.
local pki = require "spec.support.pki"
local secsock = require "secsock"
local support = require "spec.support"

local function load(name)
  return assert(secsock.cert.load(pki(name)))
end

local function identity(name)
  return assert(secsock.cert.identity { cert = pki(name .. ".pem"), key = pki(name .. ".key") })
end

local function subjects(store)
  local found = {}
  for cert in store:certs() do found[#found + 1] = cert:subject() end
  return found
end

describe("A store", function()
  local store, server, ca

  before_each(function()
    store, server, ca = secsock.store.new(), identity "server", load "ca.pem"
  end)

  it("holds each certificate once, and never loses a key", function()
    assert.equal(0, store:count())
    assert.equal(store, store:add(load "server.pem"))
    assert.equal(store, store:add(server))
    assert.equal(store, store:add(load "server.pem"))
    assert.equal(1, store:count())
    assert.is_true(store:certs()():hasprivatekey())
    assert.matches("^secsock store: 1 ", tostring(store))
  end)

  it("shows its certificates in the order of adding", function()
    store:add(ca):add(server)
    assert.same({ "CN=Test Root,O=secsock", "CN=mail.example,O=secsock" }, subjects(store))
    for _ in secsock.store.new():certs() do error "an empty store has none" end
  end)

  it("may be changed by those who look through it", function()
    store:load(pki "server-chain.pem")
    local seen = 0
    for cert in store:certs() do
      seen = seen + 1
      store:add(ca):remove(cert)
    end
    assert.equal(2, seen)
    assert.same({ ca:subject() }, subjects(store))
  end)

  it("gives up what is removed", function()
    store:add(server):add(ca)
    assert.is_true(store:remove(load "server.pem"))
    assert.is_false(store:remove(server))
    assert.same({ ca:subject() }, subjects(store))
  end)

  it("is filled from files, folders and texts", function()
    assert.equal(1, store:load(pki "server.der"))
    assert.equal("mail.example", store:certs()():commonname())
    assert.equal(2, store:load(pki "server-chain.pem"))
    assert.equal(1, store:pem(support.read(pki "ca.pem")))
    assert.equal(3, store:count())
    assert.equal(3, store:loaddir(pki "trust"))
    assert.equal("file", (select(2, store:load "/nowhere.pem")))
    assert.equal("file", (select(2, store:loaddir "/nowhere")))
    assert.equal("format", (select(2, store:pem "nothing")))
  end)

  it("can be the system's", function()
    local system, err = secsock.store.system()
    if system then
      assert.is_true(system:count() > 0)
      assert.equal(system, secsock.store.system())
    else
      assert.equal("file", err)
    end
  end)

  it("is filled from PFX files", function()
    local path = support.write(assert(server:export("pfx", { key = true, password = "secret" })))
    finally(function() os.remove(path) end)
    assert.equal(1, store:loadpfx(path, "secret"))
    assert.is_true(store:certs()():hasprivatekey())
    local count, err = store:loadpfx(path, "wrong")
    assert.is_nil(count)
    assert.equal("password", err)
  end)

  it("has no role unless it was opened in one", function()
    assert.is_nil(store:role())
  end)

  it("changes no more once a configuration uses it", function()
    store:add(ca)
    local config = secsock.config { trust = store }
    for _, change in ipairs { "remove", "add" } do
      local ok, err, details = store[change](store, ca)
      assert.is_nil(ok)
      assert.equal("frozen", err)
      assert.matches("configuration", details.message)
    end
    assert.equal(1, store:find("any"):add(server):count() - 1)
    assert.is_truthy(config)
  end)

  it("throws at mistakes in arguments", function()
    for _, mistake in ipairs {
      function() store:add(store) end,
      function() store:add "text" end,
      function() store.count {} end,
      function() store:remove "text" end,
      function() store:find() end,
      function() store:find "colour" end,
      function() store:find("subject", {}) end,
      function() store:find("timevalid", 1 / 0) end,
      function() store:find("any", nil, store) end,
      function() store:select() end,
      function() store:select "text" end,
      function() secsock.store.open() end,
      function() secsock.store.open("/tmp", "mine") end,
      function() secsock.store.open("/tmp", "my", { writes = true }) end,
      function() secsock.store.open("/tmp", "my", { write = 1 }) end,
    } do
      assert.has_error(mistake)
    end
  end)
end)

describe("Looking into a store", function()
  local store, server

  setup(function()
    store = secsock.store.new()
    server = identity "server"
    store:add(server)
    for _, name in ipairs { "client", "expired", "future", "int", "ca" } do
      assert(store:load(pki(name .. ".pem")))
    end
  end)

  it("finds what is asked for", function()
    local mail, client = "CN=mail.example,O=secsock", "CN=client,O=secsock"
    local int, root = "CN=Test Intermediate,O=secsock", "CN=Test Root,O=secsock"
    for _, case in ipairs {
      { "any", nil, { mail, client, mail, mail, int, root } },
      { "thumbprint", server:sha256(), { mail } },
      { "thumbprint", server:sha1():upper():gsub("..", "%0:", 19), { mail } },
      { "subject", "TEST", { int, root } },
      { "subjectname", "cn = Test Root , o = secsock", { root } },
      { "issuer", "test root", { int, root } },
      { "issuername", root, { int, root } },
      { "serial", server:serial(), { mail } },
      { "subjectkeyid", server:subjectkeyid(), { mail } },
      { "name", "any.wild.example", { mail, mail, mail } },
      { "name", "127.0.0.1", { mail, mail, mail } },
      { "name", "client@mail.example", { client } },
      { "extkeyusage", "clientAuth", { client, int, root } },
      { "keyusage", "keyCertSign", { int, root } },
      { "timevalid", nil, { mail, client, int, root } },
      { "timevalid", 1625097600, { mail, client, mail, int } }, -- 2021-07-01
      { "timeexpired", os.time(), { mail } },
      { "timenotyet", 1900000000.5, { mail } },
      { "privatekey", nil, { mail } },
    } do
      local found = assert(store:find(case[1], case[2]))
      assert.same(case[3], subjects(found), case[1])
    end
    assert.is_true(store:find("privatekey"):certs()():hasprivatekey())
  end)

  it("says what is no value to look for", function()
    for by, value in pairs {
      any = "x", thumbprint = "12", subject = "", subjectname = "Test Root", issuer = "",
      issuername = "CN", serial = "x", subjectkeyid = "", name = "no host",
      extkeyusage = "everything", keyusage = "everything", timevalid = "noon",
    } do
      local found, err, details = store:find(by, value)
      assert.is_nil(found, by)
      assert.equal("argument", err)
      assert.is_string(details.message)
    end
  end)

  it("finds the valid ones", function()
    local config = secsock.config { trust = load "ca.pem", intermediates = load "int.pem" }
    local found = assert(store:find("any", nil, config))
    assert.same({
      "CN=mail.example,O=secsock", "CN=client,O=secsock", "CN=Test Intermediate,O=secsock",
      "CN=Test Root,O=secsock",
    }, subjects(found))
    assert.equal(0, store:find("timeexpired", nil, config):count())
  end)

  it("is what a function says, too", function()
    local found = assert(store:select(function(cert) return cert:isca() end))
    assert.equal(2, found:count())
    assert.equal(0, store:select(function() end):count())
    assert.has_error(function() store:select(function() error "no" end) end)
  end)
end)

describe("A store in a folder", function()
  local folder, server

  before_each(function()
    folder, server = os.tmpname(), identity "server"
    os.remove(folder)
  end)
  after_each(function() os.execute("rm -rf " .. folder) end)

  local function open(role, from)
    return assert(secsock.store.open(folder, role, from))
  end

  it("keeps what is added, with its key", function()
    local store = open("my", { write = true })
    assert.equal("my", store:role())
    assert(store:add(server))
    local path = ("%s/my/%s.pem"):format(folder, server:sha256())
    assert.matches("BEGIN PRIVATE KEY", support.read(path))
    local again = open "my"
    assert.equal(1, again:count())
    assert.is_true(again:certs()():hasprivatekey())
    assert.is_true(store:remove(server))
    assert.equal(0, open("my"):count())
  end)

  it("does not change when it was opened to be read", function()
    local ok, err, details = open("root"):add(server)
    assert.is_nil(ok)
    assert.equal("frozen", err)
    assert.matches("read%-only", details.message)
    assert.is_nil(io.open(folder .. "/root"))
  end)

  it("can be required to exist", function()
    local store, err, details = secsock.store.open(folder, "ca", { existing = true })
    assert.is_nil(store)
    assert.equal("file", err)
    assert.matches(folder .. "/ca: No such file", details.message, 1, true)
    assert.equal("argument", (select(2, secsock.store.open("", "my"))))
  end)

  it("encrypts its keys with a password", function()
    assert(open("my", { write = true, password = "secret" }):add(server))
    assert.equal("password", (select(2, secsock.store.open(folder, "my"))))
    local listed = secsock.store.new()
    assert.equal(1, listed:loaddir(folder .. "/my"))
    assert.same({ server:subject() }, subjects(listed))
    assert.equal(1, open("my", { password = "secret" }):find("privatekey"):count())
  end)

  it("does not take a key that may not be exported", function()
    server:forbidexport()
    local store = open("my", { write = true })
    local ok, err = store:add(server)
    assert.is_nil(ok)
    assert.equal("not exportable", err)
    assert.equal(0, store:count())
    assert.is_truthy(open("root", { write = true }):add(server))
    assert.is_false(open("root"):certs()():hasprivatekey())
  end)
end)
