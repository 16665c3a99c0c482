// What every page needs; the rest is fetched when a page has use for it.

// The summary of problems gets the focus, so that a screen reader begins there.
const problems = document.querySelector("[data-problems]");
if (problems) {
  problems.focus();
  // A link in it leads to the field and its label, not to the middle of the field.
  problems.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (document.querySelector(`label[for="${CSS.escape(field.id)}"]`) ?? field).scrollIntoView();
    field.focus({ preventScroll: true });
  });
}

// Browsers show the line with the cursor, which a bar at the end of the screen may leave of a long field: show all of it.
document.addEventListener("keyup", (event) => {
  if (event.key === "Tab") document.activeElement?.closest("textarea")?.scrollIntoView({ block: "nearest" });
});

// A second press on a button does not send a form twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  else form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Leaving at once: nothing stays on the screen meanwhile, and this page is not the one before.
document.querySelector("[data-leave-now]")?.addEventListener("click", (event) => {
  event.preventDefault();
  document.body.hidden = true;
  location.replace(event.currentTarget.href);
});

// Printing, where a page offers it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

if (document.querySelector("[data-password]")) import("./password.js");
if (document.getElementById("session-warning")) import("./session.js");
if (document.querySelector("[data-refresh]")) import("./refresh.js");
if (document.querySelector("[data-countdown]")) import("./countdown.js");
if (document.querySelector("textarea[data-draft]")) import("./draft.js");
if (document.querySelector("form[data-passkey]")) import("./passkey.js");
