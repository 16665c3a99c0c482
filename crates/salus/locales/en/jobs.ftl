# The administrator's page about what works in the background.
jobs-title = Background jobs
jobs-lead = What the portal does after someone has done something, such as sending mail. Nothing here tells about whom it is.
jobs-now = Now
jobs-fine = All well
jobs-need-you = Needs you
jobs-waiting = Waiting
jobs-running = Under way
jobs-done = Done in the last 30 days
jobs-given-up = Given up
jobs-none = Nothing was given up.
jobs-happened = For what happened on { $when }.
jobs-tried = { $count ->
    [one] Tried once.
   *[other] Tried { $count } times.
}
jobs-since = Given up on { $when }.
jobs-again = Run again

# What they do
jobs-kind-registrations-verify-address = Mail with a link to confirm an address
jobs-kind-registrations-forget = Emptying a registration nobody went on with
jobs-kind-accounts-reset-password = Mail with a link to choose another password, or to ask to be let back in
jobs-kind-accounts-confirm-address = Mail with a link to sign in with a new address
jobs-kind-recovery-let-back-in = Mail with a link to get back in
jobs-kind-notices-tell-owner = Mail about a change to someone’s sign-in

# Why one did not work. Who runs the server has more in its log.
jobs-why-mail-unreachable = The mail server did not answer.
jobs-why-mail-slow = The mail server took too long.
jobs-why-mail-insecure = The connection to the mail server was not private. Its certificate, or the settings, need a look.
jobs-why-mail-sign-in = The mail server did not take our name and password.
jobs-why-mail-busy = The mail server asked us to wait.
jobs-why-mail-mailbox = The mail server did not take this mail. The address may be wrong, or closed.
jobs-why-mail-address = The account’s mail address is not one that mail can be sent to.
jobs-why-mail-disk = Mail could not be written to the server’s disk.
jobs-why-mail-agreement = The agreement with the company that carries our mail has ended. Renew it in the settings first.
jobs-why-gone = What this was about is gone.
jobs-why-ledger-silent = The audit log took no entries, so nothing was done.
jobs-why-unreadable = An older version of the portal left this, and this one can’t read it.
jobs-why-unknown-kind = Another version of the portal left this, and this one does not know what to do with it.
jobs-why-too-long = It took too long.
jobs-why-cut-short = The portal stopped in the middle of it, again and again.
jobs-why-restored = The portal was restored from a backup before it was done. It may have been done after the backup was made.
jobs-why-broken = Something in the portal did not work. The server’s log says more.
