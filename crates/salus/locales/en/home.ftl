# Home pages.
home-title = Home
home-good-morning = Good morning, { $name }
home-good-afternoon = Good afternoon, { $name }
home-good-evening = Good evening, { $name }
home-summary-nothing = There is nothing in your record yet.
home-summary-quiet = Nothing new since you were last here.
home-summary-first = This is what the clinic has written down about your health.
home-summary-new = { $count ->
    [one] There is { $number } new entry in your record since you were last here.
   *[other] There are { $number } new entries in your record since you were last here.
}
home-next-visit = Your next visit
home-newest-result = Your newest result
home-newest-result-see = See this result
home-newest-visit = Your last visit
home-newest-visit-see = See this visit
home-news = What’s new
home-news-all = All results
home-news-none = New results and visits will show up here.
home-news-result = Result, { $when }
home-news-visit = Visit, { $when }
home-sections = Your health record
home-sections-all = See everything
home-sections-none = When the clinic adds to your record, you will find it here by kind.
home-entries = entries
home-quick = Quick links
home-quick-messages-theirs = { $count ->
    [0] Messages
    [one] Messages: one is new
   *[other] Messages: { $number } are new
}
home-quick-messages-own = { $count ->
    [0] My messages
    [one] My messages: one is new
   *[other] My messages: { $number } are new
}
home-waiting = Messages
home-waiting-note = { $count ->
    [0] Nobody waits for an answer
    [one] One patient waits for an answer
   *[other] { $number } patients wait for an answer
}
home-quick-book-own = Book a visit
home-quick-book-theirs = Book a visit
home-quick-results-own = See my results
home-quick-results-theirs = Results
home-quick-medicines-own = My medicines
home-quick-medicines-theirs = Medicines
home-quick-record-own = My health record
home-quick-record-theirs = Health record
home-quick-access-own = Who opened my record
home-quick-access-theirs = Who opened my record
home-looks = { $count ->
    [0] Nobody else opened your record in the last 30 days.
    [one] Your record was opened once in the last 30 days.
   *[other] Your record was opened { $count } times in the last 30 days.
}
home-unlinked-title = Your account is not linked to a record yet
home-unlinked-text = You can sign in, but { $clinic } has not linked your account to a health record. We do this with you, so that nobody else can open it.
home-unlinked-how = Here is what to do:
home-unlinked-call = Call us at
home-unlinked-desk = or come to the front desk.
home-unlinked-prove = We will ask who you are, and for your birth date.
home-unlinked-done = The next time you sign in, your record is here.
home-staff-accounts = Staff accounts
home-staff-accounts-note = { $count ->
    [one] { $count } person can sign in
   *[other] { $count } people can sign in
}
home-staff-asking = { $count ->
    [one] One colleague asked to be let back in
   *[other] { $count } colleagues asked to be let back in
}
home-clinic-look = The clinic
home-clinic-look-note = Name, places, hours and more
home-jobs = Background jobs
home-jobs-note = { $count ->
    [0] Mail and other work: all well
    [one] { $count } was given up and needs you
   *[other] { $count } were given up and need you
}
home-audit = Audit search

home-waiting-title = We are making sure that it is you
home-waiting-text = Your email address is confirmed. { $clinic } now finds out who you are, so that nobody else can open your record. You don’t need to do anything. It can be quicker if you come by with an ID, or call.
home-waiting-who = Who checks
home-waiting-desk = The front desk of { $clinic }
home-waiting-since = Since
home-waiting-long = How long it takes
home-waiting-days =
    { $count ->
        [one] Mostly within a working day
       *[other] Mostly within { $count } working days
    }
home-waiting-call = Whom to call
home-waiting-mail = You get an email when there is an answer.
home-refused-title = We could not link your account to a record
home-unbound-title = Your account no longer opens a record
home-refused-next = If you think that this is a mistake, or to go on, please call us:
home-today = Today’s visits
home-today-note = { $count ->
    [0] No visits today
    [one] One visit today
   *[other] { $number } visits today
}
home-registrations = Registrations
home-registrations-note =
    { $count ->
        [0] Nobody is waiting
        [one] One person is waiting
       *[other] { $count } people are waiting
    }
home-recoveries-note =
    { $count ->
        [0] Nobody is waiting
        [one] One person is waiting
       *[other] { $count } people are waiting
    }
home-caregivers-note =
    { $count ->
        [0] Nobody is waiting
        [one] One person is waiting
       *[other] { $count } people are waiting
    }
home-colleagues-note =
    { $count ->
        [one] One person needs a second yes
       *[other] { $count } people need a second yes
    }
home-roles-note =
    { $count ->
        [one] One needs a second yes
       *[other] { $count } need a second yes
    }
home-chart-new = Make a new chart
home-chart-new-note = For somebody who has none
home-reviews-note = { $count ->
    [0] Nothing waits for you.
    [one] One look, or one week, waits for you.
   *[other] { $count } looks and weeks wait for you.
}
home-emergencies = Opened with a reason
home-emergencies-note = { $count ->
    [0] No record that was opened with a reason waits for you.
    [one] One record that was opened with a reason waits for you.
   *[other] { $count } records that were opened with a reason wait for you.
}
home-caregiver-nothing = There is nothing new here.
home-unlinked-help = Do you help someone else?
home-unlinked-help-text = A child, or someone who gave you a code or papers? See whom you act for, ask the clinic, or read our answer.
