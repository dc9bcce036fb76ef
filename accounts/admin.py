"""People, as staff see them: what is held of them, and their erasure on request."""

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts import closing, copies, data_requests, journal, lost_factors, sessions, team
from accounts.desk_forms import ColleagueForm, EraseForm, LookUpForm, RightsForm
from accounts.erasure import is_held, list_fates
from accounts.holdings import Person
from accounts.models import Closing, Erasure, LostFactor, User
from accounts.retention import DAYS_SHOWN, upcoming_ends
from accounts.team import Role
from connect.about_pages import get_viewable_or_403, render_about_page
from connect.admin import ConfirmedActionsMixin, ReadOnly, SafeAutocompleteMixin
from connect.dates import day_words, moment_words
from connect.desk_lists import ColumnExportMixin
from connect.gathering import OF_PERSON, gather_events
from connect.languages import from_left, isolate, join_names, language_within
from connect.pasted_values import TelephoneField
from connect.restricted import record_reading
from notifications.mailing_admin import MailingActionMixin

RIGHTS = ["is_staff", "is_superuser", "groups"]


def describe_account(person):
    """List what staff look for first in an account."""
    roles = [role.label for role in team.list_roles(person)]
    if not person.is_active:
        roles.append(_("inactive account"))
    return [
        (_("e-mail address"), format_html('<a href="mailto:{0}">{0}</a>', person.email)),
        (_("telephone"), person.phone and from_left(person.phone)),
        (_("language of e-mails"), language_within(person.language)),
        (_("roles"), join_names(roles)),
        (_("joined"), day_words(timezone.localtime(person.date_joined).date())),
        (_("last sign-in"), moment_words(person.last_login)),
    ]


@admin.register(User)
class UserAdmin(ColumnExportMixin, MailingActionMixin):
    form = RightsForm
    list_display = ["person_link", "email", "language", "roles", "is_active", "date_joined"]
    list_display_links = None
    list_filter = ["is_staff", "is_active", "groups"]
    search_fields = ["name__unaccent", "email"]
    actions = ["write_to_them"]
    fields = ["name", "email", "language", "phone", "is_active", *RIGHTS]
    readonly_fields = ["email"]
    change_form_template = "admin/accounts/user.html"
    change_list_template = "admin/accounts/users.html"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "phone":
            kwargs["form_class"] = TelephoneField
        elif db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("roles"))
    def roles(self, user):
        return join_names(role.label for role in team.list_roles(user))

    @admin.display(description=_("name"), ordering="name")
    def person_link(self, user):
        address = reverse("admin:accounts_user_person", args=[user.pk])
        return format_html('<a href="{}">{}</a>', address, user.name)

    def get_urls(self):
        def wrap(view):
            return self.admin_site.admin_view(reauthentication_required(view, allow_get=True))

        return [
            path("held/", wrap(self.address_data_page), name="accounts_user_look_up"),
            path(
                "<int:pk>/person/",
                self.admin_site.admin_view(self.person_page),
                name="accounts_user_person",
            ),
            path("colleague/", wrap(self.add_colleague_page), name="accounts_user_colleague"),
            path("<int:pk>/held/", wrap(self.data_page), name="accounts_user_held"),
            path(
                "goes/",
                self.admin_site.admin_view(self.upcoming_ends_page),
                name="accounts_user_goes",
            ),
            *super().get_urls(),
        ]

    def person_page(self, request, pk):
        """Show all that the desk has of a person, as far as this officer may read it."""
        person = get_viewable_or_403(self, request, pk)
        change = reverse("admin:accounts_user_change", args=[person.pk])
        held = reverse("admin:accounts_user_held", args=[person.pk])
        return render_about_page(
            self,
            request,
            person,
            OF_PERSON,
            facts=describe_account(person),
            links=[(_("Account and rights"), change), (_("What is held, copy, erase"), held)],
            more=[gather_events(person, request.user)],
        )

    def data_page(self, request, pk):
        """Show what is held of an account and what an erasure would do; a POST does it."""
        user = get_object_or_404(self.get_queryset(request), pk=pk)
        return self.render_data_page(request, Person.from_user(user), user.email)

    def address_data_page(self, request):
        """As `data_page`, for an address, whether it has an account or not."""
        form = LookUpForm(request.POST or None)
        if form.is_valid():
            address = form.cleaned_data["address"]
            return self.render_data_page(request, Person.from_address(address), address)
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = self.page_context(request) | {
            "form": form,
            "title": _("Personal data of a person"),
        }
        return TemplateResponse(request, "admin/accounts/look_up.html", context)

    def add_colleague_page(self, request):
        """Add somebody to the programme team by their address; an officer reads whom to ask."""
        form = ColleagueForm(request.POST or None)
        if form.is_valid():
            role = Role(form.cleaned_data["role"])
            try:
                person = team.invite_to_team(
                    form.cleaned_data["address"],
                    form.cleaned_data["name"],
                    form.cleaned_data["language"],
                    role=role,
                    actor=request.user,
                    now=timezone.now(),
                )
            except ValidationError as refusal:
                form.add_error("name" if refusal.code == "no_name" else "address", refusal)
            else:
                self.log_change(request, person, _("Role given: %s") % role.label)
                words = _("%s has been added, and is told by e-mail how to sign in.") % person.name
                self.message_user(request, words, messages.SUCCESS)
                return redirect("admin:accounts_user_person", person.pk)
        if not self.has_view_permission(request):
            raise PermissionDenied
        administrators = User.objects.filter(is_active=True, is_staff=True, is_superuser=True)
        context = self.page_context(request) | {
            "form": form,
            "title": _("Add a colleague"),
            "administrators": administrators.order_by("name"),
        }
        return TemplateResponse(request, "admin/accounts/colleague.html", context)

    def page_context(self, request):
        return self.admin_site.each_context(request) | {"opts": self.opts}

    def render_data_page(self, request, person, address):
        if not self.has_view_permission(request):
            raise PermissionDenied
        begun = Closing.objects.filter(address__in=person.addresses).first()
        form = EraseForm(request.POST if {"check", "erase"}.intersection(request.POST) else None)
        if request.method == "POST" and self.act(request, person, begun, form):
            return redirect("admin:accounts_user_look_up")
        self.record(request, person, "held")
        context = self.page_context(request) | {
            "title": _("Personal data of %s") % (person.user.name if person.user else address),
            "address": address,
            "person": person,
            "is_checked": "check" in request.POST and form.is_valid(),
            "fates": list_fates(person),
            "is_held": is_held(person),
            "begun": begun,
            "form": form,
            "days": closing.REGRET.days,
        }
        return TemplateResponse(request, "admin/accounts/held.html", context)

    def record(self, request, person, part):
        """Record what staff look up or do; an address without an account is stored as a digest."""
        if not person.user:
            part = f"{part} {journal.digest_of_address(min(person.addresses))}"
        record_reading(request, person.user or User(pk=0), part)

    def act(self, request, person, begun, form):
        """Do what the pressed button asks; return True once something was done."""
        doing = {"copy", "erase", "keep"}.intersection(request.POST)
        if len(doing) > 1:
            return False
        if doing and not request.user.has_perm("accounts.add_closing"):
            raise PermissionDenied
        if "copy" in doing:
            copies.request_copy(person, asked_by=request.user)
            data_requests.request_data(min(person.addresses))
            words = _("A copy is made, and its owner is sent a link to it.")
        elif "keep" in doing and begun:
            try:
                closing.cancel_closing(begun, actor=request.user)
            except ValidationError as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
                return False
            words = _("Nothing is erased: all stays as it was.")
        elif "erase" in doing and form.is_valid():
            try:
                closing.begin_closing(person, why=form.cleaned_data["why"], actor=request.user)
            except ValidationError as refusal:
                form.add_error(None, refusal)
                return False
            words = _("The person’s data will be erased in ten days, and the person has been told.")
        else:
            return False
        self.record(request, person, doing.pop())
        self.message_user(request, words, messages.SUCCESS)
        return True

    def upcoming_ends_page(self, request):
        """Show what is deleted automatically in the days to come."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = self.page_context(request) | {
            "title": _("What is erased in the next %d days") % DAYS_SHOWN,
            "lines": upcoming_ends(timezone.now()),
        }
        return TemplateResponse(request, "admin/accounts/goes.html", context)

    def has_add_permission(self, request):
        return False  # people make their own accounts

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        """Only an administrator gives rights."""
        rights = [] if request.user.is_superuser else RIGHTS
        return [*self.readonly_fields, *rights]

    def changeform_view(self, request, *args, **kwargs):
        """Ask staff who may give rights to confirm their identity first."""
        change = super().changeform_view
        if request.user.is_superuser:
            change = reauthentication_required(change, allow_get=True)
        return change(request, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        """Save the account; what staff deactivate stays so even if its closing is cancelled."""
        super().save_model(request, obj, form, change)
        if not obj.is_active and closing.record_suspension(obj):
            words = _("Its owner is closing this account: if they keep it, it stays inactive.")
            self.message_user(request, words, messages.WARNING)

    def save_related(self, request, form, formsets, change):
        """End the sessions of a person whose rights change, and record each role."""
        super().save_related(request, form, formsets, change)
        if set(form.changed_data).intersection(RIGHTS):
            for words in team.record_rights(form.instance, form.former, actor=request.user):
                self.log_change(request, form.instance, words)
        if set(form.changed_data).intersection([*RIGHTS, "is_active"]):
            sessions.end_sessions_of(form.instance, but=request.session.session_key)
            answers = team.rights_changed.send(
                User, person=form.instance, former=form.former, now=timezone.now()
            )
            for words in filter(None, (words for _receiver, words in answers)):
                self.message_user(request, words, messages.WARNING)
        if "is_active" in form.changed_data:
            self.notify_of_activity(request, form.instance)

    def notify_of_activity(self, request, person):
        """Notify those who count on a person that they end or go on, and staff of whom."""
        answers = team.activity_changed.send(
            User, person=person, actor=request.user, now=timezone.now()
        )
        references = [isolate(one) for _receiver, listed in answers for one in listed or ()]
        if references:
            words = _("Both the case officer and the other side are told by e-mail: %s")
            self.message_user(request, words % join_names(references), messages.WARNING)


@admin.register(Erasure)
class ErasureAdmin(ColumnExportMixin, ReadOnly):
    """The journal of erasures: when, why and by whom; the person's name is in none of it."""

    empty_words = _(
        "Nobody’s data has been erased yet. Each erasure is listed here, without the person’s name."
    )
    list_display = ["at", "why", "by"]
    list_filter = ["why"]
    fields = ["at", "why", "by"]


@admin.register(Closing)
class ClosingAdmin(ColumnExportMixin, ReadOnly):
    empty_words = _(
        "Nobody is closing their account. Whoever asks for the erasure of their data is listed "
        "here until it is done."
    )
    list_display = ["address", "goes_at", "why", "asked_by"]
    list_select_related = ["asked_by"]
    fields = ["address", "asked_at", "goes_at", "why", "asked_by"]


class LostFactorForm(forms.ModelForm):
    actor = None

    def clean_person(self):
        person = self.cleaned_data["person"]
        lost_factors.check_person(person, self.actor)
        return person


@admin.register(LostFactor)
class LostFactorAdmin(ConfirmedActionsMixin, SafeAutocompleteMixin):
    """One administrator asks here to remove a person's second factor, another confirms."""

    list_display = ["person", "asked_by", "asked_at", "confirmed_by", "confirmed_at"]
    list_select_related = ["person", "asked_by", "confirmed_by"]
    form = LostFactorForm
    fields = ["person", "why"]
    autocomplete_fields = ["person"]
    actions = ["confirm"]

    def has_module_permission(self, request):
        return request.user.is_superuser

    has_add_permission = has_module_permission

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changeform_view(self, request, *args, **kwargs):
        add = reauthentication_required(super().changeform_view, allow_get=True)
        return add(request, *args, **kwargs)

    def changelist_view(self, request, *args, **kwargs):
        show = reauthentication_required(super().changelist_view, allow_get=True)
        return show(request, *args, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"actor": request.user})

    def save_model(self, request, obj, form, change):
        """Save the request to remove a factor, or refuse it with a message."""
        asked = lost_factors.request_removal(
            obj.person, obj.why, actor=request.user, now=timezone.now()
        )
        obj.pk, obj.asked_by, obj.asked_at = asked.pk, asked.asked_by, asked.asked_at

    @admin.action(description=_("Confirm, and remove the second factor"))
    def confirm(self, request, queryset):
        question = _("Remove the second factor of these people? All their sessions end.")
        button = _("Remove")
        if page := self.ask_first(request, queryset, question=question, button=button):
            return page
        for lost in queryset:
            try:
                lost_factors.remove_factor(lost, actor=request.user, now=timezone.now())
            except ValidationError as refusal:
                self.message_user(request, f"{lost}: {refusal.message}", messages.ERROR)
            else:
                words = _("The second factor of %s is removed.") % lost.person
                self.log_change(request, lost, words)
                self.message_user(request, words, messages.SUCCESS)
        return None
