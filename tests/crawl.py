"""`python -m tests.crawl SCANNER [SECONDS [ROLE …]]`: production settings behind nginx and TLS,
crawled and attacked by wapiti as a visitor, as an applicant and as an officer.

Starts servers of its own in `var/crawl`, with the demonstration's data. `SCANNER` is the folder of
wapiti's environment. Modules that ask other hosts are left out. Prints what was found and ends
with 1 if it is not explained below.
"""

import http.cookiejar
import json
import os
import re
import secrets
import shutil
import ssl
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import django

from connect.local import mailserver, places, postgres, redis, supervisor
from connect.local.children import Child, free_port, wait_until

MODULES = (
    "backup,cookieflags,crlf,csp,exec,file,htaccess,http_headers,ldap,methods,permanentxss,"
    "redirect,shellshock,spring4shell,sql,ssl,timesql,upload,xss"
)
PASSWORD = secrets.token_urlsafe(20)
WHO = {"visitor": None, "applicant": "efua", "officer": "ines"}
# What wapiti finds and why it is right as it is: (category, words of what it says).
EXPLAINED = (
    ("TLS/SSL misconfigurations", ""),  # a certificate signed by itself, for this crawl alone
    # There is no LDAP: the self-check's answer is another for another parameter, as it should be.
    ("LDAP Injection", "in the parameter"),
)


def start():
    """Start the servers, fill the database; return the children and the address of the site."""
    folder = places.VAR
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "log").mkdir(parents=True)
    children = [postgres.start_postgres(), redis.start_redis(), mailserver.start_mail_server()]
    grant = ["grant_role", places.WEB_ROLE]
    for words in (["migrate", "--no-input"], grant, ["load_reference", "--towns"], ["demo"]):
        supervisor.run_management_command(*words)
    port, inner = free_port(), free_port()
    site = f"https://localhost:{port}"
    environment = production(site)
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "-v", "0"],
        env=environment,
        check=True,
    )
    python = [sys.executable, "-m"]
    web = ["gunicorn", "connect.wsgi", "--bind", f"127.0.0.1:{inner}", "--no-control-socket"]
    log = folder / "log"
    children.append(
        Child(
            "The web server",
            python + web + ["--workers", "2", "--threads", "4"],
            log=log / "web.log",
            env=environment,
            cwd=places.BASE,
        )
    )
    nginx = Child(
        "nginx",
        ["nginx", "-p", folder, "-c", proxy(folder, port, inner), "-g", "daemon off;"],
        log=log / "nginx.log",
    )
    children.append(nginx)
    wait_until(lambda: mailserver.is_listening(inner), children[-2], 60)
    wait_until(lambda: mailserver.is_listening(port), nginx)
    return children, site, environment


def production(site):
    """Give the environment of a server, as docs/deploy.md asks for it."""
    database = places.database_urls()
    return os.environ | {
        "DATABASE_URL": "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database),
        "REDIS_URL": places.redis_url(),
        "EMAIL_URL": places.email_url(),
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ERASURE_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "localhost",
        "FROM_EMAIL": "connect@crawl.eu",
        "CONTACT_EMAIL": "connect@crawl.eu",
        "IATI_ORGANISATION": "XM-CRAWL",
        "SITE_URL": site,
        "FIELD_KEYS": places.read_key("field_key"),
        "STORAGE_URL": f"file://{places.VAR / 'files'}",
        "STATIC_ROOT": str(places.VAR / "static"),
        "DEMO": "0",
    }


def proxy(folder, port, inner):
    """Write the project's nginx.conf for these ports, with a certificate; return its path."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj"]
        + ["/CN=localhost", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    words = (places.BASE / "deploy" / "nginx.conf").read_text()
    words = words.replace("127.0.0.1:8000", f"127.0.0.1:{inner}").replace("443", str(port))
    words = words.replace("connect.example.org", "localhost").replace("$host;", "$http_host;")
    words = re.sub(r"ssl_certificate .*;", f"ssl_certificate {certificate};", words)
    words = re.sub(r"ssl_certificate_key .*;", f"ssl_certificate_key {key};", words)
    words = re.sub(r"/var/log/nginx", str(folder / "log"), words)
    words = re.sub(r"\n *limit_(req|conn) .*", "", words)  # the scanner asks as fast as it can
    words = words.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    conf = folder / "nginx.conf"
    conf.write_text(
        f"pid {folder}/nginx.pid; error_log {folder}/log/nginx-error.log;"
        f" events {{}} http {{ include /etc/nginx/mime.types;"
        f" client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;"
        f" fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;"
        f"\n{words}\n}}\n"
    )
    return conf


def give_passwords():
    """Let the persons of the demonstration sign in as anybody does; return the officer's seed."""
    from allauth.account.models import EmailAddress  # noqa: PLC0415 - Django is ready only now
    from allauth.mfa.models import Authenticator  # noqa: PLC0415
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415

    found, seed = {}, generate_totp_secret()
    for role, name in WHO.items():
        if name:
            user = User.objects.filter(email__startswith=name).order_by("pk").first()
            user.set_password(PASSWORD)
            user.save()
            EmailAddress.objects.update_or_create(
                user=user, email=user.email, defaults={"verified": True, "primary": True}
            )
            found[role] = user.email
            if role == "officer":
                Authenticator.objects.filter(user=user).delete()
                TOTP.activate(user, seed)
    return found, seed


class Browser:
    """Cookies, tokens of forms and the Referer of one person."""

    def __init__(self, site):
        self.site, self.jar = site, http.cookiejar.CookieJar()
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=trust),
            urllib.request.HTTPCookieProcessor(self.jar),
        )

    def post(self, path, **data):
        page = self.opener.open(self.site + path, timeout=60).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        body = urllib.parse.urlencode(data | {"csrfmiddlewaretoken": token}).encode()
        address = self.site + path
        request = urllib.request.Request(address, body, {"Referer": address})  # noqa: S310
        return self.opener.open(request, timeout=60)

    def cookies(self):
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)


def sign_in(site, address, seed, role):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value  # noqa: PLC0415

    browser = Browser(site)
    browser.post("/en/account/login/", login=address, password=PASSWORD)
    if role == "officer":
        code = format_hotp_value(hotp_value(seed, int(time.time()) // 30))
        browser.post("/en/account/2fa/authenticate/", code=code)
        assert b"Log in" not in browser.opener.open(site + "/admin/").read()[:2000]
    return browser


def is_signed_in(site, browser):
    return "/login/" not in browser.opener.open(f"{site}/en/account/").url


def scan(scanner, site, role, cookies, seconds):
    report = places.VAR / f"{role}.json"
    start = f"{site}/admin/" if role == "officer" else f"{site}/en/"
    words = [scanner / "bin/wapiti", "-u", start, "--scope", "domain", "-m", MODULES, "-f", "json"]
    words += ["-o", report, "--flush-session", "--no-bugreport", "--verify-ssl", "0", "-v", "0"]
    words += ["--max-scan-time", str(seconds), "--max-attack-time", str(seconds // 8)]
    words += ["--max-files-per-dir", "30", "--store-session", places.VAR / f"session-{role}"]
    words += ["--store-config", places.VAR / "wapiti", "-t", "20", "-S", "normal"]
    for left_alone in ("logout", "sessions", "password", "2fa", "static"):
        words += ["-x", f"{site}/*{left_alone}*"]
    if cookies:
        words += ["-C", cookies, "--drop-set-cookie"]
    with open(places.VAR / "log" / f"wapiti-{role}.log", "w") as log:
        subprocess.run(words, check=True, stdout=log, stderr=log)
    return json.loads(report.read_text())


def findings(report):
    """Give (category, method, path, what) of everything that a report holds, each kind once."""
    for part in ("vulnerabilities", "anomalies"):
        for category, entries in report[part].items():
            for entry in entries:
                yield category, entry["method"], entry["path"], entry["info"]


def is_explained(finding):
    category, _method, _path, info = finding
    return any(category == kind and words in info for kind, words in EXPLAINED)


def main(scanner, seconds, roles):
    children, site, environment = start()
    try:
        # This process looks at the same database with the same key, so that seeds can be read.
        os.environ.update(environment)
        os.environ["DJANGO_SETTINGS_MODULE"] = "connect.settings"
        django.setup()
        people, seed = give_passwords()
        unexplained = 0
        for role in roles or WHO:
            browser = sign_in(site, people[role], seed, role) if role in people else None
            report = scan(scanner, site, role, browser.cookies() if browser else "", seconds)
            if browser and not is_signed_in(site, browser):
                raise SystemExit(f"The scanner signed the {role} out: it saw less than it should.")
            crawled = report["infos"].get("crawled_pages_nbr", "?")
            found = sorted(set(findings(report)))
            sys.stdout.write(f"{role}: {crawled} pages, {len(found)} findings\n")
            for finding in found:
                mark = "explained" if is_explained(finding) else "NOT EXPLAINED"
                unexplained += not is_explained(finding)
                sys.stdout.write(f"  {mark}: {' '.join(finding)[:300]}\n")
            sys.stdout.flush()
        log = (places.VAR / "log" / "web.log").read_text(errors="replace")
        crashes = log.count("Internal Server Error")
        sys.stdout.write(f"answers of 500: {crashes}\n")
    finally:
        supervisor.stop_children(children)
    return 1 if unexplained or crashes else 0


if __name__ == "__main__":
    os.environ.setdefault("CONNECT_VAR", str(places.VAR / "crawl"))
    places.VAR = Path(os.environ["CONNECT_VAR"])
    mailserver.FOLDER = places.VAR / "mail"
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 900
    sys.exit(main(Path(sys.argv[1]).absolute(), seconds, sys.argv[3:]))
