"""Links in letters that let somebody without an account answer: signed, never guessed.

Reading such a page changes nothing, so that a scanner of letters answers for nobody.
"""

from django.core import signing
from django.utils.crypto import salted_hmac


class HasLink:
    """Mixed into a model whose row a link opens. SALT keeps links of one kind from another's.

    ENDS_WITH names the columns by which the link was given: it is dead once one of them changes.
    """

    SALT = ""
    PAGE = ""  # the page's address without the language, with {} for the token
    ENDS_WITH: tuple[str, ...] = ()

    @property
    def link_key(self):
        """What the link signs: the row, and a print of whom it was given to, never the address."""
        given = [str(getattr(self, name)).lower() for name in self.ENDS_WITH]
        whom = salted_hmac(self.SALT, "\n".join(given)).hexdigest()[:16] if given else ""
        return f"{self.pk}:{whom}" if given else self.pk

    @property
    def link_path(self):
        return self.PAGE.format(signing.Signer(salt=self.SALT).sign_object(self.link_key))

    @classmethod
    def of_link(cls, token):
        """Return the row of a link; DoesNotExist for one that never was, or is dead."""
        try:
            key = signing.Signer(salt=cls.SALT).unsign_object(token)
        except signing.BadSignature:
            raise cls.DoesNotExist from None
        row = cls._default_manager.get(pk=str(key).partition(":")[0])
        if row.link_key != key:
            raise cls.DoesNotExist
        return row
