"""The registry as tables: what staff bring in from CSV or XLSX, and what they take out.

A table comes in whole or not at all; every fault is told with its row and column. Bringing the same
table in again changes nothing, nor does one that was taken out. Empty cells leave what is known as
it is, and rows of blanks are none. Nothing of the inside is told: an exception is for the log.
"""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import fields
from import_export.instance_loaders import CachedInstanceLoader

from accounts.models import User
from connect.characters import one_line
from connect.languages import join_names
from connect.names import check_name
from connect.pasted_values import PAGE_CHECKS
from connect.readable_tables import ReadableTable, choice_labels
from registry import profiles, search_index
from registry.enums import AuthorityStatus, Geography, Level, Role, Visibility
from registry.exchange_forms import exchange_form_choices
from registry.merging import why_it_stays_verified
from registry.models import Association, Authority, Expert, Membership, Offer, Theme
from registry.names import namesakes_in
from registry.spellings import name_letters
from registry.table_cells import (
    AuthorityWidget,
    Degrees,
    Domains,
    ExpertWidget,
    Names,
    Pairs,
    PersonWidget,
    Slug,
    SpokenLanguages,
    Words,
    number_of,
    read_address,
    read_country,
    read_slug,
)
from registry.table_rows import Table

BATCH = 1000  # rows held in memory at a time


class AuthorityTable(Table):
    needs = ("slug", "name", "country")
    slug = fields.Field("slug", "slug", widget=Slug())
    geography = fields.Field("geography", "geography", widget=Words(Geography.choices))
    email_domains = fields.Field("email_domains", "email_domains", widget=Domains())
    latitude = fields.Field("latitude", "latitude", widget=Degrees(most=90))
    longitude = fields.Field("longitude", "longitude", widget=Degrees(most=180))
    former_names = fields.Field("former_names", "former_names", widget=Names())

    class Meta:
        model = Authority
        import_id_fields = ["slug"]
        fields = (
            *("slug", "name", "country", "tier", "population", "population_year", "geography"),
            *("latitude", "longitude", "geonames_id", "wikidata_id", "website", "email_domains"),
            *("former_names", "status"),
        )
        instance_loader_class = CachedInstanceLoader
        use_bulk, batch_size, force_init_instance = True, BATCH, False
        skip_unchanged = report_skipped = True

    def before_import(self, dataset, **kwargs):
        super().before_import(dataset, **kwargs)
        self.renamed = set()
        given = dataset["geonames_id"] if "geonames_id" in dataset.headers else []
        known = Authority.objects.filter(geonames_id__in=filter(None, map(number_of, given)))
        self.taken = dict(known.values_list("geonames_id", "slug"))
        slugs = Authority.objects.filter(slug__in=map(read_slug, dataset["slug"]))
        self.known = set(slugs.values_list("slug", flat=True))
        merged = Authority.objects.exclude(merged_into=None).order_by()
        self.successors = set(merged.values_list("merged_into", flat=True))
        self.namesakes = namesakes_in(set(filter(None, map(read_country, dataset["country"]))))

    def before_import_row(self, row, row_number=None, **kwargs):
        super().before_import_row(row, row_number, **kwargs)
        holder = self.taken.get(number_of(row.get("geonames_id")))
        if holder and holder != read_slug(row["slug"]):
            raise ValidationError({"geonames_id": _("%s already has this number.") % holder})
        self.ask_about_namesakes(row)

    def ask_about_namesakes(self, row):
        """Remark on a new town that is called as one that is known, and may be the same.

        Two that have each a number of GeoNames are two towns.
        """
        slug, name = read_slug(row.get("slug")), one_line(str(row.get("name") or ""))
        known = self.namesakes.get((read_country(row.get("country")), name_letters(name)), {})
        number = number_of(row.get("geonames_id"))
        alike = [one for one, its_own in known.items() if not (number and its_own)]
        if alike and slug not in self.known:
            words = _(
                "“%(name)s” (%(slug)s) is new, beside %(known)s of the same name and country. If "
                "it is the same, write that address in the column “slug”."
            )
            facts = {"name": name, "slug": slug, "known": join_names(sorted(alike))}
            self.remarks.append(words % facts)

    def import_instance(self, instance, row, **kwargs):
        before, was_merged = instance.names, instance.status == AuthorityStatus.MERGED
        super().import_instance(instance, row, **kwargs)
        self.refuse_merging(instance, was_merged)
        if instance.pk and before[0] != instance.name:
            instance.add_former_names(before[:1])
        if instance.pk and before != instance.names:
            self.renamed.add(instance.pk)

    def refuse_merging(self, instance, was_merged):
        """Refuse a status that a table cannot give: a merger moves people, and has a successor."""
        if was_merged and instance.merged_into and instance.status != AuthorityStatus.MERGED:
            words = _("It was merged into %s: leave this cell empty, or write merged.")
            raise ValidationError({"status": words % instance.merged_into.name})
        if instance.status == AuthorityStatus.MERGED and not was_merged:
            words = _("A table merges no local authority: name its successor on its own page.")
            raise ValidationError({"status": words})
        if instance.status != AuthorityStatus.VERIFIED and instance.pk in self.successors:
            raise ValidationError({"status": why_it_stays_verified(instance)})

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        # Uniqueness is looked at once a batch above; a query a row would take all the time.
        errors = dict(import_validation_errors or {})
        try:
            instance.full_clean(exclude=errors, validate_unique=False, validate_constraints=False)
            check_name(instance.name)
            for check in PAGE_CHECKS if instance.website else ():
                check(instance.website)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def index_imported(self, dataset):
        slugs = [read_slug(cell) for cell in dataset["slug"]]
        keys = Authority.objects.filter(slug__in=slugs).values_list("pk", flat=True)
        search_index.index_authorities(list(keys))
        search_index.index_by_town(self.renamed)


class AssociationTable(Table):
    needs = ("name", "country")
    written_freely = "name"

    class Meta:
        model = Association
        import_id_fields = ["name"]
        fields = ("name", "acronym", "country", "domain", "scope")
        clean_model_instances = skip_unchanged = report_skipped = True

    def before_import(self, dataset, **kwargs):
        self.known = dict(Association.objects.values_list("name", "country"))
        super().before_import(dataset, **kwargs)

    def list_known(self, row):
        """List those of the same country, of every one where none is given; and the very name."""
        try:
            country = self.fields["country"].clean(row)
        except ValueError:
            country = None
        typed = one_line(str(row["name"] or ""))
        return [n for n, of in self.known.items() if n == typed or not country or of == country]


SEEN_BY = Visibility.values  # the fewest first


class ExpertTable(Table):
    needs = ("email", "name", "authority")
    addresses = ("email",)
    user = fields.Field("user", "email", widget=PersonWidget(User, "email"))
    name = fields.Field("user__name", "name", readonly=True)
    about = {
        "name": gettext_lazy("the person's name; of one who has an account it changes nothing")
    }
    authority = fields.Field("authority", "authority", widget=AuthorityWidget(Authority, "slug"))
    languages = fields.Field("languages", "languages", widget=SpokenLanguages(Level.values))

    class Meta:
        model = Expert
        import_id_fields = ["user"]
        fields = (
            *("user", "name", "authority", "role_type", "function_title", "function", "years"),
            *("missions", "languages", "employer_name", "employer_email", "visibility"),
        )
        clean_model_instances = skip_unchanged = report_skipped = True

    def before_import_row(self, row, row_number=None, **kwargs):
        super().before_import_row(row, row_number, **kwargs)
        address, name = row.get("email") or "", row.get("name")
        known = User.objects.filter(email=read_address(address)).first()
        if known and name and known.name != name:
            words = _(
                "%(address)s is the address of %(known)s: the name “%(name)s” is not imported."
            )
            self.remarks.append(words % {"address": address, "known": known.name, "name": name})

    def import_instance(self, instance, row, **kwargs):
        """Import a profile no more visible than its expert made it; a new one is hidden."""
        seen_by, is_new = instance.visibility, instance.pk is None
        try:
            super().import_instance(instance, row, **kwargs)
        finally:
            widest = Visibility.STAFF if is_new else seen_by
            if instance.visibility and SEEN_BY.index(instance.visibility) > SEEN_BY.index(widest):
                words = _(
                    "%(address)s: the visibility “%(asked)s” is not imported. The "
                    "expert decides who sees the profile; until then: %(now)s."
                )
                asked, now = Visibility(instance.visibility).label, Visibility(widest).label
                facts = {"address": row.get("email"), "asked": asked, "now": now}
                self.remarks.append(words % facts)
                instance.visibility = widest
            if is_new:
                instance.is_hidden = True  # nobody has confirmed it

    def before_save_instance(self, instance, row, **kwargs):
        instance.slug = instance.slug or profiles.expert_slug(instance.user.name)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        if instance.user_id:
            instance.slug = instance.slug or profiles.expert_slug(instance.user.name)
        super().validate_instance(instance, import_validation_errors, validate_unique)

    def index_imported(self, dataset):
        keys = Expert.objects.filter(user__email__in=map(read_address, dataset["email"]))
        search_index.index_experts(list(keys.values_list("pk", flat=True)))


class Topics(fields.Field):
    """The topics of an offer with their levels, those included that a preview only read."""

    def in_words(self, instance):
        topics = instance.topics.all()
        return "; ".join(f"{topic.theme} ({topic.get_level_display()})" for topic in topics)

    def export(self, instance, **kwargs):
        read = {t.code: str(level) for t, level in getattr(instance, "topics_read", {}).items()}
        return Pairs("1234").render(topics_of(instance) | read)


class OfferTable(Table):
    needs = ("expert", "title", "text", "language")
    written_freely = "title"
    addresses = ("expert",)
    expert = fields.Field("expert", "expert", widget=ExpertWidget(Expert, "user__email"))
    forms = fields.Field("forms", "forms", widget=Words(exchange_form_choices()))
    about = {"text": gettext_lazy("what the expert offers, in the language of the offer")}
    # Topics come and go as “code:level”, as in water-sanitation/faecal-sludge:3.
    topics = Topics(column_name="topics")

    class Meta:
        model = Offer
        import_id_fields = ["expert", "title"]
        fields = ("expert", "title", "text", "language", "forms", "capacity", "remote", "topics")
        clean_model_instances = skip_unchanged = report_skipped = True

    def filter_export(self, queryset, **kwargs):
        return queryset.select_related("expert__user").prefetch_related("topics__theme")

    def before_import(self, dataset, **kwargs):
        self.titles = defaultdict(list)
        offers = Offer.objects.filter(expert__user__email__in=map(read_address, dataset["expert"]))
        for address, title in offers.values_list("expert__user__email", "title"):
            self.titles[address].append(title)
        super().before_import(dataset, **kwargs)

    def list_known(self, row):
        return self.titles[read_address(row.get("expert"))]

    def import_field(self, field, instance, row, is_m2m=False, **kwargs):
        if field.column_name != "topics":  # rows of their own, once the offer has one
            super().import_field(field, instance, row, is_m2m, **kwargs)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        if import_validation_errors:
            return False
        same = topics_in(row).items() <= topics_of(instance).items()
        return same and super().skip_row(instance, original, row, import_validation_errors)

    def import_instance(self, instance, row, **kwargs):
        """Read the cells and the topics, so that all errors of a row are reported at once."""
        errors: dict[str, list] = {}
        for read in (super().import_instance, self.read_topics):
            try:
                read(instance, row, **kwargs)
            except ValidationError as error:
                errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def read_topics(self, instance, row, **kwargs):
        pairs = topics_in(row)
        themes = Theme.objects.exclude(parent=None).in_bulk(pairs, field_name="code")
        if unknown := set(pairs) - set(themes):
            raise ValidationError({"topics": _("not known: %s") % join_names(sorted(unknown))})
        instance.topics_read = {themes[code]: int(level) for code, level in pairs.items()}

    def after_save_instance(self, instance, row, **kwargs):
        for theme, level in instance.topics_read.items():
            instance.topics.update_or_create(theme=theme, defaults={"level": level})


def topics_in(row):
    try:
        return Pairs("1234").clean(row.get("topics"))
    except ValueError as error:
        raise ValidationError({"topics": str(error)}) from error


def topics_of(offer):
    """Return the topics of an offer as {code: level}."""
    topics = offer.topics.all() if offer.pk else []
    return {topic.theme.code: str(topic.level) for topic in topics}


class MembershipTable(ReadableTable):
    """Memberships, for export only: they are requested and decided."""

    person = fields.Field("user__name", "person")
    email = fields.Field("user__email", "email")
    authority = fields.Field("authority__name", "authority")
    association = fields.Field("association__name", "association")
    roles = fields.Field(column_name="roles")
    headings = {
        "person": gettext_lazy("person"),
        "email": gettext_lazy("e-mail address"),
        "authority": gettext_lazy("authority"),
        "association": gettext_lazy("association"),
        "roles": gettext_lazy("roles"),
    }

    class Meta:
        model = Membership
        fields = (
            *("person", "email", "authority", "association", "roles", "function", "status"),
            *("asked_at", "decided_at", "admission"),
        )
        export_order = fields

    def dehydrate_roles(self, membership):
        return choice_labels(Role.choices, membership.roles)

    def filter_export(self, queryset, **kwargs):
        return queryset.select_related("user", "authority", "association")


TABLES = {
    "authorities": AuthorityTable,
    "associations": AssociationTable,
    "experts": ExpertTable,
    "offers": OfferTable,
}
