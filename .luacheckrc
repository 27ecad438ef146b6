std = "min" -- what every Lua from 5.1 to 5.4 has; and what each has under one name or the other
read_globals = { "unpack", table = { fields = { "unpack" } } }
max_line_length = 100
exclude_files = { "build" }

files["spec"] = { std = "min+busted" }
files["examples/*_spec.lua"] = { std = "min+busted" }
files["premake5.lua"] = {
  globals = { "workspace", "filter" },
  read_globals = {
    "_ACTION", "_OPTIONS", "buildoptions", "configuration", "configurations", "defines", "files",
    "flags", "includedirs", "kind", "language", "libdirs", "linkoptions", "links", "location",
    "newaction", "newoption", "os", "path", "postbuildcommands", "project", "solution", "symbols",
    "targetdir", "targetextension", "targetname", "targetprefix",
  },
}
