# The privacy officer's pages.
audit-title = Audit search
audit-chain = The audit log
audit-chain-sound = As signed
audit-chain-broken = Not as signed
audit-chain-fits = Every chain still ends as it was last signed, or goes on from there.
audit-chain-torn = Chain { $chain } no longer ends as it was signed. Run “salus audit verify” on the server: it names the first entry that is wrong.
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
audit-program = Program: { $name }
audit-nobody-signed-in = Nobody signed in
audit-signing-in = signing in
audit-relation-care-team = care team
audit-relation-caregiver = caregiver
audit-relation-self = the patient

# Why
audit-purpose-patient-request = Own request
audit-purpose-treatment = Treatment
audit-purpose-operations = Running the clinic
audit-purpose-audit-review = Audit review
audit-purpose-security = Security

# How it ended
audit-outcome-allowed = Allowed
audit-outcome-begun = Begun
audit-outcome-done = Done
audit-outcome-failed = Did not happen
audit-outcome-refused = Refused: { $reason }
audit-outcome-emptied = Emptied after six years
audit-reason-not-signed-in = not signed in
audit-reason-session-ended = the session had ended
audit-reason-second-factor-missing = no second factor yet
audit-reason-not-allowed = not allowed to
audit-reason-no-relation = nothing to do with this patient
audit-reason-no-such-patient = no such patient
audit-reason-wrong-password = wrong password
audit-reason-account-not-active = the account is closed
audit-reason-too-many-tries = too many tries
audit-reason-wrong-code = wrong code
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
audit-action-search-audit = Searched the audit log
audit-action-view-staff = Opened the staff’s accounts
audit-action-change-clinic = Changed the clinic’s name, phone or color
audit-action-view-own-account = Opened the own account
audit-action-view-directory = Opened people and places
audit-action-view-own-sessions = Opened the own sessions
audit-action-end-own-sessions = Ended own sessions
audit-action-change-own-settings = Changed own settings
audit-action-enroll-factor = Set up a second factor
audit-action-sign-in = Signed in
audit-action-sign-out = Signed out
audit-action-import-records = Imported records
audit-action-manage-accounts = Changed accounts or access
audit-kind-key-rotation = A key was replaced
audit-kind-purge = Old entries were emptied
audit-kind-import = Records came in
audit-kind-restore-epoch = A backup was restored
audit-kind-counted-refusals = Refusals that were counted, not listed
audit-kind-log-status = Logging started, stopped or changed
