--- secsock completion: completion for bash, made of what the commands say of themselves.
local options = require "secsock.command.options"
local terminal = require "secsock.command.terminal"

local say = terminal.say

local completion = {
  name = "completion",
  summary = "print the completion for bash",
  usage = "",
  arguments = { 0, 0 },
  about = { "Prints what bash is to know in order to complete secsock's commands and options." },
  groups = {},
  examples = { { 'eval "$(secsock completion)"', "have it in this shell" } },
}

-- What completes a value, by what help calls it.
local actions = { FILE = "compgen -f", FOLDER = "compgen -d" }

local function print_values(command)
  for option in options.each(command.groups) do
    local words = option.of or option.words
    local action = words and ("compgen -W '%s'"):format(table.concat(words, " "))
      or actions[option[2]]
    if option[2] then
      say(("    %s:--%s) %s ;;"):format(command.name, option[1],
        action and action .. ' -- "$current"' or ":"))
    end
  end
end

local function print_words(command, names)
  local words = { "--help" }
  for option in options.each(command.groups) do words[#words + 1] = "--" .. option[1] end
  say(("    %s:-*) compgen -W '%s' -- \"$current\" ;;"):format(command.name,
    table.concat(words, " ")))
  local others = {
    file = "compgen -f", folder = "compgen -d",
    command = ("compgen -W '%s'"):format(table.concat(names, " ")),
  }
  local action = others[command.complete]
  if command.actions then
    action = ("%s -W '%s'"):format(action, table.concat(command.actions, " "))
  end
  if action then say(("    %s:*) %s -- \"$current\" ;;"):format(command.name, action)) end
end

function completion.run()
  local all, names = require("secsock.command").all(), {}
  for i, command in ipairs(all) do names[i] = command.name end
  say "# bash completion for secsock(1), printed by: secsock completion"
  say "_secsock_words() {"
  say "    local command=$1 previous=$2 current=$3"
  say "    case $command:$previous in"
  for _, command in ipairs(all) do print_values(command) end
  say "    *) _secsock_more ;;\n    esac\n}\n"
  say "_secsock_more() {\n    case $command:$current in"
  say(("    :*) compgen -W '%s --help --version' -- \"$current\" ;;"):format(
    table.concat(names, " ")))
  for _, command in ipairs(all) do print_words(command, names) end
  say "    esac\n}\n"
  say "_secsock() {"
  say '    local command="" current=${COMP_WORDS[COMP_CWORD]}'
  say "    [ \"$COMP_CWORD\" -lt 2 ] || command=${COMP_WORDS[1]}"
  say '    local previous=${COMP_WORDS[COMP_CWORD - 1]}'
  say '    mapfile -t COMPREPLY < <(_secsock_words "$command" "$previous" "$current")'
  say "}\n"
  say "complete -o filenames -F _secsock secsock"
  return 0
end

return completion
