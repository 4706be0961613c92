#!/bin/sh
# Print the path of a Chromium: on PATH, else Debian's (as root), else Playwright's own; else say what brings one.
bin=$1
for name in chromium chromium-browser google-chrome google-chrome-stable; do
  command -v "$name" && exit 0
done
if [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]; then
  echo "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "== Installing Debian's chromium" >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } >/dev/null 2>&1
  command -v chromium && exit 0
fi
own() {
  "$bin/python" -c 'from playwright.sync_api import sync_playwright as s
with s() as p: print(p.chromium.executable_path)'
}
[ -x "$(own)" ] || { echo "== Downloading Playwright's Chromium" >&2; "$bin/playwright" install chromium >&2; }
[ -x "$(own)" ] && own && exit 0
echo "No Chromium was found or could be installed. Debian/Ubuntu: sudo apt install chromium. Else: $bin/playwright install chromium" >&2
exit 1
