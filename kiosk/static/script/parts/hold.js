// Keeps what a person has opened while its region is redrawn, and greys an order until it is answered.
const opened = new Set();
const GREY_MS = 30000;

document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.id || !target.isConnected) return;
    if (!target.open) return void opened.delete(target.id);
    if (!opened.has(target.id)) target.scrollIntoView({ block: "nearest" }); // the stop may lie over what it shows
    opened.add(target.id);
  },
  true,
);

const observer = new MutationObserver(() => {
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
});
for (const region of document.querySelectorAll("[data-live]")) observer.observe(region, { childList: true });

document.addEventListener("submit", ({ target }) => {
  if (target.closest("bike-stop")) return; // pressing it again must always work
  const grey = (now) => {
    for (const button of target.querySelectorAll("button")) button.disabled = now;
  };
  setTimeout(() => grey(true)); // after the browser has read which button it was
  setTimeout(() => grey(false), GREY_MS);
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll("button:disabled")) button.disabled = false;
});
