-- Builds secsock. premake4 and premake5 both understand it:
--
--     premake4 --file=premake5.lua gmake && make -C build/make config=release
--     PREFIX=/usr/local premake4 --file=premake5.lua install
--
-- Everything lands in build/<configuration>/, nothing beside the sources:
--
--     libsecsock.so, libsecsock.a, secsock.pc     usable from where they are
--     lua/{5.1,5.3,5.4,jit}/secsock/core.so       the module for each Lua
--     examples/NAME, spec/NAME                    of examples/NAME.c, spec/capi/NAME.c

workspace = workspace or solution
filter = filter or configuration

local version = "0.1.0"
local soname = "libsecsock.so.0"

newoption {
  trigger = "outdir",
  value = "DIR",
  description = "Build there and not in build/",
}
newoption {
  trigger = "wolfssl",
  value = "PREFIX",
  description = "The wolfSSL to build on; build/wolfssl, from script/bootstrap, unless said",
}
newoption {
  trigger = "ipsec-mb",
  value = "FILE",
  description = "The libIPSec_MB.a to take ciphers from, or none; looked for unless said",
}

local source = path.getabsolute(".")
local out = path.getabsolute(_OPTIONS["outdir"] or "build")
local wolfssl = path.getabsolute(_OPTIONS["wolfssl"] or "build/wolfssl")

-- Where libIPSec_MB.a is, "" for nowhere.
local function find_ipsec_mb()
  local pipe = io.popen("script/lib/find-ipsec-mb")
  local found = pipe:read("*a"):gsub("\n$", "")
  pipe:close()
  return found
end

local ipsec_mb = _OPTIONS["ipsec-mb"] or find_ipsec_mb()
if ipsec_mb == "none" then ipsec_mb = "" end

-- LuaJIT loads what is built for 5.1, so its own build is a check and not installed.
local luas = {
  { name = "5.1", package = "lua5.1", folder = "lua/5.1" },
  { name = "5.3", package = "lua5.3", folder = "lua/5.3" },
  { name = "5.4", package = "lua5.4", folder = "lua/5.4" },
  { name = "jit", package = "luajit" },
}

-- For each configuration, with the folder that it builds into.
local function each_configuration(set)
  for _, name in ipairs { "debug", "release", "sanitize" } do
    filter(name)
    set(out .. "/" .. name)
  end
  filter {}
end

local function sources(pattern)
  local found = os.matchfiles(pattern)
  table.sort(found)
  return found
end

local function system_include(dir)
  buildoptions { "-isystem " .. dir }
end

-- premake5 knows symbols as a setting, premake4 as a flag. Without it the linker strips.
local function keep_symbols()
  if symbols then
    symbols "On"
  else
    flags { "Symbols" }
  end
end

local function start(name, what)
  project(name)
  kind(what)
  language "C"
  location(out .. "/make")
  includedirs { "capi/include" }
  keep_symbols()
end

workspace "secsock"
  configurations { "debug", "release", "sanitize" }
  location(out .. "/make")
  defines { "_GNU_SOURCE" }
  buildoptions {
    "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror",
    "-fstack-protector-strong",
  }
  linkoptions { "-Wl,-z,relro,-z,now,-z,noexecstack" }

  filter "debug"
    buildoptions { "-O0" }

  -- Functions begin with a line of the cache, so that where the linker places them matters less;
  -- those of libc are called without a detour.
  filter "release"
    buildoptions {
      "-O2", "-falign-functions=64", "-fno-plt", "-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2",
    }

  filter "sanitize"
    buildoptions {
      "-O1", "-fno-omit-frame-pointer", "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
    }
    linkoptions { "-fsanitize=address,undefined" }

  filter {}

-- -------------------------------------------------------------------------------- the libraries

-- The library's objects. Its last step makes of them and of wolfSSL one object in which only
-- secsock_* is visible (internal/secsock.o), and libsecsock.a of that: it can be linked into a
-- program that has another wolfSSL. The C tests link the objects themselves and see the inside.
start("internal", "StaticLib")
  targetname "secsock_internal"
  files(sources("capi/src/*.c"))
  includedirs { "capi/src" }
  system_include(wolfssl .. "/include")
  buildoptions { "-fPIC", "-fvisibility=hidden" }
  if ipsec_mb ~= "" then defines { "SECSOCK_IPSEC_MB" } end
  each_configuration(function(dir)
    targetdir(dir .. "/internal")
    postbuildcommands {
      string.format(
        "@%s/script/lib/archive $(TARGET) %s/libsecsock.a %s/lib/libwolfssl.a '%s' $(OBJECTS)",
        source, dir, wolfssl, ipsec_mb
      ),
    }
  end)

start("secsock", "SharedLib")
  links { "internal", "m" }
  targetname "secsock"
  targetextension ".so.0"
  linkoptions {
    "-Wl,-soname," .. soname, "-Wl,--version-script=" .. source .. "/capi/secsock.map",
    "-Wl,--exclude-libs,ALL", "-Wl,-z,defs",
  }
  each_configuration(function(dir)
    targetdir(dir)
    linkoptions { dir .. "/internal/secsock.o" }
    postbuildcommands { string.format("@ln -sf %s %s/libsecsock.so", soname, dir) }
  end)

-- ------------------------------------------------------------------------- what stands on them

-- Links libsecsock.a, as a program of somebody else would: linkoptions names the file, links only
-- has it built first.
local function use_secsock(where)
  links { "internal", "m" }
  each_configuration(function(dir)
    targetdir(dir .. where)
    linkoptions { dir .. "/libsecsock.a" }
  end)
end

-- nodelete: wolfSSL keeps caches for the whole process, which a closed Lua must not unload.
local function lua_module(name, include)
  start("lua" .. name, "SharedLib")
    targetprefix ""
    targetname "core"
    targetextension ".so"
    files(sources("lua/src/*.c"))
    system_include(include)
    linkoptions {
      "-Wl,--version-script=" .. source .. "/lua/src/core.map",
      "-Wl,--exclude-libs,ALL", "-Wl,-z,nodelete",
    }
    use_secsock("/lua/" .. name .. "/secsock")
end

for _, lua in ipairs(luas) do
  local pipe = io.popen("pkg-config --cflags-only-I " .. lua.package .. " 2>&1")
  local include = pipe:read("*a"):match("^%-I(%S+)")
  pipe:close()
  if include then
    lua_module(lua.name, include)
  else
    print("No headers of " .. lua.package .. ": its module is left out")
  end
end

for _, file in ipairs(sources("examples/*.c")) do
  local name = path.getbasename(file)
  start("example_" .. name, "ConsoleApp")
    targetname(name)
    files { file }
    use_secsock("/examples")
end

-- The library stands in for a function of wolfSSL, and the C tests for some of libc: where there is
-- a __wrap_NAME, every test is linked so, and holds it even if it does not call that function. What
-- a test itself stands in for is its own affair.
local function wrapped_functions(files)
  local pipe = io.popen("script/lib/wraps " .. files)
  local options = {}
  for option in pipe:lines() do options[#options + 1] = option end
  pipe:close()
  return options
end

local wrapped_everywhere = wrapped_functions "capi/src/*.c spec/capi/support/*.c"

local function see_inside()
  includedirs { "capi/src", "spec/capi/support" }
  system_include(wolfssl .. "/include")
end

-- What the C tests share.
start("support", "StaticLib")
  targetname "secsock_support"
  files(sources("spec/capi/support/*.c"))
  see_inside()
  each_configuration(function(dir) targetdir(dir .. "/internal") end)

for _, file in ipairs(sources("spec/capi/*_test.c")) do
  local name = path.getbasename(file)
  start("spec_" .. name, "ConsoleApp")
    targetname(name)
    files { file }
    see_inside()
    links { "support", "internal", "wolfssl", "m" }
    libdirs { wolfssl .. "/lib" }
    linkoptions(wrapped_everywhere)
    linkoptions(wrapped_functions(file))
    each_configuration(function(dir) targetdir(dir .. "/spec") end)
end

-- ---------------------------------------------------------------------------------- pkg-config

-- Writes a file, unless that is what it says: somebody may be reading it.
local function write(file, text)
  local old = io.open(file, "r")
  local same = old and old:read("*a") == text
  if old then old:close() end
  if same then return end
  local new = assert(io.open(file, "w"))
  new:write(text)
  new:close()
end

local function write_pc(file, prefix, include, lib)
  write(file, table.concat({
    "prefix=" .. prefix,
    "includedir=" .. include,
    "libdir=" .. lib,
    "",
    "Name: secsock",
    "Description: TLS sockets with a deferred handshake",
    "Version: " .. version,
    "Cflags: -I${includedir}",
    "Libs: -L${libdir} -lsecsock",
    "Libs.private: -lm -pthread",
    "",
  }, "\n"))
end

if (_ACTION or ""):find("^gmake") then
  each_configuration(function(dir)
    os.mkdir(dir)
    write_pc(dir .. "/secsock.pc", source, "${prefix}/capi/include", dir)
  end)
end

-- ------------------------------------------------------------------------------------- install

local function succeeds(command)
  local done = os.execute(command)
  return done == 0 or done == true
end

local function run(command, ...)
  command = string.format(command, ...)
  if not succeeds(command) then
    error("failed: " .. command, 0)
  end
end

-- The newest Lua that is there and has its module; nil for none.
local function newest_lua()
  local newest
  for _, lua in ipairs(luas) do
    local module = ("%s/release/lua/%s/secsock/core.so"):format(out, lua.name)
    local there = lua.folder and os.isfile(module)
    if there and succeeds(("command -v %s >/dev/null"):format(lua.package)) then newest = lua end
  end
  return newest
end

-- Writes the command, for a module whose Lua and whose C are below these folders.
local function write_command(file, lua, scripts, modules)
  write(file, table.concat({
    "#!/usr/bin/env " .. lua.package,
    ("package.path = '%s/?.lua;%s/?/init.lua;' .. package.path"):format(scripts, scripts),
    ("package.cpath = '%s/?.so;' .. package.cpath"):format(modules),
    'os.exit(require("secsock.command").main(arg))',
    "",
  }, "\n"))
end

-- The command, with its manual page and its completion, which it prints itself.
local function install_command(prefix, put)
  local lua = newest_lua()
  if not lua then
    print("No Lua that has its module: the command is left out")
    return
  end
  local command, printed = os.tmpname(), os.tmpname()
  write_command(command, lua, source .. "/lua", ("%s/release/lua/%s"):format(out, lua.name))
  run("%s %s manual >%s", lua.package, command, printed)
  put("644", printed, "share/man/man1/secsock.1")
  run("%s %s completion >%s", lua.package, command, printed)
  put("644", printed, "share/bash-completion/completions/secsock")
  write_command(command, lua, prefix .. "/share/" .. lua.folder, prefix .. "/lib/" .. lua.folder)
  put("755", command, "bin/secsock")
  os.remove(command)
  os.remove(printed)
end

local function install()
  local prefix = os.getenv("PREFIX") or "/usr/local"
  local root = (os.getenv("DESTDIR") or "") .. prefix
  local built = out .. "/release"
  if not os.isfile(built .. "/libsecsock.a") then
    error("Build first: make -C " .. out .. "/make config=release", 0)
  end
  local function put(mode, from, to)
    run("install -D -m %s '%s' '%s/%s'", mode, from, root, to)
  end

  put("644", "capi/include/secsock.h", "include/secsock.h")
  put("644", built .. "/libsecsock.a", "lib/libsecsock.a")
  put("755", built .. "/" .. soname, "lib/" .. soname)
  run("ln -sf %s '%s/lib/libsecsock.so'", soname, root)
  os.mkdir(root .. "/lib/pkgconfig")
  write_pc(root .. "/lib/pkgconfig/secsock.pc", prefix, "${prefix}/include", "${prefix}/lib")
  for _, lua in ipairs(luas) do
    local core = built .. "/lua/" .. lua.name .. "/secsock/core.so"
    if lua.folder and os.isfile(core) then
      put("755", core, "lib/" .. lua.folder .. "/secsock/core.so")
      for _, file in ipairs(sources("lua/secsock/**.lua")) do
        put("644", file, "share/" .. lua.folder .. file:sub(#"lua" + 1))
      end
    end
  end
  install_command(prefix, put)
  print("Installed below " .. root)
end

newaction {
  trigger = "install",
  description = "Install the release build into PREFIX (/usr/local) below DESTDIR",
  execute = install,
}
