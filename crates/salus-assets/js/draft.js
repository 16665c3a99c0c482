// Keeps what somebody writes on the server, every ten seconds while it changes: by the form's own "Save draft" address.
const area = document.querySelector("textarea[data-draft]");
const form = area?.form;
const status = form?.querySelector("[data-draft-status]");

// What the server sent is kept. What stands there before this script came, typed on a slow line or put back by the browser, is not.
let kept = form && !touched() ? text() : "";
let busy = false;

function touched() {
  return [...form.elements].some((field) => "defaultValue" in field && field.value !== field.defaultValue);
}

// What was typed; two forms that say the same need no second save.
function text() {
  return new URLSearchParams(new FormData(form)).toString();
}

async function keep() {
  if (busy || form.dataset.sent || document.hidden || text() === kept || !area.value.trim()) return;
  busy = true;
  const now = text();
  try {
    // A redirect means that it is saved; where it leads is of no interest.
    const answer = await fetch(area.dataset.draft, { method: "POST", body: new URLSearchParams(`${now}&itself=yes`), redirect: "manual" });
    if (answer.type === "opaqueredirect") {
      kept = now;
      status.textContent = area.dataset.draftSaved;
    }
  } catch {
    // No network: the next time will do.
  } finally {
    busy = false;
  }
}

if (area?.dataset.draft) setInterval(keep, 10_000);
