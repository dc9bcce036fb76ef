"""Staff take a file of an exchange away."""

from django.views.decorators.http import require_http_methods

from connect.withdrawals import withdraw_file_response
from exchanges.views.common import get_exchange_or_404
from exchanges.withdrawals import withdraw_file, withdrawable_files


@require_http_methods(["GET", "POST"])
def withdraw_file_page(request, reference):
    """List the files of an exchange; a POST deletes one, with a reason."""
    exchange = get_exchange_or_404(request, reference, "withdraw")
    files = withdrawable_files(exchange)
    return withdraw_file_response(
        request, "exchanges/withdraw.html", exchange, files, withdraw_file
    )
