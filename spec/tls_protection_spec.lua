-- Record protection and the secrets that it follows from, against what RFC 8448 has published.
local core = require "secsock.core"
local protection = require "secsock.tls.protection"
local secrets = require "secsock.tls.secrets"
local suites = require "secsock.tls.suites"

local function from_hex(text)
  return (text:gsub("%s", ""):gsub("%x%x", function(pair)
    return string.char(tonumber(pair, 16))
  end))
end

-- RFC 8448, section 3.
local published = {
  early = from_hex "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a",
  derived = from_hex "6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba",
  shared = from_hex "8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d",
  handshake = from_hex "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac",
  client = from_hex "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5",
  server = from_hex "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643",
  key = from_hex "17422dda596ed5d9acd890e3c63f5051",
  iv = from_hex "5b78923dee08579033e523d9",
  from_client = from_hex [[
    1703030043 a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a2044
    1e2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4 ]],
  from_server = from_hex [[
    1703030043 2e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b36e30efaf97d90e6dffc602dcb501a
    59a8fcc49c4bf2e5f0a21c0047c2abf332540dd032e167c2955d ]],
  client_ends = from_hex "1703030013 c9872760655666b74d7ff1153efd6db6d0b0e3",
}

local data = {}
for i = 0, 49 do data[i + 1] = string.char(i) end
data = table.concat(data)

describe("secrets", function()
  it("follow from one another as in RFC 8448", function()
    local early = secrets.extract("sha256", ("\0"):rep(32), ("\0"):rep(32))
    assert.equal(published.early, early)
    local derived = secrets.derive("sha256", early, "derived", "")
    assert.equal(published.derived, derived)
    assert.equal(published.handshake, secrets.extract("sha256", derived, published.shared))
  end)

  it("follow from one another under TLS 1.2", function() -- as published for SHA-256 on its list
    assert.equal(from_hex [[
      e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9
      af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110ff
      f70187347b66 ]],
      secrets.prf("sha256", from_hex "9bbe436ba940f017b17652849a71db35", "test label",
        from_hex "a0ba9f936cda311827a6f796ffd5198c", 100))
  end)
end)

describe("protection", function()
  local function client() return protection.tls13(0x1301, published.client) end

  it("opens and makes the records of RFC 8448", function()
    local p, q = client(), client()
    assert.equal(published.key, p.key)
    assert.equal(published.iv, p.iv)
    assert.same({ 23, data }, { p:open(published.from_client) })
    assert.same({ 21, "\1\0" }, { p:open(published.client_ends) })
    assert.equal(published.from_client, q:seal(23, data))
    assert.equal(published.client_ends, q:seal(21, "\1\0"))
    local server = protection.tls13("TLS_AES_128_GCM_SHA256", published.server)
    server.sequence = 1 -- behind a new_session_ticket
    assert.same({ 23, data }, { server:open(published.from_server) })
  end)

  local function one_of(suite)
    if suite.version == "1.3" then
      return protection.tls13(suite.number, ("s"):rep(suite.hash_size))
    end
    return protection.tls12(suite.name, ("k"):rep(suite.key_size), ("i"):rep(suite.iv_size))
  end

  it("opens what it has sealed, with every suite that there is", function()
    for _, name in ipairs(core.list "ciphers") do
      local suite = assert(suites[name], name)
      local from, to = one_of(suite), one_of(suite)
      for _, text in ipairs { "", "x", ("y"):rep(16384) } do
        for kind = 20, 23 do
          assert.same({ kind, text }, { to:open(from:seal(kind, text)) })
        end
      end
    end
  end)

  it("opens nothing that was changed, and goes on with what was not", function()
    for _, name in ipairs(core.list "ciphers") do
      local suite = suites[name]
      local record, to = one_of(suite):seal(23, "text"), one_of(suite)
      for at = 1, #record do
        -- Under TLS 1.2 the version and the length that are authenticated are not those sent.
        if suite.version == "1.3" or at == 1 or at > 5 then
          local byte = string.char((record:byte(at) + 1) % 256)
          assert.is_nil(to:open(record:sub(1, at - 1) .. byte .. record:sub(at + 1)), at)
        end
        assert.is_nil(to:open(record:sub(1, at - 1)))
      end
      assert.same({ 23, "text" }, { to:open(record) })
      assert.is_nil(to:open(record))
    end
  end)

  it("takes padding off, and tells what holds no kind", function()
    local from, to = client(), client()
    assert.same({ 22, "a\0" }, { to:open(from:seal_inner("a\0\22\0\0\0")) })
    assert.same({ 0, "" }, { to:open(from:seal_inner("\0\0\0")) })
    assert.same({ 0, "" }, { to:open(from:seal_inner("")) })
  end)

  it("goes on with the next key", function()
    local from, to = client():updated(), client():updated()
    assert.are_not.equal(client().key, from.key)
    assert.same({ 23, "later" }, { to:open(from:seal(23, "later")) })
    assert.is_nil(client():open(from:seal(23, "later")))
  end)

  it("knows its suites", function()
    for _, wrong in ipairs { 0x0035, "TLS_NULL", 0xC02B } do
      local ok, err = pcall(protection.tls13, wrong, "secret")
      assert.is_false(ok)
      assert.matches("no suite of TLS 1.3 is known as", err)
    end
  end)
end)
