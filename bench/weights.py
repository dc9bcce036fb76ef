"""How many bytes and requests a first visit and a next page take, compressed.

Against the limits of docs/architecture.md: 60 kB in 12 requests first, then 15 kB a page.
It asks a running one-machine run (`make run` in another window), as a browser would.
"""

import re
import urllib.request

from connect.local import places

PAGES = [
    "/en/",
    "/fr/opportunities/",
    "/en/apply/",
    "/en/experts/",
    "/en/account/login/",
    "/en/demo/",
]
# Sheets, scripts, the font, icons; pictures, the map of the home page among them.
ASSET = re.compile(r'(?:href|src)="(/static/[^"#]+)|<(?:img|image) [^>]*?(?:href|src)="(/[^"#]+)')


def list_assets(html):
    """List what a browser asks for beside a page."""
    return sorted({one or other for one, other in ASSET.findall(html)})


def fetch(path):
    """Return (bytes on the line, text) of an address, compressed as the server offers it."""
    request = urllib.request.Request(  # noqa: S310 - our own server
        places.site_url() + path, headers={"Accept-Encoding": "br, gzip"}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        sent = answer.read()
    plain = urllib.request.urlopen(places.site_url() + path).read()  # noqa: S310
    return len(sent), plain.decode("utf-8", "replace")


def main():
    print(f"{'page':28}{'first visit':>14}{'requests':>10}{'next page':>12}")
    for page in PAGES:
        weight, html = fetch(page)
        assets = list_assets(html)
        total = weight + sum(fetch(asset)[0] for asset in assets)
        first, following = f"{total / 1000:.1f} kB", f"{weight / 1000:.1f} kB"
        print(f"{page:28}{first:>14}{len(assets) + 1:>10}{following:>12}")


if __name__ == "__main__":
    main()
