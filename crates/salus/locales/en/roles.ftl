# Roles of the clinic's own.

roles-own-title = Your clinic’s own roles
roles-own-lead = When no role fits, make one: leave out some of what a role does, or add some of what others do. A second person has to say yes.
roles-own-none = There are none.
roles-holders = { $count ->
    [0] Nobody has it.
    [one] 1 person has it.
   *[other] { $count } people have it.
}
roles-state-counts = In use
roles-state-changes = A change waits
roles-state-waits = Waits for a second person
roles-new-title = Make a role
roles-edit-title = Change a role
roles-base = What is it closest to?
roles-base-hint = The new role starts from there. You can leave things out, and add some.
roles-base-other = Start from another role
roles-go-on = Go on
roles-stands-on = It starts from: { $base }.
roles-name = What do you call it?
roles-name-hint = For example: Medical assistant. Colleagues see this name
roles-keeps = What { $base } does: untick what this role does not do
roles-more = What it also does
roles-more-hint = Here it works for every patient, as it does for who usually does this. In the access log it stands as their work.
roles-always = Who treats patients can open a record in an emergency in any case. Everybody can be the second of two. Only administrators with the full role decide who works here, and as what.
roles-second-person = Nothing changes until somebody else who works here says yes. They find it on their home page.
roles-propose = Send for a second yes
roles-waits-lead = This waits for a second person. The form shows it; what you send now takes its place.
roles-proposed = { $by } said this on { $when }.
roles-withdraw-title = Take it back
roles-withdraw-lead = Then nothing changes.
roles-withdraw = Take it back
roles-end-title = Remove this role
roles-end-lead = Nobody has it.
roles-end = Remove
roles-proposed-title = Roles that wait for a second yes
roles-proposed-lead = An administrator wants to change what people may do here. Check that this is right: ask them, in person or on a number that you know.
roles-proposed-waits = Your email address was changed a short time ago. You can say yes from { $when }. Somebody else can do it now.
roles-proposed-none = Nothing waits.
roles-proposed-own = You said this yourself. Somebody else has to say yes.
roles-proposed-has = You have this role. Somebody else has to say yes.
roles-is-new = A new role. It starts from: { $base }.
roles-is-changed = A change. It starts from: { $base }.
roles-called-before = Called until now:
roles-gained = It also does
roles-lost = It does not do
roles-for-all = { $what }, for every patient
roles-confirm = Yes, this is right
roles-refuse = No
roles-problem-base = Choose what the role is closest to
roles-problem-name = Enter a name of up to { $most } characters
roles-problem-name-taken = There is a role with this name. Choose another one
roles-problem-nothing = Tick at least one thing
roles-problem-same = That is just what { $base } does. Leave something out, or add something

roles-duty-patients = Find patients, and how to reach them
roles-duty-day = The day’s visits, and who arrived
roles-duty-visits = Book, move and cancel visits
roles-duty-record = The health record, without documents
roles-duty-documents = Notes and other documents
roles-duty-messages = Messages with patients
roles-duty-coverage = Insurance
roles-duty-care-team = Care teams
roles-duty-invites = Sign-in slips for patients
roles-duty-registrations = People who registered or lost their way in, and new charts
roles-duty-caregivers = Caregivers
roles-duty-clinic = The clinic’s look, and ages
roles-duty-features = What is switched on
roles-duty-locations = Places
roles-duty-visit-types = Kinds of visits
roles-duty-availability = When people can be booked
roles-duty-pools = Who answers messages
roles-duty-jobs = Background jobs
roles-duty-colleagues = See who works here
roles-duty-people = Who works here, and as what
roles-duty-audit = The access log of everybody
roles-duty-reviews = Judging who looked at what
