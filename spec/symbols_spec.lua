-- What the library shows to other code in its process, what it takes from the system, and what it
-- leaves alone.
local pki = require "spec.support.pki"
local shell = require "spec.support.shell"
local support = require "spec.support"

local library = shell.built "release/libsecsock.so"
local archive = shell.built "release/libsecsock.a"

-- The symbols that nm lists, without their versions: their names, sorted.
local function symbols(options, path)
  local names = {}
  for name in shell.run(("nm %s %s"):format(options, path)):gmatch "%f[%w]%a ([%w_.]+)[^\n]*\n" do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

-- Those that do not match a pattern.
local function others(names, pattern)
  local found = {}
  for _, name in ipairs(names) do
    if not name:find(pattern) then found[#found + 1] = name end
  end
  return found
end

local function needed(path)
  local names = {}
  for name in shell.run("readelf -d " .. path):gmatch "%(NEEDED%)[^%[]*%[([^%]]*)%]" do
    -- The loader itself, where thread-local variables need it.
    if not name:find "^ld%-linux" then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- All that the library takes from the C library. There is no signal in it, no standard output, no
-- process, no way to set a variable of the environment. Some of it is wolfSSL's and leads nowhere:
-- see below.
local imports = {}
for name in ([[
  calloc malloc realloc free explicit_bzero memchr memcmp memcpy memmove memset
  ctype_b_loc ctype_tolower_loc ctype_toupper_loc tolower toupper snprintf sprintf vsnprintf sscanf
  stpcpy strcasecmp strchr strcmp strcpy strcspn strdup strlen strncasecmp strncat strncmp strncpy
  strspn strrchr strstr strtol strtoul strerror strerror_r log pow qsort
  open close read write stat fstat opendir readdir closedir scandir alphasort
  mkdir openat renameat unlinkat fsync flock ftruncate
  fopen fclose fflush fgets fprintf fputc fputs fread fseek ftell fwrite vfprintf
  accept accept4 bind connect fcntl getpeername getsockname getsockopt listen poll recv send
  setsockopt shutdown socket
  getaddrinfo freeaddrinfo gai_strerror getnameinfo inet_ntop inet_pton
  clock_gettime gettimeofday time mktime getrandom getpid getenv getauxval
  pthread_once pthread_create pthread_detach pthread_join
  pthread_cond_destroy pthread_cond_init pthread_cond_signal pthread_cond_wait
  pthread_mutex_destroy pthread_mutex_init pthread_mutex_lock pthread_mutex_unlock
  cxa_atexit cxa_finalize errno_location stack_chk_fail tls_get_addr
]]):gmatch "%S+" do
  imports[name] = true
end

-- A function's own name, whatever the compiler has made of it: __snprintf_chk, __isoc99_sscanf.
local function plain(name)
  return (name:gsub("^__", ""):gsub("^isoc%d+_", ""):gsub("_chk$", ""))
end

-- The name of a symbol in a disassembly. That of another library's, by way of the PLT or not, ends
-- with "@".
local function name_in(symbol)
  return symbol and symbol:gsub("[+-]0x%x+$", ""):gsub("@@.*", ""):gsub("@.*", "@")
end

-- Who refers to whom, by the names in the disassembly: callers[name][caller].
local function read_callers(path)
  local callers, here = {}, nil
  for line in shell.run("objdump -d --no-show-raw-insn " .. path):gmatch "[^\n]+" do
    here = name_in(line:match "^%x+ <([^>]+)>:$") or here
    local name = name_in(line:match "<([^>]+)>$")
    if name and name ~= here then
      callers[name] = callers[name] or {}
      callers[name][here] = true
    end
  end
  return callers
end

-- The public functions from which the way leads to a function, by calls or by taking addresses.
local function ways_to(name, callers)
  local public, seen, todo = {}, {}, { name .. "@" }
  while #todo > 0 do
    for caller in pairs(callers[table.remove(todo)] or {}) do
      if not seen[caller] then
        seen[caller] = true
        todo[#todo + 1] = caller
        if caller:find "^secsock_" then public[#public + 1] = caller end
      end
    end
  end
  table.sort(public)
  return public
end

describe("libsecsock.so #slow", function()
  it("shows nothing but secsock_*", function()
    local names = symbols("-D --defined-only", library)
    assert.is_true(#names > 100)
    assert.same({}, others(names, "^secsock_"))
  end)

  it("has a version for each symbol", function()
    for name in shell.run("nm -D --defined-only " .. library):gmatch " T ([^\n]+)" do
      assert.matches("^secsock_[%w_]+@@secsock_0$", name:lower())
    end
  end)

  it("is known by its SONAME, which is its file's", function()
    assert.matches("%(SONAME%)[^%[]*%[libsecsock%.so%.0%]", shell.run("readelf -d " .. library))
    assert.equal("libsecsock.so.0\n", shell.run("readlink " .. library))
  end)

  it("needs the C library and nothing else", function()
    assert.same({ "libc.so.6", "libm.so.6" }, needed(library))
    local unknown = {}
    local said = shell.run("nm -D --undefined-only " .. library)
    for name, version in said:gmatch " U ([%w_]+)(@?[^\n]*)" do
      local known = imports[plain(name)] and version:find "^@GLIBC_"
      if not known then unknown[#unknown + 1] = name .. version end
    end
    assert.same({}, unknown)
  end)

  it("keeps away from what wolfSSL could do besides", function()
    local callers = read_callers(library)
    -- This shows that ways are found. How names are resolved is the system's affair; it may well
    -- read files and the environment.
    assert.same({ "secsock_connect", "secsock_listen" }, ways_to("getaddrinfo", callers))
    for _, name in ipairs {
      "getenv", "secure_getenv", "fopen", "opendir", "fprintf", "vfprintf", "fputs", "fputc",
      "pthread_create", "mktime", "localtime_r", "gmtime_r",
    } do
      assert.same({}, ways_to(name, callers), name)
    end
  end)

  it("asks the system for memory and random numbers alone, in a connection over memory", function()
    local trace = os.tmpname()
    shell.run(("strace -o %s luajit spec/support/ffi_handshake.lua capi/include/secsock.h %s %s")
      :format(trace, library, pki "."))
    local calls = support.read(trace):match 'write%(1, "begin".-\n(.*)\nwrite%(1, "end"'
    os.remove(trace)
    local allowed = {
      brk = true, mmap = true, munmap = true, mremap = true, mprotect = true, madvise = true,
      getrandom = true, getpid = true, futex = true,
      -- What the program says; see header_spec.lua for what that is.
      ["write(1"] = true,
    }
    for call in (calls .. "\n"):gmatch "([^\n]*)\n" do
      local name = call:match "^write%(%d+" or call:match "^%w+"
      assert.is_true(allowed[name], call)
    end
    assert.matches("\ngetrandom%(", calls)
  end)
end)

describe("libsecsock.a #slow", function()
  it("shows nothing but secsock_*", function()
    local names = symbols("-g --defined-only", archive)
    assert.is_true(#names > 100)
    assert.same({}, others(names, "^secsock_"))
  end)

  it("shows what the shared library shows", function()
    local shared = others(symbols("-D --defined-only", library), "^secsock_0$")
    assert.same(shared, symbols("-g --defined-only", archive))
  end)
end)

for _, lua in ipairs { "5.1", "5.3", "5.4", "jit" } do
  describe("the module for Lua " .. lua, function()
    local module = shell.built("release/lua/" .. lua .. "/secsock/core.so")

    it("shows nothing but the function that opens it", function()
      assert.same({ "luaopen_secsock_core" }, symbols("-D --defined-only", module))
    end)

    it("needs the C library, and Lua from whoever loads it", function()
      assert.same({ "libc.so.6", "libm.so.6" }, needed(module))
      for name in shell.run("nm -D --undefined-only " .. module):gmatch " U ([^\n]+)" do
        assert.is_truthy(name:find "@GLIBC_" or name:find "^luaL?_", name)
      end
    end)
  end)
end
