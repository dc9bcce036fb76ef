"""Calls, dossiers and the committee: thin views over intake, transitions and committee."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import calls as calls_room
from applications import committee as committee_room
from applications import intake
from applications import signature as signature_room
from applications.document import pdf_of
from applications.enums import BEFORE_MATCHED, FINAL, THRESHOLD, Status
from applications.forms import ConflictForm, EligibilityForm, FileForm, ScoreForm, SignForm
from applications.models import Attachment, Call, Dossier, Score, Signature
from applications.reading import CONTACT, STAFF_ONLY, answers, differences, task_list
from applications.sections import SECTIONS, section_after, unlocked
from applications.transitions import life
from connect.pages import paginate
from connect.transitions import TransitionRefused
from connect.typed import keeps_typed
from registry.enums import Role
from registry.models import Authority, Membership


@require_safe
@login_not_required
def calls(request):
    now = timezone.now()
    page = paginate(request, Call.objects.filter(opens_at__lte=now))
    return render(request, "applications/calls.html", {"page": page, "now": now})


@require_safe
@login_not_required
def can_we_apply(request):
    """Answer in one minute, without an account; the answer has an address of its own."""
    form = EligibilityForm(request.GET if "country" in request.GET else None)
    context = {"form": form, "asked": form.is_valid()}
    if form.is_valid():
        country, now = form.cleaned_data["country"], timezone.now()
        open_calls = Call.objects.open_at(now)
        context |= {
            "obstacles": calls_room.obstacles(form.cleaned_data),
            "fitting": [call for call in open_calls if call.admits_country(country)],
            "unsure": "unsure" in form.cleaned_data.values(),
            "country": dict(form.fields["country"].choices)[country],
        }
    return render(request, "applications/can_we_apply.html", context)


@require_safe
@login_not_required
def call(request, slug):
    call = get_object_or_404(Call, slug=slug)
    mine = []
    if request.user.is_authenticated:
        own = Authority.objects.of_member(request.user, Role.EDITOR, Role.LEGAL_REPRESENTATIVE)
        drafts = {
            dossier.authority_id: dossier
            for dossier in Dossier.objects.filter(call=call, authority__in=own, status="draft")
        }
        mine = [(authority, drafts.get(authority.pk)) for authority in own]
    context = {"call": call, "is_open": call.is_open(timezone.now()), "mine": mine}
    return render(request, "applications/call.html", context)


@require_POST
def begin(request, slug):
    call = get_object_or_404(Call, slug=slug)
    own = Authority.objects.of_member(request.user, Role.EDITOR, Role.LEGAL_REPRESENTATIVE)
    authority = get_object_or_404(own, slug=request.POST.get("authority", ""))
    try:
        return redirect(intake.begin(call, authority, actor=request.user))
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect(call)


def visible(request, reference):
    return get_object_or_404(
        Dossier.objects.for_user(request.user).select_related("authority", "call", "case_officer"),
        reference=reference,
    )


def writes(request, dossier):
    return dossier.authority.has_member(request.user, Role.EDITOR, Role.LEGAL_REPRESENTATIVE)


@require_safe
def dossier(request, reference):
    """The task list while it is being written; what was sent, once it is."""
    dossier = visible(request, reference)
    editable = Dossier.objects.editable_by(request.user).filter(pk=dossier.pk).exists()
    verbs = [verb for verb in life.open_steps(dossier, request.user) if life.steps[verb].label]
    context = {
        "dossier": dossier,
        "events": dossier.events.select_related("actor"),
        "files": dossier.attachments.all(),
        "file_form": FileForm(),
        "writes": writes(request, dossier),
        "editable": editable,
        "verbs": [(verb, life.steps[verb].label) for verb in verbs],
        "before_matched": dossier.status in BEFORE_MATCHED,
        "correction": dossier.open_correction(),
        "signature": dossier.signatures.first(),
        "versions": dossier.versions.all(),
        "next_calls": calls_for(dossier) if writes(request, dossier) else [],
    }
    if editable:
        parts, done = task_list(dossier, timezone.localdate())
        context |= {"parts": parts, "done": done, "total": len(SECTIONS)}
        return render(request, "applications/tasklist.html", context)
    hidden = hidden_from(request, dossier)
    context["answers"] = answers(dossier, hidden=hidden)
    return render(request, "applications/dossier.html", context)


def calls_for(dossier):
    """List the open calls to which an ended dossier may be taken along."""
    if dossier.status not in FINAL:
        return []
    open_calls = Call.objects.open_at(timezone.now())
    return [call for call in open_calls if call.admits(dossier.authority)]


def to_write(request, reference):
    return get_object_or_404(
        Dossier.objects.editable_by(request.user).select_related("authority", "call"),
        reference=reference,
    )


def posted_version(request):
    version = request.POST.get("version", "")
    return int(version) if version.isdecimal() and len(version) < 10 else 0


@require_http_methods(["GET", "POST"])
@keeps_typed
def section(request, reference, slug):
    if slug not in SECTIONS:
        raise Http404
    dossier = to_write(request, reference)
    draft = dossier.drafts.filter(section=slug).first()
    saved, version = None, draft.version if draft else 0
    if request.method == "POST":
        saved = save_posted(request, dossier, slug)
        if saved.theirs:
            return compare(request, dossier, slug, saved)
        if "remove" in request.POST:
            messages.success(request, _("The row is removed."))
            return redirect("section", reference, slug)
        if saved.form.is_valid():
            messages.success(request, _("Saved."))
            following = section_after(slug)
            if "aside" in request.POST:
                return redirect("section", reference, slug)
            if following and dossier.status == Status.DRAFT:
                return redirect("section", reference, following)
            return redirect(dossier)
        form, version = saved.form, saved.version
    elif request.typed:
        typed = SECTIONS[slug].raw(request.typed)
        form = intake.bound(slug, typed, dossier=dossier)
        begun_from = request.typed.get("version", "")
        version = int(begun_from) if begun_from.isdecimal() else version
    elif draft:
        form = intake.bound(slug, draft.raw, dossier=dossier)
    else:
        form = SECTIONS[slug](dossier=dossier)
    correction = dossier.open_correction() if dossier.status == Status.CORRECTION_ASKED else None
    comments = []
    if correction:
        may_change = unlocked(correction)
        for name, field in form.fields.items():
            field.disabled = name not in may_change
        here = {key: label for key, label, _names in form.questions()}
        comments = [
            (here[row["field"]], row["comment"])
            for row in correction.fields
            if row["field"] in here
        ]
    if form.is_bound and form.is_valid():
        form.look_twice()
    context = {
        "dossier": dossier,
        "form": form,
        "slug": slug,
        "comments": comments,
        "version": version,
        "saved": saved,
        "number": list(SECTIONS).index(slug) + 1,
        "total": len(SECTIONS),
    }
    return render(request, "applications/section.html", context)


def save_posted(request, dossier, slug):
    """Save what was posted: a section's answers, or the choice between two versions of it."""
    version = posted_version(request)
    if "aside" not in request.POST:
        data = SECTIONS[slug].without(request.POST, request.POST.get("remove", ""))
        return intake.save_section(dossier, slug, data, version=version, actor=request.user)
    aside = request.POST["aside"]
    mine = {
        name for name in SECTIONS[slug].base_fields if request.POST.get(f"keep_{name}") == "mine"
    }
    return intake.join_texts(
        dossier,
        slug,
        int(aside) if aside.isdecimal() else 0,
        mine,
        version=version,
        actor=request.user,
    )


def compare(request, dossier, slug, saved):
    """Show both versions of a section, answer by answer, to choose from."""
    context = {
        "dossier": dossier,
        "title": SECTIONS[slug].title,
        "theirs": saved.theirs,
        "aside": saved.aside,
        "rows": differences(dossier, slug, saved.aside.raw, saved.theirs.raw),
    }
    return render(request, "applications/compare.html", context)


@require_POST
@keeps_typed
def autosave(request, reference, slug):
    """Save a section while it is written: 200 with its version, 409 where another was quicker."""
    if slug not in SECTIONS:
        raise Http404
    dossier = to_write(request, reference)
    saved = intake.save_section(
        dossier, slug, request.POST, version=posted_version(request), actor=request.user
    )
    if saved.theirs:
        message = _("This section was saved elsewhere meanwhile. Save now to see both versions.")
        return JsonResponse({"message": message}, status=409)
    return JsonResponse({"version": saved.version})


@require_safe
def check_answers(request, reference):
    dossier = get_object_or_404(
        Dossier.objects.editable_by(request.user).select_related("authority", "call"),
        reference=reference,
    )
    checked = intake.check(dossier, timezone.localdate())
    context = {
        "dossier": dossier,
        "answers": answers(dossier),
        "problems": intake.problems(checked),
        "warnings": intake.warnings(checked),
        "verb": "submit" if dossier.status == Status.DRAFT else "answer_correction",
    }
    return render(request, "applications/check.html", context)


@require_POST
def take_step(request, reference, verb):
    dossier = visible(request, reference)
    if verb not in ("submit", "answer_correction", "take_back", "withdraw"):
        raise Http404
    try:
        dossier = life.advance(
            dossier, verb, actor=request.user, note=request.POST.get("note", "")[:1000]
        )
    except TransitionRefused as refusal:
        messages.error(request, refusal.message)
        if refusal.code == "incomplete":
            return redirect("check-answers", reference)
    else:
        message = _("%(reference)s is now: %(status)s.")
        messages.success(
            request,
            message % {"reference": reference, "status": dossier.get_status_display()},
        )
    return redirect(dossier)


@require_POST
def copy(request, reference):
    """Take all that an ended dossier says along to another call."""
    dossier = visible(request, reference)
    call = get_object_or_404(Call, slug=request.POST.get("call", ""))
    try:
        made = intake.copy(dossier, call, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect(dossier)
    messages.success(
        request,
        _("%s holds all that this dossier said. Go through it, then send it.") % made.reference,
    )
    return redirect(made)


@require_POST
def approve_summary(request, reference):
    dossier = visible(request, reference)
    intake.approve_summary(dossier, actor=request.user)
    messages.success(request, _("Thank you: the summary may now be published."))
    return redirect(dossier)


@require_POST
def add_file(request, reference):
    dossier = visible(request, reference)
    form = FileForm(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise ValidationError(_("Choose a file first."), code="none")
        intake.add_file(
            dossier, form.cleaned_data["file"], form.cleaned_data["kind"], actor=request.user
        )
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The file is kept with the dossier."))
    return redirect(dossier)


@require_POST
def remove_file(request, reference, token):
    dossier = visible(request, reference)
    intake.remove_file(get_object_or_404(dossier.attachments, token=token), actor=request.user)
    messages.success(request, _("The file is removed."))
    return redirect(dossier)


@require_safe
def file(request, reference, token):
    """Serve a file to whoever may read its dossier, always as a download."""
    dossier = visible(request, reference)
    attachment = get_object_or_404(Attachment, dossier=dossier, token=token)
    return FileResponse(
        attachment.file.open("rb"),
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.content_type,
    )


def hidden_from(request, dossier):
    """Name the answers that this reader does not see."""
    return set() if writes(request, dossier) or request.user.is_staff else STAFF_ONLY | CONTACT


@require_safe
def document(request, reference):
    """Give the dossier as PDF: the version asked for by number, or what is typed now."""
    dossier = visible(request, reference)
    number = request.GET.get("version", "")
    version = None
    if number:
        number = int(number) if number.isdecimal() and len(number) < 5 else 0
        version = get_object_or_404(dossier.versions, number=number)
    elif dossier.status != Status.DRAFT:
        version = dossier.versions.last()
    hidden = hidden_from(request, dossier)
    name = f"{dossier.reference}-v{version.number}.pdf" if version else f"{dossier.reference}.pdf"
    return HttpResponse(
        pdf_of(dossier, version, hidden=hidden),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# The legal representative's signature


@require_POST
def ask_signature(request, reference):
    dossier = to_write(request, reference)
    try:
        asked = signature_room.ask(dossier, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request,
            _("%(name)s is asked to sign by a letter to %(address)s.")
            % {"name": asked.name, "address": asked.address},
        )
    return redirect(dossier)


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def sign(request, token):
    """Show the legal representative what they sign; only their post signs it."""
    try:
        signature = signature_room.signature_of_link(token)
    except Signature.DoesNotExist:
        raise Http404 from None
    dossier, now = signature.dossier, timezone.now()
    form = SignForm(request.POST or None, initial={"digest": dossier.digest()})
    if request.method == "POST":
        if "renew" in request.POST:
            signature_room.renew(signature)
            messages.success(request, _("A new letter is on its way to you."))
            return redirect("sign", token)
        if form.is_valid():
            try:
                signature_room.sign(
                    signature,
                    name=form.cleaned_data["name"],
                    digest=form.cleaned_data["digest"],
                )
            except ValidationError as refusal:
                messages.error(request, refusal.message)
                name = form.cleaned_data["name"]
                form = SignForm(initial={"name": name, "digest": dossier.digest()})
            else:
                return redirect("sign", token)
    context = {
        "signature": signature,
        "dossier": dossier,
        "form": form,
        "is_over": signature.signed_at is None and signature.expires_at <= now,
        "answers": answers(dossier),
    }
    return render(request, "applications/sign.html", context)


# The committee


@require_safe
def committee(request):
    if not request.user.is_committee_member:
        raise Http404
    dossiers = Dossier.objects.for_committee(request.user).with_list_details()
    page = paginate(request, dossiers.order_by("status_since", "pk"))
    scored = set(
        Score.objects.filter(member=request.user, dossier__in=page.object_list).values_list(
            "dossier_id", flat=True
        )
    )
    context = {"page": page, "scored": scored, "threshold": THRESHOLD}
    return render(request, "applications/committee.html", context)


@require_http_methods(["GET", "POST"])
@keeps_typed
def committee_dossier(request, reference):
    """A conflict is declared before anything of the file is shown; then it is scored."""
    dossier = get_object_or_404(
        Dossier.objects.for_committee(request.user).select_related("authority"),
        reference=reference,
    )
    declared = committee_room.declaration_of(dossier, request.user)
    if declared is None:
        form = ConflictForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            has_conflict = form.cleaned_data["has_conflict"] == "yes"
            committee_room.declare(
                dossier,
                member=request.user,
                has_conflict=has_conflict,
                text=form.cleaned_data["text"],
            )
            if has_conflict:
                messages.success(request, _("Thank you. You will not see this dossier again."))
                return redirect("committee")
            return redirect("committee-dossier", reference)
        context = {"dossier": dossier, "form": form}
        return render(request, "applications/committee_conflict.html", context)
    own = dossier.scores.filter(member=request.user).first()
    form = ScoreForm(
        request.POST or request.typed, initial=own and own.points | {"comment": own.comment}
    )
    if request.method == "POST" and form.is_valid():
        points = dict(form.cleaned_data)
        comment = points.pop("comment")
        committee_room.give_score(dossier, member=request.user, points=points, comment=comment)
        messages.success(request, _("Your score for %s is kept.") % reference)
        return redirect("committee")
    context = {
        "dossier": dossier,
        "form": form,
        "own": own,
        # What others gave is shown once one's own is in.
        "others": dossier.scores.exclude(member=request.user) if own else [],
        "answers": answers(dossier, hidden=STAFF_ONLY | CONTACT),
    }
    return render(request, "applications/committee_dossier.html", context)


# The association


@require_safe
def association(request):
    """The submitted dossiers of the members of one's association."""
    mine = Membership.objects.active().with_role(Role.ASSOCIATION_OFFICER)
    places = list(mine.filter(user=request.user).select_related("association"))
    if not places:
        raise PermissionDenied
    dossiers = Dossier.objects.for_user(request.user).filter(
        authority__associations__in=[place.association_id for place in places]
    )
    page = paginate(request, dossiers.with_list_details().distinct())
    return render(request, "applications/association.html", {"page": page, "places": places})
