// A button beside a password that shows it. Without scripts there is none, and the field works as it is.
for (const box of document.querySelectorAll("[data-password]")) {
  const field = box.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "s-button s-button--second s-password__show";
  button.setAttribute("aria-controls", field.id);
  const said = document.createElement("span");
  said.className = "s-hidden";
  said.setAttribute("role", "status");
  const label = document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
  const set = (shown, say) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? box.dataset.hide : box.dataset.show;
    button.setAttribute("aria-label", `${button.textContent} ${label ? label.textContent.trim() : ""}`.trim());
    if (say) said.textContent = shown ? box.dataset.shown : box.dataset.hidden;
  };
  button.addEventListener("click", () => set(field.type === "password", true));
  set(false, false);
  box.append(button, said);
  // A browser must not remember a password as ordinary text.
  field.form?.addEventListener("submit", () => set(false, false));
}
