-- What a build leaves behind, used as somebody would who has only just built or installed it.

local program = [[
#include <secsock.h>
#include <stdio.h>

int main(void)
{
    puts(secsock_version());
    return 0;
}
]]

-- Another wolfSSL in the same program: nothing of the one inside secsock may clash with it.
local beside_wolfssl = [[
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <secsock.h>

int main(void)
{
    WOLFSSL_CTX *ctx = wolfSSL_CTX_new(wolfTLS_client_method());
    int made = ctx != NULL && secsock_wolfssl_version() != NULL;

    wolfSSL_CTX_free(ctx);
    return made ? 0 : 1;
}
]]

local function sh(...)
  local pipe = io.popen("{ " .. table.concat({ ... }, " && ") .. "; } 2>&1; echo status $?")
  local said, status = pipe:read("*a"):match("^(.-)status (%d+)\n$")
  pipe:close()
  return tonumber(status), said
end

local function assert_sh(...)
  local status, said = sh(...)
  assert(status == 0, said)
  return (said:gsub("\n$", ""))
end

describe("the release build", function()
  local folder

  local function write(name, text)
    local out = assert(io.open(folder .. "/" .. name, "w"))
    out:write(text)
    out:close()
  end

  -- Builds folder/NAME.c with these flags and runs it, with no help from the environment that this
  -- suite runs in; returns what it says.
  local function try(name, flags)
    local file = folder .. "/" .. name
    return assert_sh(("cc -o %s %s.c %s"):format(file, file, flags),
      "unset LD_LIBRARY_PATH", file)
  end

  setup(function()
    folder = assert_sh("mktemp -d")
    write("program.c", program)
    write("beside.c", beside_wolfssl)
  end)

  teardown(function()
    sh("rm -rf " .. folder)
  end)

  it("is found by pkg-config from its folder, and says the same version", function()
    local flags = assert_sh("script/env release pkg-config --cflags --libs secsock")
    local version = try("program", flags .. " -Wl,-rpath,$PWD/build/release")
    assert.equal(assert_sh("script/env release pkg-config --modversion secsock"), version)
  end)

  it("is linked statically from one archive", function()
    local version = try("program", "-I capi/include build/release/libsecsock.a -lm")
    assert.matches("^%d+%.%d+%.%d+$", version)
  end)

  it("stands beside another wolfSSL in a program", function()
    try("beside", "-I capi/include -isystem build/wolfssl/include"
      .. " build/release/libsecsock.a build/wolfssl/lib/libwolfssl.a -lm")
  end)

  describe("installed", function()
    local root

    setup(function()
      root = folder .. "/root/opt/here"
      assert_sh(("PREFIX=/opt/here DESTDIR=%s/root premake4 --file=premake5.lua install")
        :format(folder))
    end)

    it("is found by pkg-config where it was put", function()
      local flags = assert_sh("export PKG_CONFIG_PATH=" .. root .. "/lib/pkgconfig",
        ("pkg-config --define-variable=prefix=%s --cflags --libs secsock"):format(root))
      try("program", flags .. " -Wl,-rpath," .. root .. "/lib")
    end)

    it("has the command, with its manual page and its completion", function()
      local command = root .. "/bin/secsock"
      local paths = {
        ("export LUA_PATH_5_4='%s/share/lua/5.4/?.lua;%s/share/lua/5.4/?/init.lua'"):format(root,
          root),
        ("export LUA_CPATH_5_4='%s/lib/lua/5.4/?.so'"):format(root),
      }
      assert.matches("^secsock %d", assert_sh(paths[1], paths[2], command .. " --version"))
      assert.matches("package.path = '/opt/here/share/lua/5.4/", assert_sh("cat " .. command))
      local shared = root .. "/share/"
      assert.equal(assert_sh(paths[1], paths[2], command .. " manual"),
        assert_sh("cat " .. shared .. "man/man1/secsock.1"))
      assert_sh("bash -n " .. shared .. "bash-completion/completions/secsock")
    end)

    local folders = {
      ["lua5.1"] = "lua/5.1", luajit = "lua/5.1", ["lua5.3"] = "lua/5.3", ["lua5.4"] = "lua/5.4",
    }
    for lua, path in pairs(folders) do
      it("is required by " .. lua, function()
        local share = root .. "/share/" .. path
        assert.equal("table", assert_sh(
          "unset LUA_CPATH_5_3 LUA_CPATH_5_4",
          ("export LUA_PATH='%s/?.lua;%s/?/init.lua'"):format(share, share),
          ("export LUA_CPATH='%s/lib/%s/?.so'"):format(root, path),
          ("%s -e 'print(type(require \"secsock\"))'"):format(lua)))
      end)
    end
  end)
end)
