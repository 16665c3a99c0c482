// What is wrong with the layout of this page on this screen: sideways scrolling, text cut off, small targets.
const wide = document.documentElement.clientWidth;
const found = [];
const name = (element) => {
  const text = (element.getAttribute("aria-label") || element.textContent || element.id || "").trim().replace(/\s+/g, " ");
  const classes = typeof element.className === "string" && element.className ? `.${element.className.split(" ").join(".")}` : "";
  return `${element.tagName.toLowerCase()}${classes} “${text.slice(0, 60)}”`;
};
const styles = (element) => getComputedStyle(element);
// Taken out of sight for those who see, and there for those who hear: it has no layout to be wrong.
// Known from the parent, so that each element is asked once: pages have thousands.
const known = new Map();
const hides = (element) => {
  const style = styles(element);
  if (style.display === "none" || style.visibility === "hidden" || style.clip === "rect(0px, 0px, 0px, 0px)" || style.clipPath === "inset(50%)") return true;
  return style.position === "absolute" && element.getBoundingClientRect().right < 0;
};
const hidden = (element) => {
  if (!element) return false;
  if (!known.has(element)) known.set(element, hidden(element.parentElement) || hides(element));
  return known.get(element);
};
const unseen = (element) => hidden(element) || element.getClientRects().length === 0;

const root = document.scrollingElement;
if (root.scrollWidth > wide) {
  const over = [...document.body.querySelectorAll("*")].filter((e) => !unseen(e) && e.getBoundingClientRect().right > wide + 0.5);
  const inner = over.filter((e) => !over.some((other) => other !== e && e.contains(other)));
  found.push(`scrolls sideways: ${root.scrollWidth} > ${wide}: ${inner.slice(0, 5).map(name).join("; ")}`);
}
for (const element of document.body.querySelectorAll("*")) {
  const style = styles(element);
  const scrolls = ["auto", "scroll"].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
  if (scrolls && !unseen(element)) found.push(`scrolls sideways inside: ${name(element)}`);
  // What is typed into a field scrolls along with the caret.
  const cuts = element.tagName !== "INPUT" && ["hidden", "clip"].includes(style.overflowX) && style.textOverflow !== "ellipsis" && element.scrollWidth > element.clientWidth + 1;
  if (cuts && element.clientWidth > 1 && !unseen(element)) found.push(`cuts off its content: ${name(element)}`);
  const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  if (own && !unseen(element) && parseFloat(style.fontSize) < 14) found.push(`text of ${style.fontSize}: ${name(element)}`);
}

// WCAG 2.5.8: 24 by 24, but for links in a line of text.
const inText = (target) => {
  if (styles(target).display !== "inline") return false;
  let block = target.parentElement;
  while (styles(block).display === "inline") block = block.parentElement;
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (/[\p{L}\p{N}]/u.test(data) && !target.contains(parentElement) && !unseen(parentElement)) return true;
  }
  return false;
};
for (const target of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0'], [role=button]")) {
  if (unseen(target) || target.disabled || inText(target)) continue;
  // A label that belongs to a control is part of the target.
  const boxes = [target, ...(target.labels ?? [])].map((part) => part.getBoundingClientRect());
  const width = Math.max(...boxes.map((box) => box.width));
  const height = Math.max(...boxes.map((box) => box.height));
  if (width < 24 || height < 24) found.push(`target of ${width.toFixed(0)} by ${height.toFixed(0)}: ${name(target)}`);
}

// ASVS V7.4.4: whoever is signed in can leave from every page.
const leaves = [...document.querySelectorAll("form[action='/sign-out'] button")].some((button) => !unseen(button));
if (document.querySelector(".s-account") && !leaves) found.push("no way to sign out");
return found;
