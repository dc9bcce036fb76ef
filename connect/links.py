"""Links in letters that let somebody without an account answer: signed, never guessed.

Reading such a page changes nothing, so that a scanner of letters answers for nobody.
"""

from django.core import signing


class HasLink:
    """Mixed into a model whose row a link opens. SALT keeps links of one kind from another's."""

    SALT = ""
    PAGE = ""  # the page's address without the language, with {} for the token

    @property
    def link_path(self):
        return self.PAGE.format(signing.Signer(salt=self.SALT).sign_object(self.pk))

    @classmethod
    def of_link(cls, token):
        """Return the row of a link; DoesNotExist for one that never was."""
        try:
            pk = signing.Signer(salt=cls.SALT).unsign_object(token)
        except signing.BadSignature:
            raise cls.DoesNotExist from None
        return cls._default_manager.get(pk=pk)
