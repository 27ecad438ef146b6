--- secsock help: what there is, and how it is used.
local options = require "secsock.command.options"
local status = require "secsock.command.status"
local terminal = require "secsock.command.terminal"

local say = terminal.say

local WIDTH = 79

local help = {
  name = "help",
  summary = "show how a command is used",
  usage = "[COMMAND]",
  arguments = { 0, 1 },
  complete = "command",
  about = { "Without COMMAND, all commands and the exit statuses." },
  groups = {},
  examples = {},
}

-- Prints words in lines of at most WIDTH, the first of which begins with `head`.
local function print_folded(head, text, indent)
  local line = #head < indent and head .. (" "):rep(indent - #head) or head
  if #head > indent - 2 and head ~= "" then
    say(head)
    line = (" "):rep(indent)
  end
  local empty = true
  for word in text:gmatch "%S+" do
    if not empty and #line + 1 + #word > WIDTH then
      say(line)
      line, empty = (" "):rep(indent), true
    end
    line, empty = line .. (empty and "" or " ") .. word, false
  end
  say(line)
end

--- How an option is written, with its value if it has one.
function help.form(option)
  return "--" .. option[1] .. (option[2] and " " .. option[2] or "")
end

--- What an option does, with what there is to choose from.
function help.text(option)
  local text = option[3]
  if option.of then text = ("%s (%s)"):format(text, table.concat(option.of, ", ")) end
  return text .. (option.many and "; may be repeated" or "")
end

local function print_command(command)
  say(("Usage: secsock %s %s"):format(command.name, command.usage))
  for _, paragraph in ipairs(command.about) do
    say ""
    print_folded("", paragraph, 0)
  end
  for _, group in ipairs(command.groups) do
    say(("\n%s:"):format(group[1]))
    for option in options.each { group } do
      print_folded("  " .. help.form(option), help.text(option), 25)
    end
  end
  if #command.examples > 0 then say "\nExamples:" end
  for _, example in ipairs(command.examples) do
    say("  " .. example[1])
    print_folded("", example[2], 6)
  end
end

local function print_all(command)
  say "Usage: secsock COMMAND [OPTION]... [ARGUMENT]...\n"
  for _, one in ipairs(command.all()) do print_folded("  " .. one.name, one.summary, 15) end
  say "\nsecsock COMMAND --help tells more, secsock --version the version. Exit statuses:\n"
  for _, meaning in ipairs(status.meanings) do
    print_folded(("  %3d"):format(meaning[1]), meaning[2], 7)
  end
end

function help.run(_, arguments)
  local command = require "secsock.command"
  local name = arguments[1]
  if not name then
    print_all(command)
  else
    print_command(command.demand(name))
  end
  return 0
end

return help
