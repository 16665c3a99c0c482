# Pools: the administrator's pages.
pools-title = Pools
pools-lead = Who answers. Patients choose a topic and never see these names.
pools-none = There are no pools yet. Add the first one.
pools-add = Add a pool
pools-closed = Closed
pools-members-count = { $count ->
    [0] Nobody is in it
    [one] { $count } person
   *[other] { $count } people
}
pools-new-title = New pool
pools-edit-title = Change a pool
pools-name = Name
pools-name-hint = As colleagues say it, for example Nurses
pools-purpose = What it is for
pools-purpose-hint = For colleagues, for example questions about medicines
pools-members = Who is in it
pools-save = Save
pools-closed-lead = This pool is closed. Nothing new goes to it.
pools-close-title = Close this pool
pools-close-lead = Nothing new goes to it. You can open it again.
pools-close = Close this pool
pools-open-title = Open this pool again
pools-open-lead = It can be chosen again, with the people above.
pools-open = Open this pool again
pools-problem-name = Enter a name of up to { $most } letters
pools-problem-purpose = Enter what it is for in no more than { $most } letters
