"""What is unlikely about who an expert is: elected and technical, against their function."""

from django.utils.translation import gettext_lazy as _

from registry.enums import FunctionFamily, RoleType

UNLIKELY = {
    (RoleType.TECHNICAL, FunctionFamily.MAYOR),
    (RoleType.TECHNICAL, FunctionFamily.COUNCILLOR),
    (RoleType.ELECTED, FunctionFamily.CHIEF_EXECUTIVE),
}


def doubt_role(role_type, function):
    """Return {field: what is unlikely} of a role and a function that are seldom one person's."""
    if (role_type, function) not in UNLIKELY:
        return {}
    words = (
        _("A chief executive is seldom elected. If that is so, tick “This is intended” below.")
        if role_type == RoleType.ELECTED
        else _("Mayors and councillors are elected. If not here, tick “This is intended” below.")
    )
    return {"role_type": words}
