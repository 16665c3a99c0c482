# Messages between a patient and the care team.
messages-title = Messages
messages-thread-title = Message
messages-lead = Write to the people who treat you, and read their answers here.
messages-answer-days = { $count ->
    [one] We usually answer within 1 working day.
   *[other] We usually answer within { $count } working days.
}
messages-emergency-title = Not for emergencies.
messages-emergency-text = If you think your life or health is in danger,
messages-emergency-911 = call 911
messages-emergency-call = If it can’t wait, call us:
messages-emergency-short = In an emergency, call 911.
messages-nobody-reads = Nobody is on your care team yet, so nobody would read a message. Call us:
messages-draft-stays = What you wrote is still here.
messages-new-button = Write a new message
messages-draft-go-on = Go on with your draft
messages-list-title = Conversations
messages-none = You have no messages yet. When you write to us, or we write to you, you find it here.
messages-none-staff = There are no messages yet.
messages-unread = { $count ->
    [one] 1 new
   *[other] { $count } new
}
messages-last-you = You wrote last, { $when }
messages-last-your-side = Your side wrote last, { $when }
messages-last-team = Your care team wrote last, { $when }
messages-last-patient = The patient wrote last, { $when }
messages-last-staff = The care team wrote last, { $when }
messages-tag-draft = Draft
messages-tag-waiting = Waiting for an answer
messages-tag-closed = Closed
messages-tag-waits = Waiting
messages-tag-late = Waiting long
messages-tag-answered = Answered
messages-back = All messages
messages-back-inbox = Inbox

# Writing
messages-new-title = New message
messages-goes-to = Your message goes to your care team:
messages-goes-to-note = Each of them can read it and answer. It becomes part of your record.
messages-topic = What is it about?
messages-topic-choose = Choose a topic
messages-topic-health = A question about health
messages-topic-medicines = Medicines
messages-topic-results = Test results
messages-topic-visits = Appointments
messages-topic-papers = Forms and letters
messages-topic-other = Something else
messages-subject = Subject
messages-subject-hint = A few words, up to 120 characters
messages-body = Your message
messages-body-hint = Up to 10,000 characters
messages-send = Send message
messages-reply = Reply
messages-answer = Answer
messages-draft-save = Save draft
messages-draft-discard = Delete draft
messages-draft-saved = Draft saved { $when }
messages-draft-autosaved = Draft saved
messages-problem-topic = Choose what your message is about
messages-problem-subject = Enter a subject
messages-problem-subject-long = Make the subject shorter: it has { $count } characters, and 120 fit
messages-problem-body = Write your message
messages-problem-body-long = Make your message shorter: it has { $count } characters, and 10,000 fit
messages-sent-before = You sent this message already, with other words. If you want to send this too, press “Send message” again.

# A conversation
messages-with = With
messages-log = Messages in this conversation
messages-you = You
messages-role-patient = Patient
messages-other-caregiver = Someone else who helps
messages-role-caregiver = acting for the patient
messages-fresh = New
messages-read-by-team = Read by your care team { $when }
messages-unread-by-team = Not read yet
messages-read-by-patient = Read by the patient or a caregiver { $when }
messages-unread-by-patient = Not read by the patient yet
messages-earlier = Earlier messages
messages-closed = This conversation is closed
messages-closed-text = You can still read it. To write again, start a new one.
messages-closed-new = Start a new message
messages-closed-draft = You can still read it. You had begun to write an answer: start a new message with it.
messages-closed-move = Start a new message with this
messages-taken-by = { $name } is answering. Take it over if you want to answer instead.
messages-claim-nobody = Nobody has taken this one yet.
messages-claim-mine = You have taken this one: { $when }.
messages-claim-other = { $name } has taken this one: { $when }.
messages-claim-take = Take it
messages-claim-take-over = Take it over
messages-claim-give-back = Give it back
messages-claimed-nobody = Nobody yet
messages-claimed-you = You
messages-close = Close this conversation
messages-open-again = Open this conversation again

# The inbox
messages-inbox-title = Inbox
messages-inbox-lead = { $count ->
    [0] No message from a patient in your care waits for an answer.
    [one] 1 conversation with a patient in your care waits for an answer.
   *[other] { $count } conversations with patients in your care wait for an answer.
}
messages-filter-label = Which conversations
messages-filter-all = All
messages-filter-unclaimed = Not taken
messages-filter-mine = Mine
messages-filter-answered = Answered
messages-inbox-none-all = There are no messages of patients in your care. Write to a patient from their record.
messages-inbox-none-unclaimed = Nothing waits that nobody has taken.
messages-inbox-none-mine = You have taken nothing. Take something from the list “Not taken”.
messages-inbox-none-answered = Nothing has been answered yet.
messages-col-patient = Patient
messages-col-about = About
messages-col-since = Since
messages-col-who = Who answers
