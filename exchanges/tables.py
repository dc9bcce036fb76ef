"""The dated lists that budgets are read with, as tables that staff bring in and take out."""

from exchanges.models import PerDiem, Rate
from registry.tables import TABLES, Table


class RateTable(Table):
    """A month's rates: currency, from_on, per_euro, and the source they were read in."""

    needs = ("currency", "from_on", "per_euro")

    class Meta:
        model = Rate
        import_id_fields = ["currency", "from_on"]
        fields = ("currency", "from_on", "per_euro", "source")
        clean_model_instances = skip_unchanged = report_skipped = True


class PerDiemTable(Table):
    """A list of ceilings in euros a night: country, from_on, ceiling, and their source.

    If the list says so, also the percent less where lodging or meals are given.
    """

    needs = ("country", "from_on", "ceiling")

    class Meta:
        model = PerDiem
        import_id_fields = ["country", "from_on"]
        fields = ("country", "from_on", "ceiling", "lodging_share", "meals_share", "source")
        clean_model_instances = skip_unchanged = report_skipped = True


TABLES |= {"rates": RateTable, "ceilings": PerDiemTable}
