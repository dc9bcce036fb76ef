"""Staff take a file of an exchange away."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exchanges.forms.withdrawals import WithdrawForm
from exchanges.views.common import get_exchange_or_404
from exchanges.withdrawals import withdraw_file, withdrawable_files


@require_http_methods(["GET", "POST"])
def withdraw_file_page(request, reference):
    """List the files of an exchange; a POST deletes one, with a reason."""
    exchange = get_exchange_or_404(request, reference, "withdraw")
    files = withdrawable_files(exchange)
    form = WithdrawForm(request.POST or None, files=files)
    if request.method == "POST" and form.is_valid():
        chosen, reason = form.cleaned_data["file"], form.cleaned_data["reason"]
        if withdraw_file(exchange, chosen, reason, actor=request.user):
            messages.success(request, _("The file is taken away."))
        else:
            messages.info(request, _("Somebody has taken this file away already."))
        return redirect("exchange-withdraw", reference)
    context = {"exchange": exchange, "form": form, "files": files}
    return render(request, "exchanges/withdraw.html", context)
