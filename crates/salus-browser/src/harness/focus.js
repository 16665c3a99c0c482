// What has the focus, what is wrong with how that looks, and whether it is what the caller looks for.
const element = document.activeElement;
if (!element || element === document.body || element === document.documentElement) return { at: null, where: "the page", fault: null, found: false };
const text = (element.getAttribute("aria-label") || element.textContent || element.id || "").trim().replace(/\s+/g, " ");
const where = `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""} “${text.slice(0, 60)}”`;
const all = [...document.querySelectorAll("*")];
const at = all.indexOf(element);
const shown = (e) => {
  const style = getComputedStyle(e);
  return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
};
let fault = null;
// A radio button shows its focus on the circle that its label draws.
const drawn = (e) => ["::before", "::after"].some((part) => {
  const style = getComputedStyle(e, part);
  return style.content !== "none" && ((style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none");
});
if (!shown(element) && !drawn(element) && ![...(element.labels ?? [])].some((label) => shown(label) || drawn(label))) fault = "its focus cannot be seen";
const box = [...element.getClientRects()][0];
if (!box) fault = "it has the focus and no place";
else {
  const points = [[0.5, 0.5], [0.15, 0.3], [0.85, 0.7]].map(([x, y]) => [box.left + box.width * x, box.top + box.height * y]);
  const hit = points.some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && (element.contains(top) || top.contains(element) && getComputedStyle(top).position !== "fixed" || [...(element.labels ?? [])].some((label) => label.contains(top)));
  });
  if (!hit) fault = `something covers it (at ${Math.round(box.left)}, ${Math.round(box.top)})`;
}
return { at, where, fault, found: arguments[0] !== "" && element.matches(arguments[0]) };
