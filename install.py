"""Makes `.venv/`: the pinned packages and the compiled translations.

With `--server` what production imports; without, also the servers that `make run` starts; with
`--dev` also what `make test` and `make lint` take.

Reads as Python 2 and 3 alike, so that an unfit Python gets a sentence and not a traceback.
"""

import os
import subprocess
import sys


def stop(message):
    sys.stderr.write(message + "\n")
    sys.exit(2)


if not (3, 11) <= sys.version_info[:2] <= (3, 14):
    stop("CONNECT needs Python 3.11 to 3.14: run `make run PYTHON=/path/to/python3.13`.")

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.path.join(HERE, ".venv", "bin")
SERVER, DEV = "--server" in sys.argv, "--dev" in sys.argv
PINS = ["requirements.txt"]
PINS += [] if SERVER else ["requirements-local.txt"]
PINS += ["requirements-dev.txt"] if DEV else []
DATA = ["requirements-data.txt"] if DEV else []  # read as files, never imported


def run(*command):
    if subprocess.call(command, cwd=HERE):
        stop("The step `%s` failed: see above, mend it, run make again." % " ".join(command))


def install_pins():
    wanted = "".join(open(os.path.join(HERE, name)).read() for name in PINS + DATA)
    kind = "-server" if SERVER else "-dev" if DEV else ""
    stamp = os.path.join(HERE, ".venv", "installed" + kind)
    if os.path.exists(stamp) and open(stamp).read() == wanted:
        return
    if not os.access(HERE, os.W_OK):
        stop("The folder %s is read-only: clone CONNECT where you may write." % HERE)
    made = os.path.exists(os.path.join(BIN, "pip"))
    if not made:
        try:
            import ensurepip  # noqa: F401, PLC0415 - Debian ships Python without it
        except ImportError:
            name = "python%d.%d-venv" % sys.version_info[:2]
            stop("Install %s (as root: apt-get install %s), then run make again." % (name, name))
    print("Making the environment in .venv/ (a few minutes the first time) ...")
    sys.stdout.flush()
    if not made:
        run(sys.executable, "-m", "venv", ".venv")
    pins = [word for name in PINS for word in ("-r", name)]
    pip = [os.path.join(BIN, "python"), "-m", "pip", "install", "-q", "--require-hashes"]
    run(*(pip + ["--disable-pip-version-check"] + pins))
    for name in DATA:
        run(*(pip + ["--disable-pip-version-check", "--no-deps", "-r", name]))
    with open(stamp, "w") as file:
        file.write(wanted)


def compile_translations():
    """Compile each catalogue that is newer than its .mo, with Babel, of whatever language it is."""
    for path, _folders, names in os.walk(os.path.join(HERE, "locale")):
        if "django.po" not in names:
            continue
        po, mo = os.path.join(path, "django.po"), os.path.join(path, "django.mo")
        if not os.path.exists(mo) or os.path.getmtime(mo) < os.path.getmtime(po):
            language = os.path.basename(os.path.dirname(path))
            run(os.path.join(BIN, "pybabel"), "-q", "compile", "-i", po, "-o", mo, "-l", language)


def system_package(commands, package):
    """Install a Debian package unless one of its commands exists; print what to do otherwise."""
    folders = os.environ.get("PATH", "").split(os.pathsep) + ["/usr/sbin"]
    if any(os.path.exists(os.path.join(f, c)) for f in folders for c in commands):
        return
    if not os.path.exists("/usr/bin/apt-get"):
        stop("The tests need %s: install it with your system's package manager." % package)
    print("Installing %s with apt-get ..." % package)
    sys.stdout.flush()
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    with open(os.devnull, "w") as quiet:
        for words in (["update", "-qq"], ["install", "-y", "-qq", package]):
            if subprocess.call(root + ["apt-get"] + words, stdout=quiet):
                stop("Install %s yourself (as root: apt-get install %s)." % (package, package))


def browser_package():
    """Return Debian's headless Chromium if there is one: it takes half the time."""
    shell = "chromium-headless-shell"
    with open(os.devnull, "w") as quiet:
        known = os.path.exists("/usr/bin/apt-cache") and not subprocess.call(
            ["apt-cache", "show", shell], stdout=quiet, stderr=quiet
        )
    return shell if known else "chromium"


install_pins()
if DEV:
    browsers = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
    system_package(browsers, browser_package())
    system_package(["xgettext"], "gettext")
    system_package(["pgbouncer"], "pgbouncer")
compile_translations()
