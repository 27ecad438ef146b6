--- secsock completion: completion for bash, made of what the commands say of themselves.
local options = require "secsock.command.options"

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
    local action = option.of and ("compgen -W '%s'"):format(table.concat(option.of, " "))
      or actions[option[2]]
    if option[2] then
      print(("    %s:--%s) %s ;;"):format(command.name, option[1],
        action and action .. ' -- "$current"' or ":"))
    end
  end
end

local function print_words(command, names)
  local words = { "--help" }
  for option in options.each(command.groups) do words[#words + 1] = "--" .. option[1] end
  print(("    %s:-*) compgen -W '%s' -- \"$current\" ;;"):format(command.name,
    table.concat(words, " ")))
  local others = {
    file = "compgen -f", folder = "compgen -d",
    command = ("compgen -W '%s'"):format(table.concat(names, " ")),
  }
  local action = others[command.complete]
  if action then print(("    %s:*) %s -- \"$current\" ;;"):format(command.name, action)) end
end

function completion.run()
  local all, names = require("secsock.command").all(), {}
  for i, command in ipairs(all) do names[i] = command.name end
  print "# bash completion for secsock(1), printed by: secsock completion"
  print "_secsock_words() {"
  print "    local command=$1 previous=$2 current=$3"
  print "    case $command:$previous in"
  for _, command in ipairs(all) do print_values(command) end
  print "    *) _secsock_more ;;\n    esac\n}\n"
  print "_secsock_more() {\n    case $command:$current in"
  print(("    :*) compgen -W '%s --help --version' -- \"$current\" ;;"):format(
    table.concat(names, " ")))
  for _, command in ipairs(all) do print_words(command, names) end
  print "    esac\n}\n"
  print "_secsock() {"
  print '    local command="" current=${COMP_WORDS[COMP_CWORD]}'
  print "    [ \"$COMP_CWORD\" -lt 2 ] || command=${COMP_WORDS[1]}"
  print '    local previous=${COMP_WORDS[COMP_CWORD - 1]}'
  print '    mapfile -t COMPREPLY < <(_secsock_words "$command" "$previous" "$current")'
  print "}\n"
  print "complete -o filenames -F _secsock secsock"
  return 0
end

return completion
