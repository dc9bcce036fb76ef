"""What search engines may show of a good practice: structured data of schema.org."""

from practices.models import LICENCE_ADDRESS


def as_article(practice, text, address):
    """Describe a published practice, in one of its languages, as an Article.

    address: a function that makes a path of ours absolute.
    """
    page = address(practice.get_absolute_url())
    authority = practice.authority
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "url": page,
        "mainEntityOfPage": page,
        "headline": text.title,
        "description": text.summary,
        "inLanguage": text.language,
        "datePublished": practice.published_at.isoformat(timespec="seconds"),
        "dateModified": text.changed_at.isoformat(timespec="seconds"),
        "author": {
            "@type": "GovernmentOrganization",
            "name": authority.name,
            "address": {"@type": "PostalAddress", "addressCountry": authority.country.code},
        },
        "publisher": {"@type": "Organization", "name": "CONNECT"},
        "license": LICENCE_ADDRESS,
        "about": [{"@type": "Thing", "name": str(topic)} for topic in practice.topics.all()],
    }
