// Passkeys: asks the clinic what to sign, has the phone or computer do it, and sends the form with what came of it.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

// The options came as JSON, which has no bytes.
function decoded({ publicKey: key }) {
  const ids = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  return {
    ...key,
    challenge: bytes(key.challenge),
    user: key.user && { ...key.user, id: bytes(key.user.id) },
    excludeCredentials: ids(key.excludeCredentials),
    allowCredentials: ids(key.allowCredentials),
  };
}

// And what comes of them goes as JSON.
function encoded({ id, rawId, type, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const signed = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
  const transports = response.getTransports?.();
  return JSON.stringify({
    id,
    rawId: text(rawId),
    type,
    response: { ...Object.fromEntries(signed), ...(transports && { transports }) },
    clientExtensionResults: {},
  });
}

async function sign(form, problem) {
  const field = form.elements.credential;
  field.value = "";
  problem.textContent = "";
  let answer;
  try {
    answer = await fetch(form.dataset.ask, { method: "POST", body: new URLSearchParams({ csrf: form.elements.csrf.value }), redirect: "manual" });
  } catch {
    return (problem.textContent = form.dataset.failed);
  }
  // The session ended, or the password is asked first: looking at the page leads there.
  if (answer.type === "opaqueredirect") {
    const asked = new URLSearchParams();
    for (const name of ["next", "both"]) if (form.elements[name]?.value) asked.set(name, form.elements[name].value);
    return location.assign(asked.size ? `${form.action}?${asked}` : form.action);
  }
  const options = await answer.json().catch(() => ({}));
  if (!answer.ok) return (problem.textContent = options.problem ?? form.dataset.failed);
  try {
    const key = await navigator.credentials[form.dataset.passkey]({ publicKey: decoded(options) });
    field.value = encoded(key);
  } catch (error) {
    const { stopped, there, failed } = form.dataset;
    return (problem.textContent = { NotAllowedError: stopped, AbortError: stopped, InvalidStateError: there }[error.name] ?? failed);
  }
  if (form.requestSubmit) return form.requestSubmit();
  // Safari before 16: nobody hears of this one, so it says itself that it is sent.
  form.dataset.sent = "yes";
  form.submit();
}

function ready(form) {
  const problem = form.querySelector("[data-passkey-problem]");
  let busy = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    await sign(form, problem);
    busy = false;
  });
  // Back to this page: what was signed is used up.
  addEventListener("pageshow", () => (form.elements.credential.value = ""));
}

if (window.PublicKeyCredential && navigator.credentials) {
  for (const form of document.querySelectorAll("form[data-passkey]")) ready(form);
  for (const box of document.querySelectorAll("[data-passkey-box]")) box.hidden = false;
  for (const none of document.querySelectorAll("[data-passkey-none]")) none.hidden = true;
}
