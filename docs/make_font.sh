#!/bin/sh
# Makes static/fonts/public-sans.woff2 (Public Sans 2.001, SIL Open Font License 1.1) from its npm package,
# cut to the weights in use and to the letters of our languages. Wants npm and Python.
set -eu
fonts=$(cd "$(dirname "$0")/../static/fonts" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent @fontsource-variable/public-sans@5.3.0 > /dev/null
tar -xzf fontsource-variable-public-sans-5.3.0.tgz
python3 -m venv tools
tools/bin/pip install --quiet fonttools==4.68.0 brotli==1.2.1
tools/bin/fonttools varLib.instancer --quiet package/files/public-sans-latin-wght-normal.woff2 wght=400:800 --output cut.ttf
tools/bin/pyftsubset cut.ttf --flavor=woff2 --output-file="$fonts/public-sans.woff2" \
  --layout-features=kern,liga,tnum,mark,mkmk,ccmp,locl \
  --unicodes=U+0020-007E,U+00A0-00FF,U+0152-0153,U+2010-2011,U+2013-2014,U+2018-201A,U+201C-201D,U+2022,U+2026,U+202F,U+2032,U+2039-203A,U+20AC,U+2192,U+2212
cp package/LICENSE "$fonts/OFL.txt"
