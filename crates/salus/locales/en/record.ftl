# The health record. Sections are named by their part of the address: record-section-NAME, -short-, -lead-, -none-.
record-title = Your health record
record-title-staff = Chart
record-item-title = Record entry
record-report-title = Result
record-history-title = Earlier results
record-visit-title = Visit
record-lead = Everything the clinic has written down about your health, by kind.
record-lead-staff = Everything in this record, by kind. Opening a section is written down.
record-empty = There is nothing in this record yet. What the clinic writes down will show up here.
record-none = None
record-entries = entries
record-back = All sections
record-profile = Your name, address and phone
record-profile-staff = Name, address and phone
record-values = Values
record-col-test = Test
record-col-when = When
record-col-value = Value
record-col-range = Usual range
record-col-flag = In words
record-no-range = None given
record-no-flag = Not rated
record-in-range = In range
record-high = High
record-low = Low
record-very-high = Very high
record-very-low = Very low
record-out-of-range = Outside range
record-range-note = A value outside the usual range is not always a problem. Ask your care team what it means for you.
record-about-report = About this result
record-report-empty = There are no values in this report yet. They will show up here when the laboratory sends them.
record-visit-empty = There are no notes from this visit yet. They will show up here when they are written.
record-item-empty = Nothing more is written down about this entry.
record-history-lead = All your results of this test, the newest first.
record-history-lead-staff = All results of this test, the newest first.
record-none-staff = Nothing is on record here.
record-links-visit = From this visit
record-tests = { $count ->
    [one] { $count } test
   *[other] { $count } tests
}
record-single = Result: { $value }
record-outside = { $count ->
    [one] { $count } outside range
   *[other] { $count } outside range
}

record-private-title = Private entries
record-private-lead = Caregivers, the people who act for you, don’t see these entries in any list or count, unless it says so below. They may still see a booked visit or a message about it, and they may have seen it before. You and your care team see all of it.
record-private-lead-staff = Caregivers don’t see these entries in any list or count, unless it says so below. They may still see a booked visit or a message about it. The patient sees all of it.
record-private-none = No entry is private. Your caregivers see what you gave them. To keep something private, open it in your record and choose “Keep private”.
record-private-none-staff = No entry is private. Caregivers see what they were given. To keep something private, open it in the chart and choose “Keep private”.
record-private-who = Who can see this
record-private-open = You and your care team. Caregivers too, if they were given this part of your record.
record-private-open-staff = The patient and the care team. Caregivers too, if they were given this part of the record.
record-private-kept = You and your care team. It is private: no caregiver sees it.
record-private-kept-staff = The patient and the care team. It is private: no caregiver sees it. Don’t mention it to them.
record-private-sensitive = You and your care team. It is private, because this kind of care often is: only caregivers who were given “Sensitive entries” see it.
record-private-sensitive-staff = The patient and the care team. It is private, because this kind of care often is: only caregivers who were given “Sensitive entries” see it.
record-private-kept-by-other = You and your care team. It is private: no caregiver sees it. Your care team chose this. Only they can change it, so write to them or call if you want to.
record-private-kept-by-other-staff = The patient and the care team. It is private: no caregiver sees it. The patient chose this. Only they can change it. Don’t mention it to caregivers.
record-private-with-another = You and your care team. It is private, because it belongs to another entry that is private.
record-private-with-another-staff = The patient and the care team. It is private, because it belongs to another entry that is private.
record-private-keep = Keep private
record-private-keep-hint = “Keep private” hides it from every caregiver, with what belongs to it, such as its results and notes. We don’t tell them. It can be undone.
record-private-show = Let caregivers see it
record-private-show-hint = “Let caregivers see it” also shows them what belongs to it. What they have seen can’t be unseen.
record-private-by-rule = Marked automatically, because this kind of care is often private. Only caregivers who were given “Sensitive entries” see it.
record-private-by-you = You keep it private
record-private-by-patient = The patient keeps it private
record-private-by-team = Your care team keeps it private
record-private-by-care-team = The care team keeps it private
record-private-since = since { $day }
record-private-others = { $count ->
    [one] { $number } other entry that belongs to it is private too.
   *[other] { $number } other entries that belong to it are private too.
}

record-section-problems = Problems
record-short-problems = Illnesses and other things to watch
record-lead-problems = Illnesses and other things that you and your care team keep an eye on.
record-none-problems = Nothing is on record. When your care team writes down a problem, you will find it here.

record-section-allergies = Allergies
record-short-allergies = What your body reacts to
record-lead-allergies = Medicines, foods and other things that your body reacts to.
record-none-allergies = No allergies are on record. If you have one, tell us before your next visit.

record-section-medicines = Medicines
record-short-medicines = What you take and took
record-lead-medicines = Medicines that were ordered for you, the present ones first.
record-none-medicines = No medicines are on record. What your doctor orders will show up here.

record-section-medicine-administrations = Medicines given
record-short-medicine-administrations = Given to you at a visit
record-lead-medicine-administrations = Medicines that someone gave you at a visit or in a hospital.
record-none-medicine-administrations = Nothing is on record. Medicines given at a visit will show up here.

record-section-immunizations = Vaccines
record-short-immunizations = Shots and when you had them
record-lead-immunizations = Vaccines you had, the newest first.
record-none-immunizations = No vaccines are on record. Bring your vaccine card to your next visit, and we will add them.

record-section-results = Results
record-short-results = Laboratory tests and reports
record-lead-results = Laboratory tests and reports, the newest first.
record-none-results = No results are on record. New ones show up here as soon as they are ready.

record-section-observations = Measurements
record-short-observations = Blood pressure, weight and more
record-lead-observations = Single measurements like blood pressure and weight, the newest first.
record-none-observations = No measurements are on record. What we measure at a visit will show up here.

record-section-procedures = Procedures
record-short-procedures = Surgery, treatments, check-ups
record-lead-procedures = Surgery, treatments and other things that were done, the newest first.
record-none-procedures = No procedures are on record. They will show up here after they are done.

record-section-encounters = Visits
record-short-encounters = When you saw someone, with notes
record-lead-encounters = Visits that took place, the newest first. Open one to read its notes.
record-none-encounters = No visits are on record. After a visit you will find its notes here.

record-section-documents = Notes and documents
record-short-documents = What was written about visits
record-lead-documents = Notes and letters that your care team wrote, the newest first.
record-none-documents = No documents are on record. Notes from your visits will show up here.

record-section-care-team = Care team
record-short-care-team = Who takes care of you
record-lead-care-team = The people who take care of you, and how to reach them.
record-none-care-team = No care team is on record. Call us if you want to know who to ask.

record-section-goals = Goals
record-short-goals = What you work toward
record-lead-goals = What you and your care team work toward.
record-none-goals = No goals are on record. Talk about them at your next visit.

record-section-care-plans = Care plans
record-short-care-plans = What happens next, step by step
record-lead-care-plans = What you and your care team planned to do.
record-none-care-plans = No care plans are on record. When one is made, you will find it here.

record-section-devices = Devices
record-short-devices = Implants and equipment
record-lead-devices = Implants and equipment that you use.
record-none-devices = No devices are on record. Tell us if you have one.

record-section-imaging = Imaging
record-short-imaging = X-rays and scans
record-lead-imaging = X-rays, scans and other pictures, the newest first.
record-none-imaging = No imaging is on record. X-rays and scans will show up here.

record-section-coverage = Insurance
record-short-coverage = Your plans on file
record-lead-coverage = The insurance plans we have on file for you.
record-none-coverage = No insurance is on file. Bring your card to your next visit.

record-section-provenance = Where this came from
record-short-provenance = Who sent us these entries
record-lead-provenance = Which places sent us the entries in your record, and when.
record-none-provenance = Nothing is on record. When another place sends us entries, you will see it here.

# When things happened.
record-since = Since { $when }
record-until = Until { $when }
record-from-to = { $start } to { $end }
record-no-date = Date not known

# Links between entries.
record-see = See: { $what }
record-see-visit = See this visit
record-links-why = Why
record-links-found = What was found
record-links-also = Belongs to this
record-links-parts = Parts of this result
record-history-see = See all results of this test

# What is known of an entry: labels.
record-fact-about = About
record-fact-about-entries = Entries
record-fact-after = What to do after
record-fact-against = Against
record-fact-also = Also
record-fact-amount = Amount
record-fact-began = Began
record-fact-body = Where on the body
record-fact-by = By
record-fact-certainty = How sure
record-fact-complications = Problems
record-fact-conclusion = Conclusion
record-fact-done-by = Done by
record-fact-dose = Dose
record-fact-expires = Expires
record-fact-file = File
record-fact-for = For
record-fact-given-by = Given by
record-fact-group = Group
record-fact-holder = Held by
record-fact-holder-is = The patient is
record-fact-how-to-take = How to take it
record-fact-images = Images
record-fact-issued = Report sent
record-fact-kept-by = Kept by
record-fact-kind = Kind
record-fact-last-time = Last time
record-fact-lasts = Lasts for
record-fact-lot = Lot number
record-fact-made = Made
record-fact-made-by = Made by
record-fact-member-number = Member number
record-fact-method = How it was measured
record-fact-model = Model
record-fact-official-name = Laboratory’s name
record-fact-ordered-by = Ordered by
record-fact-outcome = How it went
record-fact-payor = Paid by
record-fact-people = People
record-fact-plan = Plan
record-fact-plan-number = Plan number
record-fact-quantity = Amount each time
record-fact-reaction = Reaction
record-fact-recorded = Written down
record-fact-refill-until = Refill until
record-fact-refills = Refills
record-fact-remarks = Remarks
record-fact-report-by = Report by
record-fact-risk = Risk
record-fact-serial = Serial number
record-fact-series = Pictures
record-fact-severity = How bad
record-fact-sort = Allergy or intolerance
record-fact-state = State
record-fact-target = Target
record-fact-to-do = What to do
record-fact-told = Where this is from
record-fact-udi = Device number
record-fact-where = Where
record-fact-why = Why
record-fact-why-not = Why not
record-fact-with = With
record-fact-written = Written
record-fact-written-by = Written by
record-do-not-take = Do not take this medicine
record-told-by-patient = Somebody told us about this. Whoever gave it did not write it down here
record-report-text = Report
record-note-text = Note
record-value-missing = Not in this record
record-allergy-severe = { $substance } (severe)
record-entries-count = { $count ->
    [one] { $count } entry
   *[other] { $count } entries
}

# Care teams.
record-team-you = You
record-team-patient = The patient
record-team-nobody = Name not known
