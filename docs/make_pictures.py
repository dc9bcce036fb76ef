"""Makes the pictures of the README from a running one-machine run (`make run` elsewhere)."""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from connect.local import places

PICTURES = Path(__file__).parent / "pictures"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
SHOTS = [
    ("home", None, "/en/", 1280, 900),
    ("tasklist", "efua.mensah", "/en/dossiers/CN-2026-0014/", 1280, 900),
    ("section-phone", "efua.mensah", "/fr/dossiers/CN-2026-0014/sections/problem/", 360, 720),
    ("desk", "ines.duarte", "DESK", 1280, 900),
    ("practice", None, "PRACTICE", 1280, 900),
    ("impact", None, "/en/impact/", 1280, 900),
]


def main():
    PICTURES.mkdir(exist_ok=True)
    site = places.site_url()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, BROWSERS))),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for name, person, address, width, height in SHOTS:
            page = browser.new_context(viewport={"width": width, "height": height}).new_page()
            if person:
                page.goto(f"{site}/en/demo/")
                page.click(f"button[value='{person}@demo.invalid']")
            if address == "DESK":
                page.goto(f"{site}/admin/matching/dossiertomatch/?q=CN-2026-0001")
                page.click("a[href*='/desk/']")
            elif address == "PRACTICE":
                page.goto(f"{site}/en/practices/")
                page.click("main .tasks a")
            else:
                page.goto(site + address)
            page.wait_for_load_state("networkidle")  # pictures load late
            page.screenshot(path=PICTURES / f"{name}.png")
            print(f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
