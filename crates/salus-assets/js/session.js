// The warning before a session ends by itself. The server's clock decides: this one is only asked when to ask.
const dialog = document.getElementById("session-warning");
const left = dialog.querySelector("[data-left]");
const stay = dialog.querySelector("[data-stay]");
const main = document.getElementById("main");
const { remaining, extend, count, failed } = dialog.dataset;
const WARN = 120;

let end = Date.now() + Number(dialog.dataset.seconds) * 1000;
let timer;
let said = -1;
// The form that someone typed into, and whether the session is over.
let typed;
let over = false;

const seconds = () => Math.max(0, Math.round((end - Date.now()) / 1000));

function wait() {
  clearTimeout(timer);
  const now = seconds();
  // Timers of a sleeping computer stand still, so look again at least once a minute.
  timer = setTimeout(look, dialog.open ? 1000 : Math.min(60, Math.max(1, now - WARN)) * 1000);
}

// Asks the server how long is left; does not extend the session.
async function ask() {
  try {
    const answer = await fetch(remaining, { headers: { accept: "application/json" }, cache: "no-store", redirect: "error" });
    if (answer.status === 401 || answer.status === 404) return end = 0;
    if (answer.ok) end = Date.now() + (await answer.json()).seconds * 1000;
  } catch {
    // No connection: what we know counts.
  }
}

async function look() {
  if (over) return;
  // Another tab may have extended the session, so ask before warning, and before leaving.
  const before = seconds();
  if ((before <= WARN && !dialog.open) || before === 0) await ask();
  const now = seconds();
  if (now === 0) return leave();
  if (now > WARN && dialog.open) dialog.close();
  if (now <= WARN && !dialog.open) show();
  if (dialog.open) say(now);
  wait();
}

// The session is over. The server says what comes next, unless there is text that would be lost: then the page is
// covered, and the button sends the form, which the server keeps until the same person has signed in again.
function leave() {
  if (over) return;
  if (!typed?.isConnected) return location.replace(location.pathname + location.search);
  over = true;
  main.inert = true;
  main.classList.add("s-away");
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("h2").textContent = dialog.dataset.ended;
  dialog.querySelector("h2 + p").textContent = dialog.dataset.endedText;
  dialog.querySelector("[data-leave]").hidden = true;
  left.textContent = "";
  const button = stay.querySelector("button");
  button.textContent = dialog.dataset.again;
  button.focus();
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.method === "post" && main.contains(form)) typed = form;
});

function show() {
  said = -1;
  dialog.showModal();
  stay.querySelector("button").focus();
}

// Says it each 30 seconds, then each 10: not every second, a screen reader reads all of it.
function say(now) {
  const step = Math.max(5, now >= 30 ? Math.floor(now / 30) * 30 : Math.floor(now / 10) * 10);
  if (step === said) return;
  said = step;
  left.textContent = count.replace("{seconds}", String(step));
}

stay.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (over) return typed.submit();
  try {
    const answer = await fetch(extend, {
      method: "POST",
      body: new URLSearchParams(new FormData(stay)),
      headers: { accept: "application/json" },
      redirect: "manual",
    });
    if (!answer.ok && answer.type !== "opaqueredirect") throw new Error(String(answer.status));
    await ask();
    dialog.close();
  } catch {
    left.textContent = failed;
  }
  wait();
});

dialog.addEventListener("cancel", (event) => {
  // Escape means "I am here".
  event.preventDefault();
  if (!over) stay.requestSubmit();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !over) look();
});
wait();
