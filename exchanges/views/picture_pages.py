"""The pictures of an exchange."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from connect.double_posts import adds_once
from connect.languages import join_names
from connect.posted_values import posted_number
from connect.typed_texts import restores_typed, save_beside
from exchanges import pictures
from exchanges.forms.taking_part_forms import PictureForm
from exchanges.views.common import get_exchange_or_404, is_allowed


@require_http_methods(["GET", "POST"])
@restores_typed
@adds_once
def pictures_page(request, reference):
    """Show the pictures of an exchange; add or delete one."""
    exchange = get_exchange_or_404(
        request, reference, "record" if request.method == "POST" else "meet"
    )
    records = is_allowed(request, exchange, "record")
    if records and request.method == "POST" and "remove" in request.POST:
        number = posted_number(request, "remove")
        try:
            pictures.remove_picture(
                get_object_or_404(exchange.pictures, pk=number), actor=request.user
            )
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("The picture has been removed."))
        save_beside(request, PictureForm(request.POST, exchange=exchange))
        return redirect("exchange-pictures", reference)
    form = (
        PictureForm(request.POST or request.typed, request.FILES or None, exchange=exchange)
        if records
        else None
    )
    if form and request.method == "POST" and form.is_valid():
        try:
            kept = pictures.add_picture(form, exchange, actor=request.user)
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            messages.success(request, _("The picture has been saved."))
            if names := join_names(kept.not_written_to):
                words = _(
                    "No e-mail sent to: %s. There is no e-mail address, or too many "
                    "e-mails about pictures have been sent today. Send them the link "
                    "to their own page: there they say whether the picture may be "
                    "public."
                )
                messages.warning(request, words % names)
            return redirect("exchange-pictures", reference)
    context = {
        "exchange": exchange,
        "form": form,
        "pictures": exchange.pictures.prefetch_related("people__participant"),
    }
    return render(request, "exchanges/pictures.html", context)


@require_safe
def picture_file(request, reference, pk):
    exchange = get_exchange_or_404(request, reference, "meet")
    picture = get_object_or_404(exchange.pictures, pk=pk)
    return FileResponse(picture.file.open("rb"), content_type="image/jpeg")
