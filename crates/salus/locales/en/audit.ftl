# The privacy officer's pages.
audit-title = Audit search
audit-chain = The audit log
audit-chain-sound = As signed
audit-chain-broken = Not as signed
audit-chain-fits = Every chain still ends as it was last signed, or goes on from there.
audit-chain-torn = Something in the audit log changed after it was signed (chain { $chain }). Tell the administrator now. On the server, “salus audit verify” names the first entry that is wrong.
audit-chain-unsigned = Nothing has been signed yet. The first checkpoint follows within a minute of the first entry.
audit-chain-entries = Entries signed
audit-chain-size = { $entries } in { $count ->
    [one] { $count } chain
   *[other] { $count } chains
}
audit-chain-line = { $entries }, last signed { $signed }
audit-chain-checkpoint = Last checkpoint
audit-chain-full = Full check
audit-chain-full-how = Run “salus audit verify” on the server
audit-filters = Find entries
audit-from = From
audit-to = To
audit-date-hint = Like 3/14/2026
audit-account = Who
audit-account-hint = Name of someone on the staff, email address or account number
audit-patient = Whose record
audit-patient-hint = Record number, patient number, or the end of one
audit-action = What
audit-action-all = Everything
audit-go = Search
audit-found = Entries found
audit-found-none = No entry fits. Widen the dates or leave a field empty.
audit-found-count = { $count ->
    [one] { $count } entry
   *[other] { $count } entries
}
audit-found-part = Entries { $first } to { $last }
audit-col-when = When
audit-col-who = Who
audit-col-what = What
audit-col-patient = Record
audit-col-outcome = Outcome
audit-col-entry = Entry
audit-nobody = None
audit-records = { $count ->
    [one] { $count } record
   *[other] { $count } records
}
audit-records-and = { $first } and { $count ->
    [one] { $count } other
   *[other] { $count } others
}
audit-problem-date = Enter a date like 3/14/2026
audit-problem-order = The last day must not come before the first
audit-problem-account = We don’t know this account. Enter the name of someone on the staff, an email address or an account number
audit-problem-account-several = Several people fit: { $names }. Type more of the name
audit-problem-patient = We don’t know this record. Enter a record number or a patient number

# Who
audit-account-number = Account { $number }
audit-invite-number = invite { $number }
audit-invites = { $count } invites
audit-program = Program: { $name }
audit-nobody-signed-in = Nobody signed in
audit-signing-in = signing in
audit-relation-care-team = care team
audit-relation-caregiver = caregiver
audit-relation-self = the patient

# Why
audit-purpose-patient-request = Own request
audit-purpose-treatment = Treatment
audit-purpose-payment = Billing and insurance
audit-purpose-operations = Running the clinic
audit-purpose-audit-review = Audit review
audit-purpose-emergency = Emergency
audit-purpose-security = Security
audit-purpose-disk-failure = A machine or disk that failed
audit-purpose-attack = An attack
audit-purpose-mistake = A mistake
audit-purpose-move = A move to another machine
audit-purpose-rehearsal = A rehearsal

# How it ended
audit-outcome-allowed = Allowed
audit-outcome-begun = Begun
audit-outcome-done = Done
audit-outcome-failed = Did not happen
audit-outcome-refused = Refused: { $reason }
audit-outcome-emptied = Emptied after six years
audit-reason-not-signed-in = not signed in
audit-reason-session-ended = the session had ended
audit-reason-proof-missing = the password was asked again
audit-reason-second-factor-missing = no second factor yet
audit-reason-not-allowed = not allowed to
audit-reason-no-relation = nothing to do with this patient
audit-reason-no-such-patient = no such patient
audit-reason-wrong-password = wrong password
audit-reason-password-changed = the password changed at that moment
audit-reason-account-not-active = the account is closed
audit-reason-too-many-tries = too many tries
audit-reason-wrong-code = wrong code
audit-reason-passkey-missing = the clinic wants a passkey
audit-reason-wrong-passkey = a passkey that was not right
audit-reason-copied-passkey = a passkey of which there is a copy
audit-reason-challenge-ended = a passkey that came too late
audit-reason-other-account = a passkey of another account
audit-reason-only-factor = it is the only second step
audit-reason-no-such-invite = no such invite
audit-reason-invite-ended = the invite had ended
audit-reason-wrong-birth-date = wrong date of birth
audit-reason-patient-deceased = the patient has died
audit-reason-own-record = it is their own record
audit-reason-used-code = a code that was used before
audit-reason-wrong-recovery-code = wrong recovery code

# What
audit-action-view-clinic = Looked at the clinic’s details
audit-action-ask-factor = Was asked for the second sign-in step
audit-action-view-record = Opened a record
audit-action-view-profile = Opened details
audit-action-view-problems = Opened health problems
audit-action-view-allergies = Opened allergies
audit-action-view-medicines = Opened medicines
audit-action-view-immunizations = Opened vaccines
audit-action-view-results = Opened results
audit-action-view-procedures = Opened procedures
audit-action-view-encounters = Opened visits and notes
audit-action-view-documents = Opened documents
audit-action-view-care-plans = Opened care team, goals and plans
audit-action-view-devices = Opened devices and images
audit-action-view-coverage = Opened insurance
audit-action-view-provenance = Opened where a record came from
audit-action-view-access-log = Opened who opened a record
audit-action-find-patients = Searched or listed patients
audit-action-view-invites = Opened the sign-in slips of a record
audit-action-invite-patient = Made or took back a sign-in slip
audit-action-view-care-team = Looked at a care team
audit-action-view-home = Opened a start page
audit-action-view-caregivers = Looked at caregivers
audit-action-invite-caregiver = Made a code for a caregiver
audit-action-end-caregiver = Ended a caregiver’s access
audit-action-change-care-team = Put somebody on a care team, or took somebody off
audit-action-ask-emergency = Looked at the form for an emergency
audit-action-open-emergency = Opened a record in an emergency
audit-action-view-emergencies = Looked at records opened in an emergency
audit-action-sign-emergency = Signed off an emergency
audit-action-view-visits = Looked at visits
audit-action-view-visit-reason = Read what a visit is about
audit-action-view-visit-note = Read a note for a visit
audit-action-hold-visit = Kept a time for a visit, or gave it back
audit-action-book-visit = Booked a visit
audit-action-move-visit = Moved a visit
audit-action-cancel-visit = Canceled a visit
audit-action-arrive-visit = Noted that a patient arrived
audit-action-fulfil-visit = Noted that a patient was seen
audit-action-miss-visit = Noted that a patient did not come
audit-action-reopen-visit = Took back what was noted on how a visit went
audit-action-note-visit = Wrote a note for a visit
audit-action-view-day = Opened the day’s visits
audit-action-view-messages = Opened the list of a patient’s messages
audit-action-read-thread = Read messages
audit-action-write-message = Wrote a message
audit-action-save-draft = Kept the draft of a message
audit-action-claim-thread = Took a conversation to answer it, or gave it back
audit-action-close-thread = Closed a conversation, or opened it again
audit-action-view-inbox = Opened the list of messages
audit-action-compare-account = Compared somebody who registered with a record
audit-action-link-account = Linked an account to a record, or unlinked it
audit-action-view-registrations = Opened the registrations
audit-action-decide-registration = Turned a registration down, or opened it again
audit-action-make-chart = Made a chart
audit-action-register = Asked for an account
audit-action-ask-for-reset = Asked for a link to choose another password
audit-action-send-link = Mailed a link
audit-action-forget-registration = Emptied a registration nobody went on with
audit-action-invite-staff = Invited somebody to work here
audit-action-change-staff = Closed or opened a staff account
audit-action-redeem-invite = Made an account with an invite
audit-action-search-audit = Searched the audit log
audit-action-view-staff = Opened the staff’s accounts
audit-action-view-jobs = Looked at background jobs
audit-action-run-job-again = Had a background job run again
audit-action-send-notice = Sent a notice by mail
audit-action-view-locations = Looked at the places in the settings
audit-action-change-locations = Added, changed or closed a place
audit-action-view-visit-types = Looked at the visit types in the settings
audit-action-change-visit-types = Added, changed or retired a visit type
audit-action-change-features = Switched a feature on or off
audit-action-view-availability = Looked at when people can be booked
audit-action-change-availability = Changed when somebody can be booked
audit-action-view-pools = Looked at who answers
audit-action-change-pools = Changed who answers
audit-action-change-clinic = Changed the clinic’s name, phone or color
audit-action-view-own-account = Opened the own account
audit-action-view-directory = Opened people and places
audit-action-view-own-sessions = Opened the own sessions
audit-action-view-acting-for = Opened for whom they act
audit-action-accept-caregiver = Showed a code to act for a patient
audit-action-leave-caregiver = Stopped acting for a patient
audit-action-end-own-sessions = Ended own sessions
audit-action-change-own-settings = Changed own settings
audit-action-view-own-factors = Looked at how they sign in
audit-action-change-factor = Changed how they sign in
audit-action-ask-password = Was asked for the password again
audit-action-say-password = Entered the password again, or used a passkey
audit-action-enroll-factor = Set up a second factor
audit-action-sign-in = Signed in
audit-action-sign-out = Signed out
audit-action-import-records = Imported records
audit-action-manage-accounts = Changed accounts or access
audit-action-make-backup = Saved everything in a backup
audit-kind-key-rotation = A key was replaced
audit-kind-purge = Old entries were emptied
audit-kind-import = Records came in
audit-kind-restore-epoch = A backup was restored
audit-kind-counted-refusals = Refusals that were counted, not listed
audit-kind-log-status = Logging started, stopped or changed
