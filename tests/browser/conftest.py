from playwright.sync_api import expect

expect.set_options(timeout=30_000)  # ms, as for clicks: a busy machine is not a fault of the page
