"""Authorities, memberships, experts and offers, as staff see them."""

from operator import itemgetter

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, Q, When
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from connect.about_pages import get_viewable_or_403, render_about_page
from connect.admin import (
    ConfirmedActionsMixin,
    CountryColumnMixin,
    CountryPlace,
    SafeAutocompleteMixin,
    given_reason,
)
from connect.dates import day_words
from connect.desk_lists import ArchiveFilter, ColumnExportMixin
from connect.exports import RowExportMixin
from connect.fields import OVERRIDES
from connect.gathering import OF_AUTHORITY
from connect.languages import isolate, join_names
from connect.posted_values import posted_text
from connect.readable_tables import choice_labels
from connect.templatetags.look import amount
from notifications.mailing_admin import MailingActionMixin
from registry import members, merge_page, merging, registry_tables, search_index
from registry.desk_search import TownSearchMixin
from registry.enums import AuthorityStatus, MembershipStatus, OfferStatus, Role
from registry.forms import AuthorityForm
from registry.models import Association, Authority, Expert, Membership, Offer, Theme
from registry.table_admin import NoDelete, TableImportMixin
from registry.templatetags.registry_words import (
    exchange_form_names,
    languages_spoken,
    working_language,
)
from registry.welcome import invite_experts


def why_not_decided(membership):
    """Describe why a request would not be answered; "" where it would."""
    return "" if membership.status == MembershipStatus.ASKED else _("It was answered already.")


GONE_MEMBERS = [MembershipStatus.REFUSED, MembershipStatus.WITHDRAWN, MembershipStatus.ENDED]


def describe_authority(authority):
    """List what staff look for first in an authority."""
    merged = authority.merged_into
    return [
        (_("status"), authority.get_status_display()),
        (_("country"), authority.country.name),
        (_("tier"), authority.get_tier_display()),
        (_("population"), authority.population and amount(authority.population)),
        (_("former names"), join_names(map(isolate, authority.former_names))),
        (_("associations"), join_names(map(str, authority.associations.all()))),
        (_("merged into"), merged and merged.place),
        (_("website"), authority.website),
    ]


@admin.register(Authority)
class AuthorityAdmin(
    TownSearchMixin,
    MailingActionMixin,
    CountryColumnMixin,
    TableImportMixin,
    SafeAutocompleteMixin,
    NoDelete,
):
    resource_classes = [registry_tables.AuthorityTable]
    list_display = ["about_link", "country_name", "tier", "inhabitants", "status"]
    list_display_links = None
    closed = Q(status__in=[AuthorityStatus.MERGED, AuthorityStatus.REFUSED])
    list_filter = [ArchiveFilter, "status", "tier"]
    search_fields, towns = ["name__unaccent", "slug"], ("pk",)
    actions = ["write_to_them"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["associations", "merged_into"]

    form = AuthorityForm
    formfield_overrides = OVERRIDES
    readonly_fields = ["merged_on"]

    @admin.display(description=_("official name"), ordering="name")
    def about_link(self, authority):
        address = reverse("admin:registry_authority_about", args=[authority.pk])
        return format_html('<a href="{}">{}</a>', address, authority.name)

    def get_urls(self):
        about = self.admin_site.admin_view(self.about_page)
        return [
            path("<int:pk>/about/", about, name="registry_authority_about"),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request, obj=None):
        """A merger stands, once it is saved: what is said of it is read alone."""
        own = super().get_readonly_fields(request, obj)
        merged = Authority.objects.exclude(merged_into=None)
        is_merged = obj and merged.filter(pk=obj.pk).exists()
        return [*own, "status", "merged_into"] if is_merged else own

    def get_fields(self, request, obj=None):
        of_merger = set() if obj else {"merged_into", "merged_on"}
        return [name for name in super().get_fields(request, obj) if name not in of_merger]

    def about_page(self, request, pk):
        """Show all that the desk has of an authority, as far as this officer may read it."""
        authority = get_viewable_or_403(self, request, pk)
        change = reverse("admin:registry_authority_change", args=[authority.pk])
        public = (_("Its page on this site"), authority.get_absolute_url())
        return render_about_page(
            self,
            request,
            authority,
            OF_AUTHORITY,
            facts=describe_authority(authority),
            links=[(_("Edit"), change), public],
        )

    @admin.display(description=_("population"), ordering="population")
    def inhabitants(self, authority):
        return amount(authority.population) if authority.population else "—"

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Ask before a merger; all else is saved at once."""
        authority = self.get_object(request, unquote(object_id)) if object_id else None
        if (
            request.method == "POST"
            and authority
            and self.has_change_permission(request, authority)
        ):
            typed = self.get_form(request, authority, change=True)
            form = typed(request.POST, request.FILES, instance=authority)
            if asks := merge_page.ask_before_merger(self, request, form):
                return asks
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        successor = obj.merged_into if "merged_into" in form.changed_data else None
        if successor:
            obj.merged_into = None  # `merge` does it, with all that belongs to it
        if change and "name" in form.changed_data:
            obj.add_former_names([form.initial["name"]])
        super().save_model(request, obj, form, change)
        if successor:
            merging.merge_authority(obj, successor, actor=request.user)
            words = (
                _("%(old)s has been merged into %(new)s; its members are members there too.")
                if obj.memberships.active().exists()
                else _("%(old)s has been merged into %(new)s.")
            )
            self.message_user(request, words % {"old": obj, "new": successor}, messages.SUCCESS)
        search_index.index_authorities([obj.pk])
        search_index.index_by_town([obj.pk])


@admin.register(Association)
class AssociationAdmin(CountryColumnMixin, TableImportMixin, NoDelete):
    resource_classes = [registry_tables.AssociationTable]
    ordering = [CountryPlace(), "name"]
    list_display = ["name", "acronym", "country_name", "scope"]
    search_fields = ["name__unaccent", "acronym"]


@admin.register(Membership)
class MembershipAdmin(TownSearchMixin, ConfirmedActionsMixin, RowExportMixin, NoDelete):
    resource_classes = [registry_tables.MembershipTable]
    list_display = ["user", "authority", "association", "function", "status", "asked_at"]
    list_display += ["days_waiting_cell", "admission", "decided_by"]
    # Who waits comes first, and of them who has waited longest.
    ordering = [Case(When(status=MembershipStatus.ASKED, then=0), default=1), "asked_at", "pk"]
    closed = Q(status__in=GONE_MEMBERS)
    list_filter = [ArchiveFilter, "status", "admission"]
    list_select_related = ["user", "authority", "association", "decided_by"]
    search_fields = [
        "user__name__unaccent",
        "user__email",
        "authority__name__unaccent",
    ]
    actions = ["accept", "refuse"]
    change_form_template = "admin/registry/membership.html"
    fields = [
        *("user", "authority", "association", "roles_in_words", "function", "status", "asked_at"),
        *("decided_at", "decided_by", "grounds", "told", "proof", "opens_at", "admission"),
    ]

    @admin.display(description=_("roles"))
    def roles_in_words(self, membership):
        return choice_labels(Role.choices, membership.roles)

    @admin.display(description=_("days waiting"), ordering="-asked_at")
    def days_waiting_cell(self, membership):
        return membership.days_waiting if membership.status == MembershipStatus.ASKED else "—"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show a request or a membership; a POST accepts or refuses a request."""
        membership = self.get_object(request, object_id)
        typed = {name: request.POST.get(name, "") for name in ("grounds", "told")}
        if membership and request.method == "POST" and "answer" in request.POST:
            pending = Membership.objects.filter(pk=membership.pk)
            try:
                words = {
                    "grounds": posted_text(request, "grounds", members.MOST_CHARACTERS),
                    "reply": posted_text(request, "told", members.MOST_CHARACTERS),
                }
                self.decide(request, pending, request.POST["answer"] == "accept", **words)
            except ValidationError as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
                request.method = "GET"  # the page again, with what was typed
            else:
                return redirect("admin:registry_membership_change", membership.pk)
        is_pending = membership and members.may_decide(request.user, membership)
        context = {
            "membership": membership if is_pending else None,
            "typed": typed,
            "is_first": is_pending and members.lacks_colleagues(membership),
        }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    def decide(self, request, queryset, accept, **words):
        """Accept or refuse the requests among memberships, and say what became of each."""
        decided, earlier = 0, 0
        for membership in queryset:
            try:
                decision = members.decide_membership(
                    membership, actor=request.user, accept=accept, **words
                )
            except PermissionDenied:
                earlier += 1
            else:
                decided += 1
                self.log_change(request, decision, decision.get_status_display())
        if accept:
            summary = ngettext(
                "%d request has been accepted.", "%d requests have been accepted.", decided
            )
        else:
            summary = ngettext(
                "%d request has been refused.", "%d requests have been refused.", decided
            )
        if decided:
            self.message_user(request, summary % decided, messages.SUCCESS)
        if earlier:
            summary = ngettext(
                "%d had already been answered: nothing changed there.",
                "%d had already been answered: nothing changed there.",
                earlier,
            )
            self.message_user(request, summary % earlier, messages.WARNING)

    @admin.action(description=_("Accept: the official letter or address was checked"))
    def accept(self, request, queryset):
        question = _("Accept these requests? The people become members, and are told by e-mail.")
        page = self.ask_first(
            request, queryset, question=question, button=_("Accept"), why_not=why_not_decided
        )
        if page:
            return page
        grounds = str(_("The official letter or address was checked."))
        return self.decide(request, queryset, accept=True, grounds=grounds)

    @admin.action(description=_("Refuse"))
    def refuse(self, request, queryset):
        page = self.ask_first(
            request,
            queryset,
            question=_("Refuse these requests? The people are told by e-mail, with the reason."),
            button=_("Refuse"),
            reason=_("Reason for the refusal (the people will read it)"),
            why_not=why_not_decided,
        )
        return page or self.decide(request, queryset, accept=False, reply=given_reason(request))


@admin.register(Expert)
class ExpertAdmin(TownSearchMixin, MailingActionMixin, TableImportMixin, NoDelete):
    resource_classes = [registry_tables.ExpertTable]
    list_display = ["user", "function_title", "authority", "visibility", "confirmed_date"]
    list_filter = ["visibility", "role_type", "function"]
    list_select_related = ["user", "authority"]
    search_fields = ["user__name__unaccent", "authority__name__unaccent"]
    actions = ["write_to_them", "invite_to_sign_in"]
    fields = [
        *("user", "authority", "role_type", "function_title", "function", "years", "local_years"),
        *("mandate_ends_on", "missions", "max_days", "notice_weeks", "languages_in_words"),
        *("employer_name", "employer_email", "employer_language_name", "employer_asked_at"),
        *("employer_agrees", "employer_answered_at", "visibility", "consent_at", "confirmed_date"),
    ]

    @admin.display(description=_("languages"))
    def languages_in_words(self, expert):
        return languages_spoken(expert.languages)

    @admin.display(description=_("language of the superior"))
    def employer_language_name(self, expert):
        return working_language(expert.superior.language)

    @admin.display(description=_("confirmed"), ordering="confirmed_on")
    def confirmed_date(self, expert):
        return "—" if expert.is_hidden else day_words(expert.confirmed_on)

    @admin.action(description=_("Tell those who have never signed in that they have a profile"))
    def invite_to_sign_in(self, request, queryset):
        number = invite_experts(queryset, actor=request.user)
        words = ngettext("%d e-mail has been sent.", "%d e-mails have been sent.", number) % number
        self.message_user(request, words, messages.SUCCESS)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class LanguageFilter(admin.AllValuesFieldListFilter):
    """The languages that are there, by name."""

    def choices(self, changelist):
        every, *others = super().choices(changelist)
        named = [one | {"display": working_language(one["display"])} for one in others]
        return [every, *sorted(named, key=itemgetter("display"))]


@admin.register(Offer)
class OfferAdmin(TownSearchMixin, TableImportMixin, NoDelete):
    resource_classes = [registry_tables.OfferTable]
    list_display = ["title", "expert", "language_in_words", "status", "status_since"]
    closed = Q(status__in=[OfferStatus.EXPIRED, OfferStatus.REMOVED])
    list_filter = [ArchiveFilter, "status", ("language", LanguageFilter)]
    list_select_related = ["expert__user"]
    search_fields = ["title__unaccent", "text__unaccent", "expert__user__name__unaccent"]
    towns = ("expert__authority",)
    fields = [
        *("expert", "title", "text", "language_in_words", "forms_in_words", "topics_in_words"),
        *("capacity", "remote", "status", "status_since"),
    ]

    @admin.display(description=_("written in"), ordering="language")
    def language_in_words(self, offer):
        return working_language(offer.language)

    @admin.display(description=_("forms of exchange"))
    def forms_in_words(self, offer):
        return exchange_form_names(offer.forms)

    @admin.display(description=_("topics"))
    def topics_in_words(self, offer):
        topics = offer.topics.select_related("theme")
        return ", ".join(f"{topic.theme} ({topic.get_level_display()})" for topic in topics)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Theme)
class ThemeAdmin(ColumnExportMixin, NoDelete):
    list_display = ["__str__", "code", "dac_code", "sdg"]
    search_fields = ["code"]
    fields = ["code", "parent", "names_by_language", "synonyms_by_language", "dac_code", "sdg"]

    @admin.display(description=_("names"))
    def names_by_language(self, theme):
        return "\n".join(f"{working_language(code)}: {name}" for code, name in theme.names.items())

    @admin.display(description=_("other words for it"))
    def synonyms_by_language(self, theme):
        return "\n".join(
            f"{working_language(code)}: {', '.join(words)}"
            for code, words in theme.synonyms.items()
            if words
        )

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
