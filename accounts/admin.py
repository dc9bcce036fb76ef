"""People, as staff see them."""

from django.contrib import admin

from accounts.models import User


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["name", "email", "language", "is_staff", "is_active", "date_joined"]
    list_filter = ["is_staff", "is_active", "groups"]
    search_fields = ["name", "email"]
    fields = ["name", "email", "language", "phone", "is_active", "is_staff", "groups"]
    readonly_fields = ["email"]

    def has_add_permission(self, request):
        return False  # people make their own accounts

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        """Only an administrator gives rights."""
        rights = [] if request.user.is_superuser else ["is_staff", "groups"]
        return [*self.readonly_fields, *rights]
