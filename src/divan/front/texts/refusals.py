"""What the doors say when a context refuses: title, explanation and what one can do, by code."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from divan.foundation.ui.refusals import declare_text, declared_codes
from divan.front.texts.console import REFUSALS as CONSOLE
from divan.front.texts.exchange import REFUSALS as CONTROL
from divan.front.texts.letters import REFUSALS as LETTERS
from divan.front.texts.organisation import REFUSALS as ORGANISATION
from divan.front.texts.payments import REFUSALS as PAYMENTS
from divan.front.texts.signing import REFUSALS as SIGNING

Text = Promise | str

REGISTERS: Mapping[str, tuple[Text, Text, Text]] = {
    "places.place-unknown": (_("There is no such place."), "", _("Look for it by another part of its name.")),
    "places.source-unreadable": (_("The list of divisions cannot be read."), _("A file or a column is missing."), ""),
    "places.too-many-faults": (_("Too many rows of the list are wrong."), _("Nothing was imported."), ""),
    "people.person-unknown": (_("This person is not in the register."), "", ""),
    "people.post-unknown": (_("There is no such post."), "", ""),
    "people.chart-hindered": (
        _("The organisation chart has rows that cannot be taken over."),
        _("Nothing of it was taken over."),
        "",
    ),
    "people.post-taken": (_("Somebody holds this post at that time."), "", _("End the other holding first.")),
    "people.post-vacant": (_("Nobody holds this post now."), "", ""),
    "people.post-not-held": (_("You do not hold this post now."), "", _("Choose the post you hold, and try again.")),
    "people.substitute-unfit": (
        _("This person cannot stand in for you at that time."),
        _("Nobody stands in for themselves, for no time, or for somebody who holds no post then."),
        _("Choose somebody else or another time."),
    ),
    "people.substitution-unknown": (
        _("There is no such absence."),
        _("It is over already, or it is not yours."),
        "",
    ),
    "catalogue.service-unknown": (
        _("This service is not offered."),
        _("It may have been withdrawn, or its address is mistyped."),
        _("Look for it in the list of services."),
    ),
    "catalogue.bundle-unknown": (
        _("This life event is not offered."),
        _("It may have been withdrawn, or its address is mistyped."),
        _("Look for its services in the list."),
    ),
    "catalogue.bundle-faulty": (_("The bundle does not fit the services."), "", _("See the list of faults.")),
    "catalogue.package-faulty": (_("The service has faults and was not published."), "", _("See the list of faults.")),
}

CASES: Mapping[str, tuple[Text, Text, Text]] = {
    "cases.case-unknown": (
        _("This case was not found."),
        _("The address may be mistyped, or the case is not open to you."),
        _("Look in the list of your cases."),
    ),
    "cases.service-not-electronic": (
        _("This service cannot be asked for here."),
        _("Its page says where it is given."),
        "",
    ),
    "cases.answers-refused": (
        _("Some answers cannot be taken."),
        _("Nothing was changed."),
        _("Look at the marked answers."),
    ),
    "cases.answers-outdated": (
        _("The answers have changed since you read them."),
        _("They were changed in another window or by another program. Nothing was saved."),
        _("Read the answers again and save your change over them."),
    ),
    "cases.not-a-draft": (
        _("These answers can no longer be changed."),
        _("The request was sent, or given up."),
        _("See the case for where it stands."),
    ),
    "cases.not-complete": (
        _("Something is still missing."),
        _("Nothing was sent."),
        _("Complete what is listed and send again."),
    ),
    "cases.case-not-open": (
        _("Nothing can be done in this case now."),
        _("It waits for the applicant, or it is over."),
        _("See the case for where it stands."),
    ),
    "cases.objection-not-possible": (
        _("You cannot object to this decision now."),
        _("There is no decision, its time is over, it was objected to before, or the law hears no objection here."),
        _("The page of the case says until when you can object."),
    ),
    "cases.nothing-to-pay": (_("There is nothing to pay."), _("It costs nothing, or it was paid already."), ""),
    "cases.addition-not-possible": (
        _("This file cannot be added."),
        _("A file is added with a note, to a case that runs, and at most twenty to each."),
        "",
    ),
    "cases.rating-not-possible": (
        _("This case cannot be rated."),
        _("A case is rated once, after its answer, with one to five."),
        "",
    ),
    "cases.bundle-run-unknown": (_("These requests were not found."), "", _("Look in the list of your cases.")),
    "cases.bundle-over": (
        _("These requests were sent or given up."),
        "",
        _("See each case for where it stands."),
    ),
    "cases.bundle-not-complete": (
        _("A request is not complete."),
        _("Nothing was sent."),
        _("Complete it, or take it out and send the others."),
    ),
    "cases.task-done": (
        _("This step is already done."),
        _("Somebody acted before you, or its deadline passed. Nothing of yours was recorded."),
        _("Open the case to see what was decided."),
    ),
    "cases.not-your-task": (
        _("This step does not wait for you."),
        _("It belongs to another post, or you no longer hold this one. Nothing was recorded."),
        _("If you hold more than one post, choose the right one."),
    ),
    "cases.action-not-possible": (
        _("This is not possible as it stands."),
        _("Nothing was recorded."),
        _("Give what is asked for, and try again."),
    ),
    "cases.nobody-responsible": (
        _("Nobody is responsible for this at the moment."),
        _("The post that must act does not exist here. Your answers are kept."),
        _("Please try again later, or tell the body that gives the service."),
    ),
    "cases.withdrawal-too-late": (
        _("It is too late to withdraw."),
        _("The decision is about to be signed."),
        _("You can still leave the answer unused."),
    ),
    "cases.referral-not-possible": (
        _("The referral is not possible."),
        _("It needs an instruction, another post of the same body and a time to come; and it is answered once."),
        "",
    ),
    "cases.signature-not-possible": (
        _("This signature is not possible now."),
        _("Nobody else is named for it, it was answered before, or the application was sent meanwhile."),
        _("Look at the application for where it stands."),
    ),
    "cases.signature-unknown": (
        _("Nothing of this kind is asked of you."),
        _("The answers were changed, or the application was given up."),
        _("If it is needed, the applicant will ask you again."),
    ),
    "cases.answers-changed": (
        _("The answers were changed while you were reading."),
        _("Nothing was signed."),
        _("Read what stands now before you sign."),
    ),
    "cases.visit-not-possible": (
        _("There is no such time for a visit."),
        _("Nothing was booked."),
        _("Choose one of the times that are shown."),
    ),
    "cases.time-taken": (
        _("Somebody else has just taken this time."),
        _("What you had booked before is kept."),
        _("Choose another time."),
    ),
    "cases.conflict-of-interest": (
        _("You may not decide in this case."),
        _("It is your own request, or you stepped aside from it. Nothing was recorded."),
        _("Hand the step on to whoever stands behind you."),
    ),
    "cases.recusal-not-possible": (
        _("Nobody else can take this step."),
        _("Whoever stands behind you is missing here or may not decide either. Nothing was recorded."),
        _("Speak to your superior."),
    ),
    "cases.note-not-possible": (
        _("This note cannot be kept."),
        _("It is empty or too long."),
        "",
    ),
    "cases.pause-not-possible": (
        _("The clocks cannot be stopped or started so."),
        _("The step does not allow this reason, the clocks stand still already, or none was stopped."),
        _("Open the step anew to see how its clock stands."),
    ),
    "cases.permit-unknown": (
        _("There is no such permit."),
        _("The number may be mistyped, or the permit is not open to you."),
        "",
    ),
    "cases.entry-not-possible": (
        _("This cannot be begun for the permit now."),
        _("The permit is not in force, it is too early, the same runs already, or the service does not give it."),
        _("Look at the permit for where it stands."),
    ),
    "cases.tracking-refused": (
        _("Number and secret do not belong together."),
        _("One of them may be mistyped."),
        _("Compare both with the message you received."),
    ),
}

IDENTITY: Mapping[str, tuple[Text, Text, Text]] = {
    "identity.account-unknown": (_("There is no such account."), "", ""),
    "identity.account-closed": (
        _("This account was closed."),
        _("Nobody can sign in with it."),
        _("Ask the person who gives out accounts in your body."),
    ),
    "identity.username-taken": (_("This user name is taken."), "", _("Choose another one.")),
    "identity.password-refused": (
        _("This password is too easy to guess."),
        "",
        _("Take at least twelve characters that are not a common word or your name."),
    ),
    "identity.directory-settings-unfit": (
        _("The file that describes the directory of staff cannot be used."),
        _("The place: %(reason)s."),
        _("Correct it, and try again."),
    ),
    "identity.directory-refused": (
        _("The directory of staff did not give what was asked."),
        _("It said: %(reason)s."),
        "",
    ),
    "identity.directory-silent": (
        _("The directory of staff does not answer, or does not prove who it is."),
        _("The reason: %(reason)s. Nothing was changed."),
        _("Please try again later."),
    ),
    "identity.directory-changed": (
        _("What was planned does not fit any more."),
        _("Somebody has changed it meanwhile."),
        _("Please begin again."),
    ),
    "identity.second-factor-present": (_("A second proof is already set up for this account."), "", ""),
    "identity.only-in-rehearsal": (_("This exists in a rehearsal only."), "", ""),
    "identity.too-many-attempts": (
        _("Too many attempts."),
        _("For your protection nothing can be tried here for a while."),
        _("Please wait %(minutes)s minutes and try again."),
    ),
    "identity.challenge-unknown": (
        _("There is no sign-in under way."),
        _("It may have ended because too much time passed."),
        _("Please begin again."),
    ),
    "identity.code-not-ready": (
        _("The code has not been sent yet."),
        _("The register of mobile lines is still being asked whose number it is."),
        _("Please wait a few seconds."),
    ),
    "identity.code-wrong": (_("The code is not right."), "", _("Look at the message again: %(left)s tries are left.")),
    "identity.code-expired": (
        _("The code is too old."),
        _("A code is valid for three minutes."),
        _("Ask for a new one."),
    ),
    "identity.code-spent": (_("The code was tried too often."), "", _("Ask for a new one.")),
    "identity.code-used": (_("The code was used before."), _("Each code counts once."), _("Ask for a new one.")),
    "identity.resend-too-soon": (_("A new code cannot be sent yet."), "", _("Please wait %(seconds)s seconds.")),
    "identity.owner-unanswered": (
        _("The register of mobile lines does not answer."),
        _("So no code could be sent."),
        _("Please try again in a few minutes, or sign in by the national sign-on."),
    ),
    "identity.inquiry-unknown": (_("There is no such inquiry."), "", ""),
    "identity.data-service-unknown": (_("No register answers to this name."), "", ""),
    "identity.sign-on-cancelled": (
        _("The sign-in was broken off."),
        "",
        _("You can begin again, or sign in with a code."),
    ),
    "identity.sign-on-stale": (
        _("This sign-in has ended."),
        _("It was begun in another window, or too long ago."),
        _("Please begin again."),
    ),
    "identity.sign-on-refused": (
        _("The answer of the national sign-on cannot be accepted."),
        _("It is not signed as it must be, or not meant for us."),
        _("Please begin again, or sign in with a code."),
    ),
    "identity.sign-on-silent": (
        _("The national sign-on does not answer."),
        "",
        _("Please try again in a few minutes, or sign in with a code."),
    ),
}

TRUST: Mapping[str, tuple[Text, Text, Text]] = {
    "ledger.examination-over": (_("This examination of the log has ended."), "", ""),
    "ledger.entry-unknown": (_("No sealed entry belongs to this."), "", ""),
    "ledger.not-opened": (_("The log has not been opened yet."), "", _("Please try again in a few minutes.")),
    "ledger.receipt-impossible": (
        _("No receipt can be proved from what is stored."),
        _("A record or a file of the log was altered or damaged."),
        _("The people who run this system must look at once."),
    ),
}

EXCHANGE: Mapping[str, tuple[Text, Text, Text]] = {
    **CONSOLE,
    "exchange.silent": (
        _("The exchange gave no answer."),
        _("The gateway or the other office did not answer in time."),
        _("Please try again in a few minutes."),
    ),
    "exchange.not-prepared": (_("The exchange is not ready."), _("A key or certificate is missing."), ""),
    "exchange.address-faulty": (
        _("This is no address of the exchange."),
        "",
        _("Write it as instance/class/code/subsystem."),
    ),
    "exchange.certificate-faulty": (
        _("This is no fingerprint of a certificate."),
        "",
        _("Give the SHA-256 fingerprint as 64 hexadecimal digits."),
    ),
    "exchange.data-service-faulty": (_("The data service cannot be described so."), "", ""),
    "exchange.permit-faulty": (
        _("The permit cannot be given as it stands."),
        _("Nothing was changed."),
        _("Look at validity, path, purpose and legal basis."),
    ),
    "exchange.member-unknown": (_("No such member takes part in the exchange."), "", ""),
    "exchange.subsystem-unknown": (_("No such subsystem takes part in the exchange."), "", ""),
    "exchange.data-service-unknown": (_("No data service has this code."), "", ""),
    "exchange.permit-unknown": (_("There is no such permit."), "", ""),
    "exchange.permit-revoked": (_("This permit was revoked before."), "", ""),
    **CONTROL,
    "exchange.evidence-unknown": (_("The exchange knows no message of this identifier."), "", ""),
    "exchange.evidence-uncertified": (
        _("This evidence cannot be handed out for foreign tools."),
        _("The gateway's key had no certificate when it signed it; here it can still be examined."),
        _("Put the certificate of the key and of its authority behind the key in its file, and restart the gateway."),
    ),
    "exchange.look-unknown": (
        _("Nobody looked at your data under this identifier."),
        "",
        _("Go back to the list and choose there."),
    ),
    "exchange.peer-card-faulty": (
        _("This is no card of another installation."),
        _("Nothing was agreed upon."),
        _("Ask the other operator for the file that “divan letters card” writes there, and take it as it is."),
    ),
    "exchange.peer-card-differs": (
        _("The card is not the one whose fingerprint was told."),
        _("Somebody may have changed it on its way. Nothing was agreed upon."),
        _("Call the other operator and compare the fingerprints figure by figure."),
    ),
    "exchange.agreement-unknown": (
        _("There is no agreement with this installation in force."),
        "",
        _("Agree with its operator anew: both exchange cards and compare fingerprints."),
    ),
    "exchange.seal-unfit": (
        _("What came is not sealed by the installation that is said to have sent it."),
        _("It was altered on its way, or meant for another, or somebody else sent it. It was not taken in."),
        _("The sender’s operator compares the cards of both sides, then the letter is sent again."),
    ),
    "exchange.seal-stale": (
        _("The seal is too old, or the clocks of the two installations differ."),
        _("It was not taken in. It is sealed anew and sent again by itself."),
        _("If this stays, the operators set the clocks of both installations."),
    ),
}

PROJECT: Mapping[str, tuple[Text, Text, Text]] = {
    "project.defect": (
        _("Something broke on our side."),
        _("What you entered before is kept. The people who run this system see the fault in their log."),
        _("Please try again in a few minutes."),
    ),
}


def declare_all() -> None:
    """Declare every text once."""
    for texts in (REGISTERS, ORGANISATION, CASES, LETTERS, IDENTITY, TRUST, EXCHANGE, SIGNING, PAYMENTS, PROJECT):
        for code, (title, explanation, advice) in texts.items():
            if code not in declared_codes():
                declare_text(code, title, explanation, advice)
