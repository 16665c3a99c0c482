# Signing in and one's own account.
accounts-email = Email address
accounts-password = Password
accounts-step = Step { $step } of { $steps }

accounts-sign-in-title = Sign in
accounts-sign-in-go = Sign in
accounts-sign-in-help = Can’t sign in? We can help you on the phone:
accounts-sign-in-new = New here?
accounts-sign-in-slip = Got a slip of paper from us?
accounts-sign-in-again = Sign in again

accounts-problem-email = Enter an email address, like name@example.com
accounts-problem-email-same = You sign in with this address already. Enter another one
accounts-problem-password-missing = Enter your password
accounts-problem-no-match = That email address and password don’t match. Check both and try again
accounts-problem-throttled = There were many tries. To keep everybody’s accounts safe, please try again at { $time }.
accounts-problem-code = That code didn’t match. Enter the 6 digits your app shows now
accounts-problem-code-either = That code didn’t match. Enter the 6 digits your app shows now, or a recovery code that you haven’t used
accounts-problem-code-none = Enter a code
accounts-problem-code-missing = Enter the 6 digits your app shows
accounts-problem-code-used = That code was already used. Wait for the next one in your app
accounts-problem-recovery = That recovery code didn’t match, or it was already used. Try another one from your list
accounts-problem-recovery-missing = Enter one of your recovery codes
accounts-problem-password-short = Use 12 characters or more. A few words in a row work well
accounts-problem-password-weak = This password is easy to guess. Add a word or two that only you would think of
accounts-problem-password-breached = This password was found among stolen ones from other websites, so others know it. Choose another one
accounts-problem-password-not-looked = We can’t check new passwords right now. Try again in a few minutes
accounts-problem-password-common = This password is on lists that attackers try first. Choose another one
accounts-problem-password-again = The two passwords are different. Type the same one twice

accounts-code-title = Enter your sign-in code
accounts-code-lead = Open the authenticator app on your phone or computer. It shows a code for this account.
accounts-code-label = 6-digit code
accounts-code-hint = A new code appears every 30 seconds
accounts-code-go = Continue
accounts-code-recovery = I don’t have my app: use a recovery code
accounts-code-either = Use your passkey on this device, or the code your authenticator app shows.
accounts-code-title-either = One more step
accounts-code-recovery-either = I have neither: use a recovery code
accounts-code-title-passkey = Use your passkey
accounts-code-passkey = Your account is protected by a passkey. Your phone, computer or key will ask for your finger, face or PIN.
accounts-code-passkey-none = This browser can’t use passkeys now. Sign in where you keep your passkey, or use a recovery code.
accounts-code-recovery-only = I can’t use my passkey: use a recovery code
accounts-code-help = None of these? Call us:

accounts-recovery-title = Use a recovery code
accounts-recovery-lead = These are the codes you printed or wrote down. Each one works once.
accounts-recovery-label = Recovery code
accounts-recovery-hint = For example, q7kd-m2xa-p4vn-c6re
accounts-recovery-app = Go back to the other ways
accounts-recovery-help = Can’t find your codes? Call us:

accounts-enroll-title = Set up your sign-in app
accounts-enroll-first = Set up your second step
accounts-enroll-lead = A second step keeps your record safe even if someone learns your password.
accounts-enroll-get = Get an authenticator app on your phone or computer. Any app works, and most are free.
accounts-enroll-scan = In the app, add an account and scan this picture.
accounts-enroll-qr = QR code for your authenticator app. The same secret follows as text.
accounts-enroll-type = Can’t scan? Type this secret into the app:
accounts-enroll-account = The app will show it as
accounts-enroll-code = Enter the 6-digit code the app shows
accounts-enroll-go = Confirm

accounts-enroll-passkey = With this device
accounts-enroll-passkey-lead = A passkey is the quickest way to sign in: your finger, your face or a PIN. No codes and no password. Make one only on a device that is yours.
accounts-enroll-app = Or with an app

accounts-enroll-keep = Keep the app I have
accounts-enroll-keep-none = Not now
accounts-enroll-more = The app is one more way to sign in, beside your passkey.
accounts-enroll-other = This app takes the place of the one you use now. Until you confirm, the old one still works.

accounts-still-you-title = Is it still you?
accounts-still-you-lead = This step matters, and a while has passed since you signed in. Enter your password to go on.
accounts-still-you-kept = A while has passed since you signed in. Enter your password before this is sent. What you typed is safe and comes next.
accounts-still-you-both = This changes how you sign in, so we ask for your second step too.
accounts-still-you-code = Code from your app
accounts-still-you-code-hint = 6 digits. No phone at hand? Enter one of your recovery codes.
accounts-still-you-no-code = No code at hand, or all used up? Call us:
accounts-still-you-go = Go on

accounts-factors-title = How you sign in
accounts-factors-lead = We send you an email each time something on this page changes.
accounts-factors-passkeys = Passkeys
accounts-factors-passkeys-text = A passkey signs you in with your finger, your face or a PIN. Keep two in different places, or a passkey and the app. Then a lost phone is no trouble.
accounts-factors-passkey-made = Made on { $when }
accounts-factors-passkey-used = Last used on { $when }
accounts-factors-passkey-remove = Remove
accounts-factors-provider-text = Sign in here with your { $provider } account. Your password keeps working. When you connect it, every other device is signed out.
accounts-go-on-title = Go on to { $provider }
accounts-go-on-text = You sign in there, and come back here. We learn who you are, and nothing else.
accounts-go-on-go = Sign in at { $provider }
accounts-go-on-back = Go back
accounts-factors-provider-note = When you stop, every other device is signed out.
accounts-factors-provider-go = Connect { $provider }
accounts-factors-provider-since = Connected since { $when }.
accounts-factors-provider-end = Stop signing in with { $provider }
accounts-sign-in-there = Do you work here?
accounts-sign-in-with = Sign in with { $provider }
accounts-still-you-with = Sign in again at { $provider }
accounts-factors-app = Authenticator app
accounts-factors-app-since = Set up on { $when }.
accounts-factors-app-text = New phone? Set up the app on it. The app on the old phone stops working then, and every other device is signed out.
accounts-factors-app-go = Set up on another phone
accounts-factors-app-none = You have no app. It is a good second way in, also where passkeys don’t work.
accounts-factors-app-first = Set up an app
accounts-factors-codes-text = A recovery code signs you in without your app or passkey. New codes replace the ones you have, and every other device is signed out.
accounts-factors-codes-go = Make new codes
accounts-factors-password-go = Choose another password

accounts-sheet = Your code sheet
accounts-sheet-no-phone = Without a phone
accounts-sheet-offer = No smartphone? Print a sheet of codes, or copy them by hand. You use one each time you sign in.
accounts-sheet-make = Use a code sheet
accounts-sheet-time = Take your time: this page waits for 45 minutes.
accounts-sheet-until = The sheet you have works until you enter a code from this one below. Then throw the old one away.
accounts-sheet-keep = Keep the sheet I have
accounts-sheet-few = Make a new sheet soon
accounts-sheet-lost = I lost my sheet
accounts-sheet-lead = Print this page, or copy the codes onto paper. Keep the paper at home in a safe place, not next to your password.
accounts-sheet-use = Each time you sign in, enter one code after your password. Each code works once, so cross it off.
accounts-sheet-number = Enter code number { $number } from your paper
accounts-sheet-number-hint = This shows that your copy is right. Cross the code off afterwards.
accounts-sheet-go = My sheet is ready
accounts-sheet-ask = Enter a code from your sheet
accounts-sheet-code = Code from your sheet
accounts-sheet-hint = 10 digits, such as 482 190 3655. Take one that is not crossed off.
accounts-sheet-text = You sign in with your password and a code from your sheet. A new sheet takes its place once you show that you have it. Every other device is then signed out.
accounts-sheet-new = Make a new sheet
accounts-problem-sheet = That is not code number { $number } of the codes on this page. Signed in again since? Then the codes are new
accounts-problem-sheet-code = That code didn’t match, or it was already used. Take one from your sheet that is not crossed off
accounts-codes-title = Save your recovery codes
accounts-codes-lead = If you lose your phone, one of these codes lets you sign in. Each code works once. Print them or write them down, and keep them somewhere safe.
accounts-codes-made = { $clinic }, made on { $when }
accounts-codes-once = We can’t show these codes again.
accounts-codes-go = I saved them

accounts-password-title = Choose a password
accounts-password-lead = You will use it each time you sign in. You can paste it from a password manager.
accounts-password-old = Current password
accounts-password-new = New password
accounts-password-hint = 12 characters or more. No other rules: a few words in a row work well
accounts-password-again = New password again
accounts-password-go = Save password

accounts-signed-out-title = You are signed out
accounts-signed-out-text = If this is a shared computer, close the browser too.
accounts-signed-out-everywhere = You are signed out on every device. If this is a shared computer, close the browser too.

accounts-ended-title = We signed you out
accounts-ended-text = { $count ->
    [one] There was nothing to do for { $count } minute, so we signed you out to keep your record private.
   *[other] There was nothing to do for { $count } minutes, so we signed you out to keep your record private.
}
accounts-ended-kept = What you typed is safe. Sign in again and it will be there.

accounts-sessions-title = Where you are signed in
accounts-sessions-lead = These devices can open your account now. Don’t know one? Sign it out, choose a new password, and remove passkeys that are not yours.
accounts-sessions-used = Last used: { $when }
accounts-sessions-began = Signed in { $when }, from { $address }
accounts-sessions-this = This device
accounts-sessions-all-title = Sign out everywhere
accounts-sessions-all-text = This signs out every device in the list, this one too.
accounts-sessions-all = Sign out everywhere

accounts-settings-title = Settings
accounts-settings-you = Your account
accounts-settings-name = Name
accounts-settings-changed = Last changed on { $when }
accounts-settings-codes = Recovery codes
accounts-settings-codes-left = { $count ->
    [0] None left
    [one] { $count } left
   *[other] { $count } left
}
accounts-settings-leave = It is at the top of each page. It signs you out and shows a weather page, for when someone must not see that you were here.
accounts-settings-codes-few = Make new recovery codes soon
accounts-settings-sessions = Where you are signed in
accounts-settings-reading = How pages look
accounts-font = Typeface
accounts-font-hint = Atkinson Hyperlegible was made for people with low vision
accounts-font-standard = Source Sans
accounts-font-atkinson = Atkinson Hyperlegible
accounts-scheme = Colors
accounts-scheme-device = Same as my device
accounts-scheme-light = Light
accounts-scheme-dark = Dark
accounts-settings-save = Save
accounts-settings-who = Who sees what
accounts-settings-log = Who opened my record
accounts-settings-log-copy = Save a copy of who opened it
accounts-settings-caregivers = Who acts for me
accounts-settings-acting = People I act for

accounts-kept-title = We kept what you typed
accounts-kept-lead = This is not sent yet. Look it over, change it if you like, then send it.
accounts-kept-send = Send it now
accounts-kept-leave = Go to the start page instead

accounts-problem-code-wait = { $minutes ->
    [one] There were too many wrong codes. Wait { $minutes } minute, then try the next code
   *[other] There were too many wrong codes. Wait { $minutes } minutes, then try the next code
}
accounts-problem-password-old = This is not your current password
accounts-problem-password-long = Use 128 characters or fewer
accounts-wait-seconds = { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}
accounts-wait-minutes = { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}
accounts-session-now = Now
accounts-device-on = { $browser } on { $device }
accounts-device-iphone = an iPhone
accounts-device-ipad = an iPad
accounts-device-android = an Android device
accounts-device-windows = a Windows computer
accounts-device-mac = a Mac
accounts-device-chromebook = a Chromebook
accounts-device-linux = a Linux computer
accounts-device-unknown = A device that we don’t know

# A forgotten password.
accounts-forgotten-link = Forgotten your password?
accounts-forgotten-title = Forgotten your password
accounts-forgotten-lead = Enter the email address with which you sign in. We send you a link to choose another password.
accounts-forgotten-step = You will still need your second step: your passkey, the code of your app, a code from your sheet, or a recovery code.
# A lost second step.
accounts-lost-link = I lost my phone, and have no recovery codes
accounts-lost-title = Lost your phone or passkey
accounts-lost-lead = Enter the email address that you sign in with. We send you a link. There you ask us to let you back in.
accounts-lost-step = Do you have a recovery code? That is faster: sign in with your password, then choose “use a recovery code”.
accounts-lost-slip = I have a slip from the front desk
accounts-forgotten-sent = If this address signs in here, there is a message from us now, called “About your account”. Open the link in it.
accounts-forgotten-lasts = The link works once, for two hours. On any phone or computer.
accounts-forgotten-other = Maybe you sign in with another address.
accounts-reset-title = Choose another password
accounts-reset-lead = Every device that is signed in will be signed out. Then you sign in with the new password and your second step.
accounts-reset-go = Save the password
accounts-reset-ended-title = This link no longer works
accounts-reset-ended-text = Links work once, and for two hours. A new link replaces the one before.
accounts-reset-ended-next = Your password is as you last set it. If you don’t know it, ask for a new link.
accounts-reset-ended-go = Ask for a new link

# Passkeys.
accounts-passkey-sign-in = Sign in with a passkey
accounts-passkey-use = Use a passkey
accounts-passkey-make = Make a passkey
accounts-passkey-stopped = It was stopped, or it took too long. You can try again, or use another way.
accounts-passkey-there = This device has a passkey for your account already. You can sign in with it.
accounts-passkey-failed = It did not work on this device. You can try again, or use another way.
accounts-passkey-add-title = Add a passkey
accounts-passkey-add-lead = Your phone, your computer or a security key makes it and keeps it. You sign in with your finger, your face or a PIN.
accounts-passkey-wanted = Your clinic asks everybody who works here for a passkey. Add one, and you go on.
accounts-passkey-add-go = Make a passkey
accounts-passkey-add-after = Every other device is signed out then, and we send you an email.
accounts-passkey-name = Name
accounts-passkey-name-hint = So that you know which one it is. For example, my phone
accounts-passkey-none = This browser can’t make passkeys now: scripts are switched off, or it is too old. The authenticator app works everywhere.
accounts-passkey-none-wanted = This browser can’t make passkeys now: scripts are switched off, or it is too old. Open this page in another browser, or call:
accounts-passkey-full = You have 20 passkeys. Remove one first.
accounts-problem-passkey = We could not sign you in with that passkey. Try again, or use your password.
accounts-problem-passkey-late = That took too long. Please try again.
accounts-problem-passkey-made = The passkey was not made. Please try again.
accounts-problem-passkey-proof = That passkey did not work. Try again, or use your password.
accounts-problem-provider-late = That took too long, or you started in another window. Please try again.
accounts-problem-provider-silent = { $provider } does not answer right now. Use your password, or try again later.
accounts-problem-provider-declined = { $provider } did not let you in. Try again, or use your password. If it happens again, ask an administrator.
accounts-problem-provider-token = We could not check what { $provider } said. Use your password, and tell an administrator.
accounts-problem-provider-refused = { $provider } does not accept this portal right now. Use your password, and tell an administrator.
accounts-problem-provider-unknown = Your { $provider } account is not connected to an account here. Sign in with your password once. Then connect it under Settings, “How you sign in”.
accounts-problem-provider-other = You signed in at { $provider } with a different account. Try again with your own, or use your password.
accounts-problem-provider-not-anew = We do not know if { $provider } asked who you are just now. Use your password or your passkey.
accounts-problem-provider-one-step = We do not know if { $provider } asked for a second step. Use your password and a code, or your passkey.
accounts-problem-passkey-name = Use 60 characters or fewer

# Another address.
accounts-address-title = Change your email address
accounts-address-present = Address now
accounts-address-lead = You sign in with your email address, and we write to you there.
accounts-address-new = New email address
accounts-address-hint = We send a link there. Nothing changes until you open it
accounts-address-go = Send the link
accounts-address-after = When it changes, every other device is signed out. For three days a link sent to your old address can take it back, and you can’t give anyone new access.
accounts-address-waiting = Check your email
accounts-address-waiting-text = We wrote to { $email }. Open the link in that message to go on.
accounts-address-waiting-until = The link works once, until { $when }.
accounts-address-waiting-spam = Nothing there? Look in your spam or junk folder, and check the address above.
accounts-address-other = Use a different address
accounts-address-forget = Keep the address I have
accounts-address-confirm-title = Use this address from now on?
accounts-address-confirm-new = You will sign in with
accounts-address-confirm-old = You will no longer sign in with { $email }.
accounts-address-confirm-go = Use the new address
accounts-address-ended-title = This link no longer works
accounts-address-ended-text = Links work once, and for a day. A new link replaces the one before. Maybe you are signed in to another account.
accounts-address-ended-next = If you used the link already, you sign in with the new address. If not, nothing was changed, and you can ask for a new link.
accounts-address-ended-go = Ask for a new link
accounts-address-new-title = This waits for now
accounts-address-new-text = Your email address was changed a short time ago. So that nobody can take over an account, a new address can’t do everything at once.
accounts-address-new-until = This opens again on { $when }. If it can’t wait, call us or come to the front desk.

# Taking a change back.
accounts-undo-title = Take this change back?
accounts-undo-what-address = Your email address was changed on { $when }.
accounts-undo-what-password = Your password was changed on { $when }.
accounts-undo-what-app = Another sign-in app took the place of yours on { $when }.
accounts-undo-what-passkey = A passkey was added on { $when }.
accounts-undo-what-provider = Another service was connected on { $when }, to sign in from there.
accounts-undo-what-codes = New recovery codes were made on { $when }.
accounts-undo-lead = If it was not you, take it back:
accounts-undo-all = Your email address, password, passkeys, app, connected services and recovery codes go back to what they were just before it.
accounts-undo-since = Changes that were made after it are taken back too.
accounts-undo-out = Everyone is signed out, also you.
accounts-undo-go-back = Take it back
accounts-undo-was-you = If it was you, close this page. Nothing changes.
accounts-undo-until = This works until { $when }.
accounts-undo-ended-title = This link no longer works
accounts-undo-ended-text = It works once, for three days. If you used it, or took back an earlier change, there is nothing more to do.
accounts-undo-taken-title = We could not take this back
accounts-undo-taken-text = Your old address now belongs to another account, or this account was closed.
accounts-undo-call = If somebody else may be using your account, call us now.
accounts-undo-go = Go to sign in
