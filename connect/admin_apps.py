"""The admin site of CONNECT: Django's own, behind the second factor."""

from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    default_site = "connect.admin_site.AdminSite"
