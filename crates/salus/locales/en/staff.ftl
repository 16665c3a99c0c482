# The staff's pages about patients.
staff-patients-title = Patients
staff-search-title = Find a patient
staff-search-label = Name, birth date or record number
staff-search-hint = For example, Okafor, or Maya 3/14/1985
staff-search-go = Search
staff-problem-short = Enter 2 letters or more of a name, a birth date like 3/14/1985, or a record number
staff-problem-date = Enter the birth date like 3/14/1985, with all four digits of the year
staff-mine-title = Patients in your care
staff-mine-count = { $count ->
    [one] { $count } patient
   *[other] { $count } patients
}
staff-mine-more = There are more. Search to find the others.
staff-mine-none = When the front desk puts you on a patient’s care team, you will find them here.
staff-found = { $count ->
    [0] No patient found
    [one] { $count } patient found
   *[other] { $count } patients found
}
staff-found-caption = Patients found
staff-found-none = Check the spelling, or search by birth date or record number. You see only patients you may know of.
staff-found-more = There are more. Add a first name or a birth date to see fewer.
staff-col-name = Name
staff-col-born = Born
staff-col-mrn = Record number
staff-col-relation = Your relation
staff-relation-none = None: the chart stays closed
staff-relation-emergency = Not in your care: opens in an emergency alone
staff-erased = Erased record
staff-erased-nothing = Not kept
staff-erased-on = Erased here on { $date }
staff-in-your-care = In your care
