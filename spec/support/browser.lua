--- Headless Chromium: what it makes of pages.
local shell = require "spec.support.shell"
local support = require "spec.support"

local browser = {}

-- It runs as root, in containers without much shared memory and without a message bus.
local COMMAND = [[
  folder=$(mktemp -d) && HOME=$folder timeout 120 chromium --headless=new --no-sandbox \
    --disable-dev-shm-usage --disable-gpu --hide-scrollbars --no-first-run \
    --user-data-dir="$folder" --virtual-time-budget=10000 --window-size=1200,900 \
    --screenshot=%s --dump-dom file://%s 2>"$folder/said" || cat "$folder/said"
  rm -rf "$folder"]]

local unescaped = { ["&lt;"] = "<", ["&gt;"] = ">", ["&amp;"] = "&", ["&nbsp;"] = " " }

--- Opens a page: its document after its scripts, as text, and the file of a screenshot, which is
-- the caller's to remove.
---@param html string
---@return string document
---@return string screenshot
function browser.open(html)
  local base = support.write(html)
  local page, picture = base .. ".html", base .. ".png" -- it goes by the ends of names
  os.rename(base, page)
  local document = shell.run(COMMAND:format(picture, page))
  os.remove(page)
  return document, picture
end

--- The text of the element of that name and id.
function browser.text(document, element, id)
  local text = document:match(("<%s id=\"%s\">(.-)</%s>"):format(element, id, element))
  return text and (text:gsub("&%a+;", unescaped))
end

-- RFC 2083, sections 3.2 and 6.
local COLOURS = [[
import struct, sys, zlib
data, at, packed = open(sys.argv[1], "rb").read(), 8, b""
while at < len(data):
    size, kind = struct.unpack(">I4s", data[at:at + 8])
    chunk = data[at + 8:at + 8 + size]
    if kind == b"IHDR": width, height, depth, colour = struct.unpack(">IIBB", chunk[:10])
    if kind == b"IDAT": packed += chunk
    at += 12 + size
each = {2: 3, 6: 4}[colour]
raw, row, seen = zlib.decompress(packed), bytearray(width * each), set()
for y in range(height):
    start = y * (width * each + 1)
    how, line, last = raw[start], bytearray(raw[start + 1:start + 1 + width * each]), row
    for i in range(len(line)):
        a, b = (line[i - each] if i >= each else 0), last[i]
        c = last[i - each] if i >= each else 0
        p = a + b - c
        paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
        line[i] = (line[i] + (0, a, b, (a + b) // 2, paeth)[how]) & 255
    seen.update(bytes(line[i:i + 3]) for i in range(0, len(line), each))
    row = line
print(width, height, len(seen))
]]

--- The size of a picture, and how many colours are in it.
---@return integer width
---@return integer height
---@return integer colours
function browser.measure(picture)
  local script = support.write(COLOURS)
  local said = shell.run(("python3 %s %s"):format(script, picture))
  os.remove(script)
  local width, height, colours = said:match "^(%d+) (%d+) (%d+)"
  return tonumber(width), tonumber(height), tonumber(colours)
end

return browser
