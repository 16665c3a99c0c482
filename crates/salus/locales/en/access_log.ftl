# Who opened my record.
access-log-title = Who opened my record
access-log-lead = Every look at your record is written down before it happens, with a name.
access-log-none = Nobody has opened your record yet. When someone does, you will see who, when and why.
access-log-purpose = Reason: { $purpose }
access-log-refused = Refused
access-log-about = About this list
access-log-question = Do you see a look that you don’t understand?
access-log-call = Call us and ask. We will find out who it was and why.
access-log-how = How it works
access-log-how-text = Each look is written down before it happens, and signed, so that it shows if somebody changed the list. It goes back at least six years, or to your first day with us.
access-log-newest = Newest
access-log-older = Older
access-log-times = { $count ->
    [one] Once, at { $time }
   *[other] { $count } times, the last at { $time }
}
access-log-lately = { $count ->
    [0] Nobody at the clinic opened your record in the last { $days } days.
    [one] Your record was opened once in the last { $days } days by people at the clinic.
   *[other] Your record was opened { $count } times in the last { $days } days by people at the clinic.
}
access-log-lately-many = Your record was opened { $count } times or more in the last { $days } days by people at the clinic.

# Who
access-log-you = You
access-log-you-elsewhere = Another account linked to you
access-log-former = Someone who worked here
access-log-stranger = Someone who does not work here
access-log-nobody = Someone who was not signed in
access-log-program = A program of the clinic
access-log-program-import = Import
access-log-program-accounts = Accounts
access-log-role-care-team = Doctor or nurse, in your care team
access-log-role-not-care-team = Doctor or nurse, not in your care team

# Why
access-log-purpose-own = Your own look
access-log-purpose-patient-request = Asked for by you
access-log-purpose-treatment = Treatment
access-log-purpose-payment = Billing and insurance
access-log-purpose-operations = Running the clinic
access-log-purpose-audit-review = Checking who looked
access-log-purpose-security = Security

# What
access-log-action-view-record = Opened your record
access-log-action-view-profile = Opened your details
access-log-action-view-problems = Opened your health problems
access-log-action-view-allergies = Opened your allergies
access-log-action-view-medicines = Opened your medicines
access-log-action-view-immunizations = Opened your vaccines
access-log-action-view-results = Opened your results
access-log-action-view-procedures = Opened your procedures
access-log-action-view-encounters = Opened your visits and their notes
access-log-action-view-documents = Opened your documents
access-log-action-view-care-plans = Opened your care team, goals and plans
access-log-action-view-devices = Opened your devices and images
access-log-action-view-coverage = Opened your insurance
access-log-action-view-provenance = Opened where your record came from
access-log-action-view-access-log = Opened this list
access-log-action-find-patients = Saw your name in a list of patients
access-log-action-view-invites = Opened the sign-in slips for your record
access-log-action-invite-patient = Made or took back a sign-in slip for your record
access-log-action-compare-account = Compared your record with somebody who registered
access-log-action-link-account = Linked an account to your record, or unlinked it
access-log-action-view-care-team = Looked at your care team
access-log-action-change-care-team = Put somebody on your care team, or took somebody off
access-log-action-view-registrations = Looked whether somebody who registered is you
access-log-action-decide-registration = Answered somebody who registered
access-log-action-make-chart = Made your record
access-log-action-register = Asked for an account
access-log-action-ask-for-reset = Asked for a link to choose another password
access-log-action-send-link = Mailed a link
access-log-action-forget-registration = Emptied a registration
access-log-action-invite-staff = Invited somebody to work here
access-log-action-change-staff = Closed or opened a staff account
access-log-action-redeem-invite = Used a sign-in slip for your record
access-log-action-search-audit = Searched the audit log
access-log-action-view-staff = Opened the list of staff
access-log-action-view-clinic = Looked at the clinic’s name, phone and color
access-log-action-ask-factor = Was asked for the second sign-in step
access-log-action-view-jobs = Looked at background jobs
access-log-action-run-job-again = Had a background job run again
access-log-action-send-notice = Sent a notice by mail
access-log-action-view-locations = Looked at the clinic’s places
access-log-action-change-locations = Changed the clinic’s places
access-log-action-view-visit-types = Looked at the clinic’s visit types
access-log-action-change-visit-types = Changed the clinic’s visit types
access-log-action-change-features = Switched a feature on or off
access-log-action-view-availability = Looked at when people can be booked
access-log-action-change-availability = Changed when somebody can be booked
access-log-action-view-pools = Looked at who answers
access-log-action-change-pools = Changed who answers
access-log-action-change-clinic = Changed the clinic’s name, phone or color
access-log-action-view-own-account = Opened their own account
access-log-action-view-directory = Opened people and places
access-log-action-view-own-sessions = Opened where they are signed in
access-log-action-end-own-sessions = Signed out elsewhere
access-log-action-change-own-settings = Changed their own settings
access-log-action-enroll-factor = Set up sign-in
access-log-action-sign-in = Signed in
access-log-action-sign-out = Signed out
access-log-action-import-records = Added to your record
access-log-action-manage-accounts = Changed who may open your record
access-log-action-other = Used your record
access-log-tried-view-clinic = Tried to look at the clinic’s details
access-log-tried-ask-factor = Tried to get to the second sign-in step
access-log-tried-view-record = Tried to open your record
access-log-tried-view-profile = Tried to open your details
access-log-tried-view-problems = Tried to open your health problems
access-log-tried-view-allergies = Tried to open your allergies
access-log-tried-view-medicines = Tried to open your medicines
access-log-tried-view-immunizations = Tried to open your vaccines
access-log-tried-view-results = Tried to open your results
access-log-tried-view-procedures = Tried to open your procedures
access-log-tried-view-encounters = Tried to open your visits and their notes
access-log-tried-view-documents = Tried to open your documents
access-log-tried-view-care-plans = Tried to open your care team, goals and plans
access-log-tried-view-devices = Tried to open your devices and images
access-log-tried-view-coverage = Tried to open your insurance
access-log-tried-view-provenance = Tried to open where your record came from
access-log-tried-view-access-log = Tried to open who opened your record
access-log-tried-view-invites = Tried to open the sign-in slips for your record
access-log-tried-invite-patient = Tried to make a sign-in slip for your record
access-log-tried-redeem-invite = Tried to use a sign-in slip for your record
access-log-tried-compare-account = Tried to compare your record with somebody who registered
access-log-tried-link-account = Tried to link an account to your record
access-log-tried-view-care-team = Tried to look at your care team
access-log-tried-change-care-team = Tried to change your care team
access-log-tried-view-registrations = Tried to look whether somebody who registered is you
access-log-tried-decide-registration = Tried to answer somebody who registered
access-log-tried-make-chart = Tried to make a record
access-log-tried-register = Tried to ask for an account
access-log-tried-ask-for-reset = Tried to ask for a link to choose another password
access-log-tried-send-link = Tried to mail a link
access-log-tried-forget-registration = Tried to empty a registration
access-log-tried-invite-staff = Tried to invite somebody to work here
access-log-tried-change-staff = Tried to close or open a staff account
access-log-tried-other = Tried to use your record
