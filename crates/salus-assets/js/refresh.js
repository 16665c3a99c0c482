// Keeps regions fresh: fetches the page's own address and takes the region with the same id out of it.
//   <div id="queue" data-refresh="30">   every 30 seconds, while the page is visible
// The one place that turns text into markup: our own page, from our own origin. The policy's name stands in the CSP.
const own = window.trustedTypes?.createPolicy("salus", { createHTML: (text) => text }) ?? { createHTML: (text) => text };

export async function refresh(region) {
  const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store", redirect: "error" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(own.createHTML(await answer.text()), "text/html");
  const fresh = page.getElementById(region.id);
  if (fresh && !fresh.isEqualNode(region) && !region.contains(document.activeElement)) {
    region.replaceChildren(...fresh.childNodes);
  }
}

for (const region of document.querySelectorAll("[data-refresh]")) {
  setInterval(() => {
    if (!document.hidden) refresh(region).catch(() => {});
  }, Math.max(5, Number(region.dataset.refresh)) * 1000);
}
