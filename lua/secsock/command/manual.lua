--- secsock manual: the manual page, for man(1), made of what the commands say of themselves.
local help = require "secsock.command.help"
local options = require "secsock.command.options"
local status = require "secsock.command.status"
local terminal = require "secsock.command.terminal"

local say = terminal.say

local manual = {
  name = "manual",
  summary = "print the manual page",
  usage = "",
  arguments = { 0, 0 },
  about = { "Prints the manual page secsock(1), as man(1) reads it." },
  groups = {},
  examples = { { "secsock manual | man -l -", "read it without installing it" } },
}

-- Text in which roff sees no requests (groff_man(7)).
local function escape(text)
  return (text:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("^([.'])", "\\&%1"))
end

local function heading(text) say(".SH " .. text:upper()) end

local function tagged(tag, text)
  say ".TP"
  say(tag)
  say(escape(text))
end

local function bold(text) return "\\fB" .. escape(text) .. "\\fR" end
local function italic(text) return "\\fI" .. escape(text) .. "\\fR" end

local function print_options(groups)
  for _, group in ipairs(groups) do
    say(".PP\n" .. escape(group[1]) .. ":")
    for option in options.each { group } do
      local value = option[2] and " " .. italic(option[2]) or ""
      tagged(bold("--" .. option[1]) .. value, help.text(option) .. ".")
    end
  end
end

local function print_command(one)
  say(".SS " .. bold("secsock " .. one.name) .. " " .. escape(one.usage))
  for _, paragraph in ipairs(one.about) do say(".PP\n" .. escape(paragraph)) end
  print_options(one.groups)
  for _, example in ipairs(one.examples) do
    say(".PP\n" .. escape("Example: " .. example[2]))
    say(".PP\n.nf\n.RS\n" .. escape(example[1]) .. "\n.RE\n.fi")
  end
end

function manual.run()
  local all = require("secsock.command").all()
  say '.TH SECSOCK 1 "" "secsock" "User Commands"'
  heading "Name"
  say(escape "secsock - ask, serve, judge and test TLS, and look after certificates")
  heading "Synopsis"
  for i, one in ipairs(all) do
    if i > 1 then say ".br" end
    say(bold("secsock " .. one.name) .. " " .. escape(one.usage))
  end
  heading "Description"
  say "TLS connections that begin in the clear, and what there is to know about certificates."
  heading "Commands"
  for _, one in ipairs(all) do print_command(one) end
  heading "Exit status"
  for _, meaning in ipairs(status.meanings) do tagged(tostring(meaning[1]), meaning[2]) end
  heading "Environment"
  tagged(bold "NO_COLOR", "If it is set, nothing is coloured; else what goes to a terminal is.")
  return 0
end

return manual
