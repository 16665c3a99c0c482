// How long a time is still kept, counted down in place of the sentence that names the moment. The server decides.
const line = document.querySelector("[data-countdown]");
const { left, over } = line.dataset;
const end = Date.now() + Number(line.dataset.countdown) * 1000;

function tell() {
  const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
  if (seconds === 0) {
    line.textContent = over;
    return;
  }
  const rest = String(seconds % 60).padStart(2, "0");
  line.textContent = left.replace("%", `${Math.floor(seconds / 60)}:${rest}`);
  setTimeout(tell, 1000);
}

tell();
