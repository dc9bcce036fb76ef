"""Authorities, memberships, experts and offers, as staff see them."""

import logging
from contextlib import suppress
from operator import itemgetter

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from import_export.admin import ImportExportMixin

from connect.admin import AsksFirst, CountryPlace, NamesCountries, SearchesRows, given_reason
from connect.dates import day_words
from connect.exports import ExportsRows
from connect.fields import OVERRIDES
from connect.readable_tables import choice_labels
from connect.sandbox import refusal_for
from connect.stale_forms import NoticesChanges
from connect.templatetags.look import amount
from registry import members, merging, search, search_index, table_files, table_rows, tables
from registry.enums import MembershipStatus, Role
from registry.forms import AuthorityForm, SeenTableForm, TableForm
from registry.models import Association, Authority, Expert, Membership, Offer, SearchEntry, Theme
from registry.templatetags.registry_words import (
    exchange_form_names,
    languages_spoken,
    working_language,
)
from registry.welcome import invite_experts

logger = logging.getLogger(__name__)
OR_CENTRAL = _("If its names are Polish, Czech, Hungarian or Romanian, choose their letters here.")
GONE = _("The table that you saw is no longer waiting: if it is not in the list, choose it again.")


class SharedForm(NoticesChanges, forms.ModelForm):
    """A form of the admin that several officers may have open."""


class NoDelete(admin.ModelAdmin):
    form: type[forms.ModelForm] = SharedForm

    def has_delete_permission(self, request, obj=None):
        return False


class ImportsAndExports(ExportsRows, ImportExportMixin):
    """An admin list that staff import from a table with a preview, and export as it is filtered."""

    formats = [table_files.SafeXLSX, table_files.SafeCSV, table_files.CentralCSV]
    import_form_class = TableForm
    confirm_form_class = SeenTableForm

    import_template_name = "admin/import.html"

    def get_import_context_data(self, **kwargs):
        table = self.resource_classes[0]
        return super().get_import_context_data(**kwargs) | {
            "needs": ", ".join(table.needs),
            "needs_when_new": ", ".join(table.required_for_new_rows()),
            "column_words": table.describe_columns(),
        }

    def get_import_form_kwargs(self, request):
        """Read the previewed table once more, if its encoding is to be chosen otherwise."""
        kwargs = super().get_import_form_kwargs(request)
        seen = SeenTableForm(request.POST)
        if seen.is_valid():
            chosen = seen.cleaned_data
            with suppress(FileNotFoundError):  # it waits no more: it is asked for again
                table = self.get_tmp_storage_class()(name=chosen["import_file_name"]).read()
                again = SimpleUploadedFile(chosen["original_file_name"], table)
                kwargs["files"] = {"import_file": again}
        return kwargs

    def add_data_read_fail_error_to_form(self, form, e):
        """Show why a table is refused, without internals."""
        if not isinstance(e, ValidationError):
            logger.error("a table was not read", exc_info=e)
            e = refusal_for("unreadable")
        form.add_error("import_file", e)
        if e.code == "letters" and form.cleaned_data["format"] == "1":
            form.add_error("format", OR_CENTRAL)

    def process_import(self, request, **kwargs):
        try:
            return super().process_import(request, **kwargs)
        except ValidationError as refused:  # the second reading may be refused, too
            self.message_user(request, refused.message, messages.ERROR)
        except FileNotFoundError:
            self.message_user(request, GONE, messages.ERROR)
        return self.retry(request)

    def process_result(self, result, request):
        """Show that a table was imported, or that none of it was, though its preview fitted."""
        if faults := table_rows.list_faults(result):
            self.message_user(
                request, " ".join([str(_("Nothing was imported.")), *faults]), messages.ERROR
            )
            return self.retry(request)
        return super().process_result(result, request)

    def retry(self, request):
        return redirect(request.path.replace("process_import", "import"))


@admin.register(Authority)
class AuthorityAdmin(NamesCountries, ImportsAndExports, SearchesRows, NoDelete):
    resource_classes = [tables.AuthorityTable]
    list_display = ["name", "country_name", "tier", "inhabitants", "status"]
    list_filter = ["status", "tier"]
    search_fields = ["name__unaccent", "slug", "former_names"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["associations", "merged_into"]

    form = AuthorityForm
    formfield_overrides = OVERRIDES
    readonly_fields = ["merged_on"]

    @admin.display(description=_("population"), ordering="population")
    def inhabitants(self, authority):
        return amount(authority.population) if authority.population else "—"

    def get_search_results(self, request, queryset, search_term):
        """Search towns as the site does: also by former names and other spellings."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        asked = search.Search.from_query({"q": search_term})
        if not asked.q:
            return found, may_repeat
        entries = SearchEntry.objects.filter(kind=SearchEntry.AUTHORITY)
        keys = entries.filter(words=asked.query).values("key")
        return found | queryset.filter(pk__in=keys), may_repeat

    def save_model(self, request, obj, form, change):
        successor = obj.merged_into if "merged_into" in form.changed_data else None
        if successor:
            obj.merged_into = None  # `merge` does it, with all that belongs to it
        if change and "name" in form.changed_data:
            obj.keep_names([form.initial["name"]])
        super().save_model(request, obj, form, change)
        if successor:
            merging.merge_authority(obj, successor, actor=request.user)
            words = _("%(old)s has been merged into %(new)s; its members are members there too.")
            self.message_user(request, words % {"old": obj, "new": successor}, messages.SUCCESS)
        search_index.index_authorities([obj.pk])
        search_index.index_experts(list(obj.experts.values_list("pk", flat=True)))


@admin.register(Association)
class AssociationAdmin(NamesCountries, ImportsAndExports, NoDelete):
    resource_classes = [tables.AssociationTable]
    ordering = [CountryPlace(), "name"]
    list_display = ["name", "acronym", "country_name", "scope"]
    search_fields = ["name__unaccent", "acronym"]


@admin.register(Membership)
class MembershipAdmin(AsksFirst, ExportsRows, NoDelete):
    resource_classes = [tables.MembershipTable]
    list_display = ["user", "authority", "association", "function", "status", "asked_at"]
    list_display += ["days_waiting_cell", "admission", "decided_by"]
    list_filter = ["status", "admission"]
    list_select_related = ["user", "authority", "association", "decided_by"]
    search_fields = [
        "user__name__unaccent",
        "user__email",
        "authority__name__unaccent",
        "authority__former_names",
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

    def count_waiting(self, request):
        asked = self.get_queryset(request).filter(status=MembershipStatus.ASKED).count()
        return [(_("requests to join an organisation"), asked, "status__exact=asked")]

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
        typed = {name: request.POST.get(name, "")[:300] for name in ("grounds", "told")}
        if membership and request.method == "POST" and "answer" in request.POST:
            pending = Membership.objects.filter(pk=membership.pk)
            try:
                self.decide(request, pending, request.POST["answer"] == "accept", **typed)
            except ValidationError as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
                request.method = "GET"  # the page again, with what was typed
            else:
                return redirect("admin:registry_membership_change", membership.pk)
        is_pending = membership and members.may_decide(request.user, membership)
        context = {"membership": membership if is_pending else None, "typed": typed}
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
            said = ngettext(
                "%d request has been accepted.", "%d requests have been accepted.", decided
            )
        else:
            said = ngettext(
                "%d request has been refused.", "%d requests have been refused.", decided
            )
        if decided:
            self.message_user(request, said % decided, messages.SUCCESS)
        if earlier:
            said = ngettext(
                "%d had already been answered: nothing changed there.",
                "%d had already been answered: nothing changed there.",
                earlier,
            )
            self.message_user(request, said % earlier, messages.WARNING)

    @admin.action(description=_("Accept: the official letter or address was checked"))
    def accept(self, request, queryset):
        question = _("Accept these requests? The people become members, and are told by e-mail.")
        if page := self.ask_first(request, queryset, question=question, button=_("Accept")):
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
            reason=_("Reason for the refusal, as the people read it"),
        )
        return page or self.decide(request, queryset, accept=False, told=given_reason(request))


@admin.register(Expert)
class ExpertAdmin(ImportsAndExports, NoDelete):
    resource_classes = [tables.ExpertTable]
    list_display = ["user", "function_title", "authority", "visibility", "confirmed_date"]
    list_filter = ["visibility", "role_type", "function"]
    list_select_related = ["user", "authority"]
    search_fields = ["user__name__unaccent", "authority__name__unaccent", "authority__former_names"]
    actions = ["invite_to_sign_in"]
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
        return working_language(expert.employer_language)

    @admin.display(description=_("confirmed"), ordering="confirmed_on")
    def confirmed_date(self, expert):
        return "—" if expert.is_hidden else day_words(expert.confirmed_on)

    @admin.action(description=_("Tell those who have never signed in that they have a profile"))
    def invite_to_sign_in(self, request, queryset):
        told = invite_experts(queryset, actor=request.user)
        words = ngettext("%d e-mail has been sent.", "%d e-mails have been sent.", told) % told
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
class OfferAdmin(ImportsAndExports, NoDelete):
    resource_classes = [tables.OfferTable]
    list_display = ["title", "expert", "language_in_words", "status", "status_since"]
    list_filter = ["status", ("language", LanguageFilter)]
    list_select_related = ["expert__user"]
    search_fields = ["title__unaccent", "text__unaccent", "expert__user__name__unaccent"]
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
class ThemeAdmin(NoDelete):
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
